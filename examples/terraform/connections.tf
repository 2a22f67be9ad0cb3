# Empty secrets for the Airflow connections. Their values are put there by hand: Terraform would keep them in its state in clear text.
resource "aws_secretsmanager_secret" "connection" {
  for_each    = var.connections
  name        = "airflow/connections/${each.key}"
  description = "The Airflow connection ${each.key}, as JSON or URI"
}

data "aws_iam_policy_document" "connections" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [for secret in aws_secretsmanager_secret.connection : secret.arn]
  }
}

resource "aws_iam_role_policy" "connections" {
  name   = "reverse-sync-connections"
  role   = var.airflow_role
  policy = data.aws_iam_policy_document.connections.json
}
