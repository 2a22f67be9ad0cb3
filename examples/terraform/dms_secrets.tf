# Only for endpoints that have a `secret` in the pipeline file: an empty secret, and the role by which DMS reads it.
# https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
data "aws_region" "current" {}

resource "aws_secretsmanager_secret" "dms" {
  for_each    = var.dms_secrets
  name        = each.key
  description = "What DMS connects with: host, port, username, password"
}

data "aws_iam_policy_document" "dms_in_region" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["dms.${data.aws_region.current.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "dms_secret" {
  for_each           = var.dms_secrets
  name_prefix        = "reverse-sync-dms-secret-"
  assume_role_policy = data.aws_iam_policy_document.dms_in_region.json
}

data "aws_iam_policy_document" "dms_secret" {
  for_each = var.dms_secrets

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.dms[each.key].arn]
  }
}

resource "aws_iam_role_policy" "dms_secret" {
  for_each = var.dms_secrets
  name     = "reverse-sync-dms-secret"
  role     = aws_iam_role.dms_secret[each.key].name
  policy   = data.aws_iam_policy_document.dms_secret[each.key].json
}
