output "parameter_group" {
  description = "Attach it to the RDS instance of postgres.db_instance."
  value       = aws_db_parameter_group.source.name
}
