# One role for each app. Each is assumed by the roles that are trusted, and holds exactly what its app needs.
resource "aws_iam_role" "app" {
  for_each = local.kafka_actions

  name                 = "${var.name}-${each.key}"
  description          = "What pinpipe's ${each.key} may do on the cluster ${local.cluster_name}."
  assume_role_policy   = local.trust_policy
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

# Inline: a policy is of no use without its role, and leaves with it.
resource "aws_iam_role_policy" "app" {
  for_each = local.policy_documents

  name   = "pinpipe"
  role   = aws_iam_role.app[each.key].name
  policy = each.value

  lifecycle {
    precondition {
      condition     = length(each.value) <= local.longest_policy
      error_message = "The policy of ${each.key} has ${length(each.value)} characters, and IAM takes ${local.longest_policy} in a role: give shorter names or fewer extra_topics."
    }
  }
}

locals {
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, "Role aggregate inline policy size".
  longest_policy = 10240

  trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      {
        Sid       = "TrustedRoles"
        Effect    = "Allow"
        Principal = { AWS = var.trusted_role_arns }
        Action    = "sts:AssumeRole"
      },
      var.external_id == null ? {} : { Condition = { StringEquals = { "sts:ExternalId" = var.external_id } } },
    )]
  })

  statements_of_one_app = {
    producer    = local.password_statements
    consumer    = local.lake_statements
    topic-admin = local.control_plane_statements
    read-only   = local.control_plane_statements
  }

  policy_documents = {
    for app in keys(local.kafka_actions) : app => jsonencode({
      Version   = "2012-10-17"
      Statement = concat(local.kafka_statements[app], local.statements_of_one_app[app], local.release_statements[app])
    })
  }
}
