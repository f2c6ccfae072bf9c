locals {
  kms_key_arn = var.kms_key_arn == null ? one(aws_kms_key.lake[*].arn) : var.kms_key_arn
  account     = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"

  # In a key policy the resource "*" is the key itself (AWS: "Key policies in AWS KMS"); nothing else may be written there.
  key_policy = {
    Version = "2012-10-17"
    Statement = [
      {
        # Not kms:*: nobody in the account gets to encrypt or decrypt with the key but by the statement below.
        Sid       = "AccountAdministersTheKey"
        Effect    = "Allow"
        Principal = { AWS = local.account }
        Action = [
          "kms:CancelKeyDeletion",
          "kms:CreateAlias",
          "kms:DeleteAlias",
          "kms:DescribeKey",
          "kms:DisableKey",
          "kms:EnableKey",
          "kms:EnableKeyRotation",
          "kms:GetKeyPolicy",
          "kms:GetKeyRotationStatus",
          "kms:ListKeyPolicies",
          "kms:ListResourceTags",
          "kms:PutKeyPolicy",
          "kms:ScheduleKeyDeletion",
          "kms:TagResource",
          "kms:UntagResource",
          "kms:UpdateAlias",
          "kms:UpdateKeyDescription",
        ]
        Resource = "*"
      },
      {
        # Whose IAM policy allows it, through S3, for an object of these buckets. With a bucket key S3 gives the bucket's ARN
        # as encryption context, without one (an object written before) the object's.
        Sid       = "AccountUsesTheKeyThroughS3"
        Effect    = "Allow"
        Principal = { AWS = local.account }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = {
          StringEquals = {
            "kms:CallerAccount" = data.aws_caller_identity.current.account_id
            "kms:ViaService"    = "s3.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"
          }
          StringLike = {
            "kms:EncryptionContext:aws:s3:arn" = flatten([for arn in values(local.bucket_arns) : [arn, "${arn}/*"]])
          }
        }
      },
    ]
  }
}

resource "aws_kms_key" "lake" {
  count = var.kms_key_arn == null ? 1 : 0

  description             = "Objects of s3://${var.bucket_name}, and the results of queries on them"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = jsonencode(local.key_policy)
  tags                    = var.tags
}

resource "aws_kms_alias" "lake" {
  count = var.kms_key_arn == null ? 1 : 0

  name          = "alias/${var.bucket_name}"
  target_key_id = aws_kms_key.lake[0].key_id
}

resource "aws_s3_bucket_server_side_encryption_configuration" "private" {
  for_each = aws_s3_bucket.private

  bucket = each.value.id

  rule {
    # One call of KMS for many objects, instead of one for each.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.kms_key_arn
    }
  }
}
