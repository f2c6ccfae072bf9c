data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

# Two buckets with the same guards. Athena writes its results as it likes (not create-only, to keys of its own), so they have
# a bucket apart from the lake.
locals {
  catalogue = jsondecode(file("${path.module}/../../catalogue.json"))
  topics    = { for table in local.catalogue.tables : table.name => "${var.topic_prefix}.${table.topic_suffix}" }

  buckets     = merge({ lake = var.bucket_name }, local.has_athena ? { results = "${var.bucket_name}-athena" } : {})
  bucket_arns = { for key, name in local.buckets : key => "arn:${data.aws_partition.current.partition}:s3:::${name}" }

  lake     = "s3://${var.bucket_name}/${var.lake_prefix}"
  releases = "s3://${var.bucket_name}/releases"
}

resource "aws_s3_bucket" "private" {
  #checkov:skip=CKV2_AWS_62:Nobody is told of new objects; readers list them
  #checkov:skip=CKV_AWS_144:A copy in another region costs as much again, and is the owner's decision
  for_each = local.buckets

  bucket = each.value
  # S3 refuses to delete a bucket that holds a version of an object, so a destroy of the lake fails before it loses a record.
  # (`prevent_destroy` would add nothing but an edit of this file for whoever empties the lake first.)
  force_destroy = each.key == "results"
  tags          = var.tags

  # A destroy that S3 refuses must leave the key: scheduled for deletion, it would take every object with it in 30 days.
  depends_on = [aws_kms_key.lake]
}

resource "aws_s3_bucket_public_access_block" "private" {
  for_each = aws_s3_bucket.private

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "private" {
  for_each = aws_s3_bucket.private

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "private" {
  for_each = aws_s3_bucket.private

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_logging" "private" {
  for_each = { for key, bucket in aws_s3_bucket.private : key => bucket if var.log_bucket_name != null }

  bucket        = each.value.id
  target_bucket = var.log_bucket_name
  target_prefix = "${local.buckets[each.key]}/"
}
