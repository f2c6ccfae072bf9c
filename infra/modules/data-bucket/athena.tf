locals {
  has_athena = var.athena_workgroup && var.glue_database_name != null

  # The usual questions: one file each, its name the query's name and its first line the description.
  queries = {
    for file in fileset("${path.module}/queries", "*.sql.tftpl") :
    trimsuffix(file, ".sql.tftpl") => templatefile("${path.module}/queries/${file}", { topics = local.topics })
    if local.has_athena
  }
}

resource "aws_athena_workgroup" "lake" {
  count = local.has_athena ? 1 : 0

  name        = var.glue_database_name
  description = "Questions about ${local.lake}"
  # What goes with it is the history of its queries.
  force_destroy = true
  tags          = var.tags

  configuration {
    # Nobody's own settings count: not where results go, nor how they are encrypted.
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    requester_pays_enabled             = false
    bytes_scanned_cutoff_per_query     = floor(var.athena_scan_limit_gib * 1024 * 1024 * 1024)

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location       = "s3://${aws_s3_bucket.private["results"].bucket}/"
      expected_bucket_owner = data.aws_caller_identity.current.account_id

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = local.kms_key_arn
      }
    }
  }
}

resource "aws_athena_named_query" "question" {
  for_each = local.queries

  name        = each.key
  description = trimprefix(split("\n", each.value)[0], "-- ")
  database    = aws_glue_catalog_database.lake[0].name
  workgroup   = aws_athena_workgroup.lake[0].name
  query       = each.value
}
