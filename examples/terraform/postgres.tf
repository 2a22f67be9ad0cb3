# Both are static: they wait for a reboot, which is the DAG's. On Aurora the first one belongs in the cluster's parameter group.
resource "aws_db_parameter_group" "source" {
  name_prefix = "reverse-sync-"
  family      = var.parameter_group_family

  parameter {
    name         = "rds.logical_replication"
    value        = "1"
    apply_method = "pending-reboot"
  }

  # Besides what RDS preloads by default.
  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_stat_statements,pglogical"
    apply_method = "pending-reboot"
  }

  lifecycle {
    create_before_destroy = true
  }
}
