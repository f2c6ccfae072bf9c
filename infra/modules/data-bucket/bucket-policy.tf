# Denials only: who may do anything at all is said by the roles (module msk-iam-policies). These hold for administrators too.
locals {
  bucket_policies = {
    for key, arn in local.bucket_arns : key => {
      Version   = "2012-10-17"
      Statement = concat(local.guards[key], [for statement in local.create_only : statement if key == "lake"])
    }
  }

  guards = {
    for key, arn in local.bucket_arns : key => [
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [arn, "${arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "DenyOldTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [arn, "${arn}/*"]
        Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
      },
      {
        # A request that says nothing of encryption (the consumer's) gets the bucket's default. One that names an algorithm
        # has to name our key: `aws:kms` without a key is AWS's own, and SSE-S3 (`AES256`) has none. `IfExists` is true where
        # the key is not named, so only `Null` lets the silent request pass.
        Sid       = "DenyOtherEncryption"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "${arn}/*"
        Condition = {
          Null                 = { "s3:x-amz-server-side-encryption" = "false" }
          ArnNotEqualsIfExists = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = local.kms_key_arn }
        }
      },
      {
        # Nobody else could read an object whose key only its writer has.
        Sid       = "DenyKeysOfTheWriter"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "${arn}/*"
        Condition = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } }
      },
    ]
  }

  # The consumer's claim on a range of offsets is a create-only PUT: a writer that could replace an object could break it.
  create_only = [
    {
      # Without the second condition no multipart upload could begin: CreateMultipartUpload and UploadPart carry no
      # If-None-Match. They create no object; CompleteMultipartUpload does, and needs it. CopyObject cannot carry it, so
      # nothing can be copied in. (AWS: "Enforce conditional writes on Amazon S3 buckets".)
      Sid       = "DenyReplacing"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${local.bucket_arns.lake}/*"
      Condition = {
        Null = { "s3:if-none-match" = "true" }
        Bool = { "s3:ObjectCreationOperation" = "true" }
      }
    },
    {
      Sid       = "DenyWritesElsewhere"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      NotResource = concat(
        [for area in ["topics", "dead", "_chain"] : "${local.bucket_arns.lake}/${var.lake_prefix}/${area}/*"],
        ["${local.bucket_arns.lake}/releases/*"],
      )
    },
  ]
}

resource "aws_s3_bucket_policy" "private" {
  for_each = aws_s3_bucket.private

  bucket = each.value.id
  policy = jsonencode(local.bucket_policies[each.key])

  # S3 takes one change of a bucket's policy and access block at a time, and answers the other with 409.
  depends_on = [aws_s3_bucket_public_access_block.private]
}
