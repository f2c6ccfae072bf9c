# pinpipe with an MSK Serverless cluster, in a VPC that is there: no brokers to size.

module "cluster" {
  source = "../../modules/msk-serverless"

  name            = var.name
  vpc_id          = var.vpc_id
  subnet_ids      = var.subnet_ids
  prevent_destroy = var.prevent_destroy
}

# The machine that runs Kafka's tools and the three apps.
module "client" {
  source = "../../modules/kafka-client"

  name      = var.name
  vpc_id    = var.vpc_id
  subnet_id = var.subnet_ids[0]

  cluster_security_group_id = module.cluster.security_group_id
  bootstrap_servers         = module.cluster.bootstrap_servers
  topic_prefix              = var.topic_prefix
  role_arns                 = module.roles.role_arns
  kafka_archive_sha512      = var.kafka_archive_sha512
  lake                      = module.lake.lake
  apps                      = local.apps
}

locals {
  # An app without an archive waits for `pinpipe-deploy` (output next_steps).
  apps = { for app, settings in local.settings : app => merge({ settings = settings }, try(var.archives[app], {})) }

  # Metrics are served on the client's own loopback address alone.
  settings = {
    topic-admin = {}
    consumer    = { METRICS_PORT = "9464" }
    producer    = { METRICS_PORT = "9465", MYSQL_URL = "generate:${var.posts}" }
  }
}

# One role for each app, which the client alone may take on.
module "roles" {
  source = "../../modules/msk-iam-policies"

  name              = var.name
  cluster_arn       = module.cluster.cluster_arn
  topic_prefix      = var.topic_prefix
  trusted_role_arns = [module.client.instance_role_arn]

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
