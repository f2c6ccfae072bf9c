# pinpipe for a cluster that is there, provisioned or serverless: a client, its roles, a lake.

data "aws_msk_bootstrap_brokers" "this" {
  cluster_arn = var.cluster_arn
}

# MSK names up to three brokers, and not always the same. Another list would be another user data and so another client, and any
# list leads to the cluster: the first answer is kept.
resource "terraform_data" "bootstrap_servers" {
  input            = data.aws_msk_bootstrap_brokers.this.bootstrap_brokers_sasl_iam
  triggers_replace = var.cluster_arn

  lifecycle {
    ignore_changes = [input]
  }
}

# The machine that runs Kafka's tools and the three apps.
module "client" {
  source = "../../modules/kafka-client"

  name      = var.name
  vpc_id    = var.vpc_id
  subnet_id = var.subnet_id

  cluster_security_group_id = var.cluster_security_group_id
  bootstrap_servers         = terraform_data.bootstrap_servers.output
  topic_prefix              = var.topic_prefix
  role_arns                 = module.roles.role_arns
  kafka_archive_sha512      = var.kafka_archive_sha512
  lake                      = module.lake.lake
  apps                      = local.apps

  consumer_group               = var.consumer_group
  mysql                        = var.mysql
  mysql_password_parameter_arn = try(var.mysql.password_parameter_arn, null)

  access_mode                 = var.ssh == null ? "ssm" : "ssh"
  ssh_key_name                = try(var.ssh.key_name, null)
  ssh_allowed_cidrs           = try(var.ssh.allowed_cidrs, [])
  associate_public_ip_address = try(var.ssh.public_ip, false)
}

locals {
  # An app without an archive waits for `pinpipe-deploy` (output next_steps).
  apps = { for app, settings in local.settings : app => merge({ settings = settings }, try(var.archives[app], {})) }

  # Metrics are served on the client's own loopback address alone.
  settings = {
    topic-admin = {}
    consumer    = { METRICS_PORT = "9464" }
    producer    = { METRICS_PORT = "9465", MYSQL_URL = var.mysql == null ? "generate:10000" : var.mysql.url }
  }
}

# One role for each app, which the client alone may take on.
module "roles" {
  source = "../../modules/msk-iam-policies"

  name              = var.name
  cluster_arn       = var.cluster_arn
  topic_prefix      = var.topic_prefix
  trusted_role_arns = [module.client.instance_role_arn]

  consumer_group               = var.consumer_group
  allow_topic_deletion         = var.allow_topic_deletion
  allow_offset_reset           = var.allow_offset_reset
  mysql_password_parameter_arn = try(var.mysql.password_parameter_arn, null)
  mysql_password_kms_key_arn   = try(var.mysql.password_kms_key_arn, null)

  lake = {
    bucket_arn  = module.lake.bucket_arn
    prefix      = module.lake.lake_prefix
    kms_key_arn = module.lake.kms_key_arn
  }

  releases = {
    bucket_arn  = module.lake.bucket_arn
    prefix      = "releases"
    kms_key_arn = module.lake.kms_key_arn
  }
}

# The lake, with tables for Athena, and the place of the built apps.
module "lake" {
  source = "../../modules/data-bucket"

  bucket_name        = var.bucket_name
  topic_prefix       = var.topic_prefix
  glue_database_name = replace(var.name, "-", "_")
}
