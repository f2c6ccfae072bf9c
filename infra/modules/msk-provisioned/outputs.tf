output "cluster_arn" {
  description = "ARN of the cluster; the ARNs of its topics and groups are made from it."
  value       = aws_msk_cluster.this.arn
}

output "cluster_name" {
  description = "Name of the cluster."
  value       = aws_msk_cluster.this.cluster_name
}

output "security_group_id" {
  description = "Security group of the brokers, without rules: a client adds its own."
  value       = aws_security_group.cluster.id
}

output "bootstrap_servers" {
  description = "Bootstrap servers for IAM clients, host:9098 with commas between."
  value       = terraform_data.bootstrap_servers.output
}

output "log_group_name" {
  description = "CloudWatch log group of the brokers' logs."
  value       = aws_cloudwatch_log_group.broker.name
}
