output "instance_id" {
  description = "Id of the EC2 instance."
  value       = aws_instance.client.id
}

output "security_group_id" {
  description = "Security group of the instance, for rules of other groups (such as MySQL's) that let it in."
  value       = aws_security_group.client.id
}

output "instance_role_arn" {
  description = "ARN of the instance's role: the only one that the apps' roles need to trust."
  value       = aws_iam_role.instance.arn
}

output "instance_role_name" {
  description = "Name of the instance's role."
  value       = aws_iam_role.instance.name
}

output "connect_command" {
  description = "What to type to get a shell on the instance, as ec2-user."
  value       = var.access_mode == "ssm" ? local.session_command : local.ssh_command
}

output "client_properties" {
  description = "Text of the client.properties file that lies in Kafka's bin folder on the instance."
  value       = local.client_properties
}

output "create_topics_commands" {
  description = "What to type on the instance to create the topics with Kafka's own tool, one command a topic."
  value = [for table in jsondecode(file("${path.module}/../../catalogue.json")).tables :
    "kafka-topics.sh --bootstrap-server \"$BOOTSTRAP_SERVER\" --command-config ${local.kafka_home}/bin/client.properties --create --if-not-exists --topic ${var.topic_prefix}.${table.topic_suffix}"
  ]
}

output "start_apps_commands" {
  description = "What to type on the instance to deploy and start each app of `apps`; without an archive yet, with the place for its address and SHA-256."
  value = { for app, wanted in var.apps : app =>
    "sudo /usr/local/bin/pinpipe-deploy ${app} ${coalesce(wanted.archive, "<archive>")} ${coalesce(wanted.sha256, "<sha256>")}"
  }
}

output "user_data" {
  description = "The script that the instance runs at its first boot. It holds no secret."
  value       = local.user_data
}

locals {
  # As ec2-user and by a login shell, which knows BOOTSTRAP_SERVER and Kafka's tools; a session is a bare `sh` otherwise.
  session_command = "aws ssm start-session --region ${data.aws_region.current.id} --target ${aws_instance.client.id} --document-name AWS-StartInteractiveCommand --parameters command=\"sudo -iu ec2-user\""

  ssh_command = "ssh -i ${var.ssh_key_name == null ? "<private-key-file>" : "${var.ssh_key_name}.pem"} ec2-user@${var.associate_public_ip_address ? aws_instance.client.public_ip : aws_instance.client.private_ip}"
}
