# What is current in the lake never expires: the links in _chain/ and the data in topics/ are the record of what was stored.
resource "aws_s3_bucket_lifecycle_configuration" "private" {
  for_each = aws_s3_bucket.private

  bucket = each.value.id

  rule {
    id     = "abort-unfinished-uploads"
    status = "Enabled"
    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  rule {
    id     = "expire-noncurrent-versions"
    status = "Enabled"
    filter {}

    noncurrent_version_expiration {
      noncurrent_days = each.key == "results" ? 1 : var.noncurrent_version_days
    }

    # What is left of a deleted object once its versions are gone.
    expiration {
      expired_object_delete_marker = true
    }
  }

  dynamic "rule" {
    for_each = each.key == "results" ? [30] : []

    content {
      id     = "expire-results"
      status = "Enabled"
      filter {}

      expiration {
        days = rule.value
      }
    }
  }

  dynamic "rule" {
    for_each = each.key == "lake" && var.infrequent_access_after_days != null ? [var.infrequent_access_after_days] : []

    content {
      id     = "move-old-data-to-infrequent-access"
      status = "Enabled"

      # Not _chain/: the links are small, and read at every start.
      filter {
        prefix = "${var.lake_prefix}/topics/"
      }

      transition {
        days          = rule.value
        storage_class = "STANDARD_IA"
      }
    }
  }

  # S3 takes rules for noncurrent versions once versioning is on.
  depends_on = [aws_s3_bucket_versioning.private]
}
