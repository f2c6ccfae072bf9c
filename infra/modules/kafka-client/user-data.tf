data "aws_region" "current" {}

locals {
  kafka_home = "/opt/kafka_2.12-2.8.1"

  user_data = templatefile("${path.module}/user-data.sh.tftpl", {
    pinpipe_fetch           = file("${path.module}/pinpipe-fetch.sh")
    pinpipe_deploy          = file("${path.module}/pinpipe-deploy.sh")
    kafka_home              = local.kafka_home
    kafka_archive_url       = var.kafka_archive_url
    kafka_archive_sha512    = lower(var.kafka_archive_sha512)
    msk_iam_auth_jar_url    = var.msk_iam_auth_jar_url
    msk_iam_auth_jar_sha256 = lower(var.msk_iam_auth_jar_sha256)
    bootstrap_servers       = var.bootstrap_servers
    client_properties       = local.client_properties
    aws_config              = local.aws_config
    mysql_tls_ca            = local.mysql_tls_ca
    settings                = { for app, values in local.settings : app => join("", [for name, value in values : "${name}=${value}\n"]) }
    archives = [for app in ["topic-admin", "consumer", "producer"] : {
      name    = app
      archive = var.apps[app].archive
      sha256  = lower(var.apps[app].sha256)
    } if try(var.apps[app].archive, null) != null]
  })

  # Kafka's own tools work as topic-admin, and as nobody else when that fails: without awsAddDefaultProviders=false they would
  # fall back to the instance's role.
  client_properties = <<-EOT
    security.protocol=SASL_SSL
    sasl.mechanism=AWS_MSK_IAM
    sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required ${join(" ", [for name, value in local.jaas_options : "${name}=\"${value}\""])};
    sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler
  EOT

  jaas_options = merge(
    {
      awsRoleArn             = var.role_arns["topic-admin"]
      awsRoleSessionName     = "${var.name}-topic-admin"
      awsStsRegion           = data.aws_region.current.id
      awsAddDefaultProviders = "false"
    },
    var.external_id == null ? {} : { awsRoleExternalId = var.external_id },
  )

  # One profile an app. The session's name is fixed: MSK refuses to renew a login under another one.
  aws_config = join("\n", [for app, arn in var.role_arns : join("\n", concat(
    [
      "[profile ${app}]",
      "region = ${data.aws_region.current.id}",
      "role_arn = ${arn}",
      "role_session_name = ${var.name}-${app}",
      "credential_source = Ec2InstanceMetadata",
    ],
    var.external_id == null ? [] : ["external_id = ${var.external_id}"],
    [""],
  ))])

  mysql_tls_ca = try(var.mysql.tls_ca, null) == null ? null : {
    file   = "/etc/pinpipe/mysql-ca.pem"
    url    = var.mysql.tls_ca.url
    sha256 = lower(var.mysql.tls_ca.sha256)
  }

  settings = { for app, wanted in var.apps : app => merge(wanted.settings, local.common_settings, { AWS_PROFILE = app }, local.app_settings[app]) }

  common_settings = {
    AWS_CONFIG_FILE = "/etc/pinpipe/aws-config"
    AWS_REGION      = data.aws_region.current.id
    KAFKA_AUTH      = "msk-iam"
    KAFKA_BROKERS   = var.bootstrap_servers
    TOPIC_PREFIX    = var.topic_prefix
  }

  app_settings = {
    topic-admin = {}
    producer = merge(
      var.mysql_password_parameter_arn == null ? {} : { MYSQL_PASSWORD = "ssm:${var.mysql_password_parameter_arn}" },
      local.mysql_tls_ca == null ? {} : { MYSQL_TLS_CA = local.mysql_tls_ca.file },
    )
    consumer = {
      PINPIPE_GROUP = var.consumer_group
      PINPIPE_LAKE  = var.lake
    }
  }
}
