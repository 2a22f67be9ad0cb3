resource "aws_iam_role_policy" "airflow" {
  name   = "reverse-sync"
  role   = var.airflow_role
  policy = file(var.policy_file)
}
