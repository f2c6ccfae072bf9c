output "bucket_name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.private["lake"].bucket
  # Nobody gets to write before the bucket is guarded.
  depends_on = [aws_s3_bucket_policy.private, aws_s3_bucket_server_side_encryption_configuration.private, aws_s3_bucket_versioning.private]
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = local.bucket_arns.lake
  depends_on  = [aws_s3_bucket_policy.private]
}

output "lake_prefix" {
  description = "Prefix of the lake in the bucket."
  value       = var.lake_prefix
}

output "lake" {
  description = "The consumer's --lake: s3://<bucket>/<prefix>."
  value       = local.lake
}

output "releases" {
  description = "Where the built apps go: s3://<bucket>/releases. An upload needs If-None-Match, as all of the bucket."
  value       = local.releases
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the objects, made here or given."
  value       = local.kms_key_arn
}

output "bucket_policy" {
  description = "The bucket's policy, JSON."
  value       = jsonencode(local.bucket_policies.lake)
}

output "glue_database_name" {
  description = "Name of the Glue database, or null."
  value       = one(aws_glue_catalog_database.lake[*].name)
}

output "glue_tables" {
  description = "Names of the tables, sorted; none without a database."
  value       = sort(concat(keys(aws_glue_catalog_table.data), aws_glue_catalog_table.dead_letters[*].name))
}

output "athena_workgroup_name" {
  description = "Name of the Athena workgroup, or null."
  value       = one(aws_athena_workgroup.lake[*].name)
}

output "athena_results_bucket_name" {
  description = "Name of the bucket of Athena's results, or null."
  value       = try(aws_s3_bucket.private["results"].bucket, null)
}
