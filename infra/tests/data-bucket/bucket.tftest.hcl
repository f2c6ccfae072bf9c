# The two buckets: closed, encrypted, versioned, tidied up, and never emptied by Terraform.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  bucket_name  = "pinpipe-111122223333"
  topic_prefix = "0af8d0adfd13"
}

run "makes_a_lake_and_a_bucket_of_results_with_the_defaults" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition     = { for key, bucket in aws_s3_bucket.private : key => bucket.bucket } == { lake = "pinpipe-111122223333", results = "pinpipe-111122223333-athena" }
    error_message = "There are two buckets, named after the input."
  }
  assert {
    condition = output.lake == "s3://pinpipe-111122223333/pinpipe" && output.releases == "s3://pinpipe-111122223333/releases" && (
    output.bucket_name == "pinpipe-111122223333" && output.bucket_arn == "arn:aws:s3:::pinpipe-111122223333" && output.lake_prefix == "pinpipe")
    error_message = "The outputs name the bucket, the lake and the releases."
  }
  assert {
    condition     = output.athena_results_bucket_name == "pinpipe-111122223333-athena"
    error_message = "The output names the bucket of results."
  }
}

run "never_deletes_an_object_of_the_lake" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition     = aws_s3_bucket.private["lake"].force_destroy == false
    error_message = "A destroy must not empty the lake."
  }
  assert {
    condition     = aws_s3_bucket.private["results"].force_destroy == true
    error_message = "Results can be asked for again: they must not hold a destroy up."
  }
  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_lifecycle_configuration.private["lake"].rule :
      alltrue([for expiration in rule.expiration : try(expiration.days, null) == null || expiration.days == 0])
    ])
    error_message = "What is current in the lake never expires."
  }
}

run "closes_both_buckets_to_the_public" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition = toset(keys(aws_s3_bucket_public_access_block.private)) == toset(["lake", "results"]) && alltrue([
      for block in aws_s3_bucket_public_access_block.private :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ])
    error_message = "All four switches of the public access block are on, for both buckets."
  }
}

run "makes_the_account_the_owner_of_every_object" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition     = { for key, it in aws_s3_bucket_ownership_controls.private : key => it.rule[0].object_ownership } == { lake = "BucketOwnerEnforced", results = "BucketOwnerEnforced" }
    error_message = "ACLs are off: the bucket's owner owns every object."
  }
}

run "keeps_versions" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition     = { for key, it in aws_s3_bucket_versioning.private : key => it.versioning_configuration[0].status } == { lake = "Enabled", results = "Enabled" }
    error_message = "Versioning is on: a deletion by hand can be undone."
  }
}

