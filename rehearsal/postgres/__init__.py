"""The PostgreSQL of the rehearsal: a real cluster in the state in which RDS is after Terraform."""
