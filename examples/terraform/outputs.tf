output "parameter_group" {
  description = "Attach it to the RDS instance of postgres.db_instance."
  value       = aws_db_parameter_group.source.name
}

output "connection_secrets" {
  description = "Give each of them its value, an Airflow connection as JSON or URI."
  value       = [for secret in aws_secretsmanager_secret.connection : secret.name]
}

output "dms_secret_roles" {
  description = "secret.id -> secret.role of the endpoints in the pipeline file that have one."
  value       = { for name, role in aws_iam_role.dms_secret : name => role.arn }
}
