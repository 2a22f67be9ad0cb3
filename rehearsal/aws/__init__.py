"""The AWS of the rehearsal: moto's server, with the DMS and RDS behaviour that moto does not have."""