run "encrypts_with_a_key_of_its_own_that_rotates" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition     = aws_kms_key.lake[0].enable_key_rotation && aws_kms_key.lake[0].deletion_window_in_days == 30
    error_message = "The key rotates, and its deletion can be stopped for 30 days."
  }
  assert {
    condition = alltrue([
      for it in aws_s3_bucket_server_side_encryption_configuration.private : one(it.rule).bucket_key_enabled &&
      one(one(it.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" &&
      one(one(it.rule).apply_server_side_encryption_by_default).kms_master_key_id == aws_kms_key.lake[0].arn
    ])
    error_message = "Both buckets encrypt with the key, by a bucket key."
  }
  assert {
    condition     = output.kms_key_arn == aws_kms_key.lake[0].arn && aws_kms_alias.lake[0].name == "alias/pinpipe-111122223333"
    error_message = "The key has an alias and is an output."
  }
}

run "lets_the_key_be_used_only_through_s3_for_these_buckets" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.lake[0].policy).Statement :
      statement.Principal == { AWS = "arn:aws:iam::111122223333:root" } && alltrue([for action in statement.Action : !strcontains(action, "*")])
    ])
    error_message = "The key policy speaks of this account only, and names each action."
  }
  assert {
    condition = [
      for statement in jsondecode(aws_kms_key.lake[0].policy).Statement : statement.Condition
      if length(setintersection(statement.Action, ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:CreateGrant"])) > 0
      ] == [{
        StringEquals = { "kms:CallerAccount" = "111122223333", "kms:ViaService" = "s3.eu-west-1.amazonaws.com" }
        StringLike = { "kms:EncryptionContext:aws:s3:arn" = [
          "arn:aws:s3:::pinpipe-111122223333", "arn:aws:s3:::pinpipe-111122223333/*",
          "arn:aws:s3:::pinpipe-111122223333-athena", "arn:aws:s3:::pinpipe-111122223333-athena/*",
        ] }
    }]
    error_message = "Only one statement lets data be encrypted or decrypted, and only through S3 for these buckets."
  }
}

run "takes_a_given_key_instead" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/99999999-aaaa-4bbb-8ccc-dddddddddddd"
  }
  assert {
    condition     = length(aws_kms_key.lake) == 0 && length(aws_kms_alias.lake) == 0 && output.kms_key_arn == var.kms_key_arn
    error_message = "No key is made beside a given one."
  }
  assert {
    condition = alltrue([
      for it in aws_s3_bucket_server_side_encryption_configuration.private : one(one(it.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn
    ])
    error_message = "The buckets encrypt with the given key."
  }
  assert {
    condition     = strcontains(output.bucket_policy, var.kms_key_arn)
    error_message = "The bucket policy asks for the given key."
  }
}

run "tidies_up_uploads_versions_and_results" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    noncurrent_version_days = 45
  }
  assert {
    condition = alltrue([
      for it in aws_s3_bucket_lifecycle_configuration.private : contains(flatten([
        for rule in it.rule : [for abort in rule.abort_incomplete_multipart_upload : abort.days_after_initiation if rule.status == "Enabled"]
      ]), 7)
    ])
    error_message = "Uploads that nobody finished go after 7 days."
  }
  assert {
    condition = {
      for key, it in aws_s3_bucket_lifecycle_configuration.private : key => flatten([
        for rule in it.rule : [for expiration in rule.noncurrent_version_expiration : expiration.noncurrent_days]
      ])
    } == { lake = [45], results = [1] }
    error_message = "Replaced and deleted versions go after the given days; those of results at once."
  }
  assert {
    condition = alltrue([
      for it in aws_s3_bucket_lifecycle_configuration.private : anytrue(flatten([for rule in it.rule : rule.expiration[*].expired_object_delete_marker]))
    ])
    error_message = "Delete markers without versions go."
  }
  assert {
    condition = anytrue([
      for rule in aws_s3_bucket_lifecycle_configuration.private["results"].rule : anytrue([for expiration in rule.expiration : try(expiration.days == 30, false)])
    ])
    error_message = "Results of queries go after 30 days."
  }
}

run "moves_only_data_objects_to_infrequent_access" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    lake_prefix                  = "teams/pins"
    infrequent_access_after_days = 60
  }
  assert {
    condition = flatten([
      for rule in aws_s3_bucket_lifecycle_configuration.private["lake"].rule : [
        for transition in rule.transition : { prefix = rule.filter[0].prefix, days = transition.days, class = transition.storage_class }
      ]
    ]) == [{ prefix = "teams/pins/topics/", days = 60, class = "STANDARD_IA" }]
    error_message = "One transition, of topics/ only: the links in _chain/ are read at every start."
  }
  assert {
    condition     = length(flatten([for rule in aws_s3_bucket_lifecycle_configuration.private["results"].rule : [for transition in rule.transition : 1]])) == 0
    error_message = "Results do not live long enough to move."
  }
}

run "moves_nothing_when_told_so" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    infrequent_access_after_days = null
  }
  assert {
    condition     = length(flatten([for rule in aws_s3_bucket_lifecycle_configuration.private["lake"].rule : [for transition in rule.transition : 1]])) == 0
    error_message = "null means never."
  }
}

run "logs_access_only_when_a_bucket_for_it_is_given" {
  module {
    source = "./modules/data-bucket"
  }

  assert {
    condition     = length(aws_s3_bucket_logging.private) == 0
    error_message = "No logs unless asked for."
  }
}

run "logs_access_of_both_buckets_by_prefix" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    log_bucket_name = "logs-111122223333"
  }
  assert {
    condition = { for key, it in aws_s3_bucket_logging.private : key => "${it.target_bucket}/${it.target_prefix}" } == {
      lake    = "logs-111122223333/pinpipe-111122223333/"
      results = "logs-111122223333/pinpipe-111122223333-athena/"
    }
    error_message = "Each bucket logs below its own name."
  }
}

run "tags_what_it_makes" {
  module {
    source = "./modules/data-bucket"
  }

  variables {
    tags = { team = "pins" }
  }
  assert {
    condition = alltrue([
      for tags in [
        aws_s3_bucket.private["lake"].tags, aws_s3_bucket.private["results"].tags, aws_kms_key.lake[0].tags,
        aws_glue_catalog_database.lake[0].tags, aws_athena_workgroup.lake[0].tags,
      ] : tags == tomap({ team = "pins" })
    ])
    error_message = "Everything that takes tags has them."
  }
}
