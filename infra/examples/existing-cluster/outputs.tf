output "next_steps" {
  description = "What to type next: connect, create the topics, deploy the apps, look at the lake. `terraform output -raw next_steps` prints it."
  value = templatefile("${path.module}/../../next-steps.txt.tftpl", {
    connect_command        = module.client.connect_command
    create_topics_commands = module.client.create_topics_commands
    region                 = var.region
    bucket                 = module.lake.bucket_name
    lake                   = module.lake.lake
    workgroup              = module.lake.athena_workgroup_name
    database               = module.lake.glue_database_name
  })
}

output "connect_command" {
  description = "What to type to get a shell on the client."
  value       = module.client.connect_command
}

output "bootstrap_servers" {
  description = "Bootstrap servers for IAM clients, host:9098 with commas between."
  value       = terraform_data.bootstrap_servers.output
}

output "instance_id" {
  description = "Id of the client's EC2 instance."
  value       = module.client.instance_id
}

output "client_security_group_id" {
  description = "Security group of the client, for rules of other groups (such as MySQL's) that let it in."
  value       = module.client.security_group_id
}

output "role_arns" {
  description = "Role of each app, by the app's name, and of read-only."
  value       = module.roles.role_arns
}

output "lake" {
  description = "Where the consumer stores its objects."
  value       = module.lake.lake
}

output "releases" {
  description = "Where the built apps go."
  value       = module.lake.releases
}

output "bucket_name" {
  description = "Name of the bucket of the lake and the built apps."
  value       = module.lake.bucket_name
}

output "athena_workgroup_name" {
  description = "Name of the Athena workgroup, which is that of the Glue database too."
  value       = module.lake.athena_workgroup_name
}
