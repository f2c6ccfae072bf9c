# Every validation refuses what it is for.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  bucket_name  = "pinpipe-111122223333"
  topic_prefix = "0af8d0adfd13"
}

run "refuses_a_bucket_name_with_dots" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    bucket_name = "pins.example.com"
  }
  expect_failures = [var.bucket_name]
}

run "refuses_a_bucket_name_that_leaves_no_room_for_the_results" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    bucket_name = "pinpipe-0123456789-0123456789-0123456789-0123456789-01234"
  }
  expect_failures = [var.bucket_name]
}

run "refuses_a_prefix_with_a_slash_at_its_end" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    lake_prefix = "pinpipe/"
  }
  expect_failures = [var.lake_prefix]
}

run "refuses_a_prefix_that_athena_leaves_out" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    lake_prefix = "lake/_pins"
  }
  expect_failures = [var.lake_prefix]
}

run "refuses_a_lake_among_the_releases" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    lake_prefix = "releases/lake"
  }
  expect_failures = [var.lake_prefix]
}

run "refuses_a_topic_prefix_with_its_dot" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    topic_prefix = "0af8d0adfd13."
  }
  expect_failures = [var.topic_prefix]
}

run "refuses_a_topic_prefix_that_is_too_long" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    topic_prefix = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
  }
  expect_failures = [var.topic_prefix]
}

run "refuses_topics_that_athena_would_not_see" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    topic_prefix = "_pins"
  }
  expect_failures = [var.topic_prefix]
}

run "refuses_a_wildcard_for_a_topic" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    extra_topics = ["orders.*"]
  }
  expect_failures = [var.extra_topics]
}

run "refuses_an_alias_for_a_key" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/pins"
  }
  expect_failures = [var.kms_key_arn]
}

run "refuses_a_topic_without_partitions" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    partitions = 0
  }
  expect_failures = [var.partitions]
}

run "refuses_more_partitions_than_athena_should_list" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    partitions = 10001
  }
  expect_failures = [var.partitions]
}

run "refuses_a_database_name_that_sql_would_have_to_quote" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    glue_database_name = "pin-pipe"
  }
  expect_failures = [var.glue_database_name]
}

run "refuses_a_workgroup_without_tables" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    glue_database_name = null
  }
  expect_failures = [var.athena_workgroup]
}

run "refuses_a_scan_limit_below_athenas_own" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    athena_scan_limit_gib = 0.001
  }
  expect_failures = [var.athena_scan_limit_gib]
}

run "refuses_to_drop_versions_at_once" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    noncurrent_version_days = 0
  }
  expect_failures = [var.noncurrent_version_days]
}

run "refuses_a_transition_that_s3_would_refuse" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    infrequent_access_after_days = 29
  }
  expect_failures = [var.infrequent_access_after_days]
}

run "refuses_logs_of_the_bucket_in_itself" {
  command = plan
  module {
    source = "./modules/data-bucket"
  }

  variables {
    log_bucket_name = "pinpipe-111122223333"
  }
  expect_failures = [var.log_bucket_name]
}
