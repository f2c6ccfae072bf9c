# What the apps may do beside Kafka: the consumer's lake, each app's own build, the producer's password.
data "aws_partition" "current" {}

locals {
  # An object is created once, read to compare and to verify it, never replaced and never deleted: the bucket's policy refuses
  # a PutObject without If-None-Match, and nobody here has DeleteObject.
  lake_statements = flatten([
    for lake in var.lake[*] : [
      {
        Sid      = "LakeObjects"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = [for area in local.lake_areas : "${lake.bucket_arn}/${lake.prefix}/${area}/*"]
      },
      {
        Sid       = "LakeList"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = [lake.bucket_arn]
        Condition = { StringLike = { "s3:prefix" = [for area in local.lake_areas : "${lake.prefix}/${area}/*"] } }
      },
      [for key in lake.kms_key_arn[*] : {
        Sid       = "LakeKey"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [key]
        Condition = { StringEquals = { "kms:ViaService" = "s3.${split(":", key)[3]}.${data.aws_partition.current.dns_suffix}" } }
      }],
    ]
  ])
  lake_areas = ["topics", "dead", "_chain"]

  # Each app downloads its own build. read-only is for a person and has none.
  release_statements = {
    for app in keys(local.kafka_actions) : app => flatten([
      for releases in var.releases[*] : [
        {
          Sid      = "Release"
          Effect   = "Allow"
          Action   = ["s3:GetObject"]
          Resource = ["${releases.bucket_arn}/${releases.prefix}/${app}/*"]
        },
        # The consumer's lake may have brought the key already.
        [for key in releases.kms_key_arn[*] : {
          Sid       = "ReleaseKey"
          Effect    = "Allow"
          Action    = ["kms:Decrypt"]
          Resource  = [key]
          Condition = { StringEquals = { "kms:ViaService" = "s3.${split(":", key)[3]}.${data.aws_partition.current.dns_suffix}" } }
        } if app != "consumer" || key != try(var.lake.kms_key_arn, null)],
      ] if app != "read-only"
    ])
  }

  # A parameter that is encrypted with the account's own key for SSM needs no statement about that key.
  password_statements = flatten([
    for parameter in var.mysql_password_parameter_arn[*] : [
      {
        Sid      = "MySqlPassword"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter"]
        Resource = [parameter]
      },
      [for key in var.mysql_password_kms_key_arn[*] : {
        Sid       = "MySqlPasswordKey"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [key]
        Condition = { StringEquals = { "kms:EncryptionContext:PARAMETER_ARN" = parameter } }
      }],
    ]
  ])
}
