output "role_arns" {
  description = "ARN of each app's role, by app: producer, consumer, topic-admin, read-only."
  value       = { for app, role in aws_iam_role.app : app => role.arn }
  # A role is of use once it has its policy.
  depends_on = [aws_iam_role_policy.app]
}

output "role_names" {
  description = "Name of each app's role, by app."
  value       = { for app, role in aws_iam_role.app : app => role.name }
}

output "policy_documents" {
  description = "What each app's role may do, by app: a policy document, JSON."
  value       = local.policy_documents
}

output "trust_policy" {
  description = "Who may assume the roles: the same policy document for all, JSON."
  value       = local.trust_policy
}
