# Each validation, refusing.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cluster_arn       = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5"
  topic_prefix      = "0af8d0adfd13"
  trusted_role_arns = ["arn:aws:iam::111122223333:role/pinpipe-client"]
}

run "refuses_a_name_that_is_too_long_for_the_longest_app" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { name = "pinpipe-pinpipe-pinpipe-pinpipe-pinpipe-pinpipe-12345" }

  expect_failures = [var.name]
}

run "refuses_a_cluster_arn_with_a_wildcard" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { cluster_arn = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/*" }

  expect_failures = [var.cluster_arn]
}

run "refuses_a_cluster_that_is_named_without_its_uuid" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { cluster_arn = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders" }

  expect_failures = [var.cluster_arn]
}

run "refuses_a_topics_arn_for_the_clusters" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { cluster_arn = "arn:aws:kafka:eu-west-1:111122223333:topic/orders/0f1e2d3c-5/a.pin" }

  expect_failures = [var.cluster_arn]
}

run "refuses_a_prefix_with_a_wildcard" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { topic_prefix = "0af8*" }

  expect_failures = [var.topic_prefix]
}

run "refuses_a_prefix_with_the_dot_that_comes_after_it" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { topic_prefix = "0af8d0adfd13." }

  expect_failures = [var.topic_prefix]
}

run "refuses_an_empty_prefix" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { topic_prefix = "" }

  expect_failures = [var.topic_prefix]
}

run "refuses_a_prefix_that_is_too_long_for_a_topic" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { topic_prefix = join("", [for number in range(201) : "a"]) }

  expect_failures = [var.topic_prefix]
}

run "refuses_a_group_that_is_a_wildcard" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { consumer_group = "*" }

  expect_failures = [var.consumer_group]
}

run "refuses_a_group_with_a_wildcard" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { consumer_group = "pinpipe-?" }

  expect_failures = [var.consumer_group]
}

run "refuses_a_further_topic_with_a_wildcard" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { extra_topics = ["audit", "audit.*"] }

  expect_failures = [var.extra_topics]
}

run "refuses_a_further_topic_of_the_brokers" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { extra_topics = ["__consumer_offsets"] }

  expect_failures = [var.extra_topics]
}

run "refuses_to_trust_nobody" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { trusted_role_arns = [] }

  expect_failures = [var.trusted_role_arns]
}

run "refuses_to_trust_everybody" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { trusted_role_arns = ["*"] }

  expect_failures = [var.trusted_role_arns]
}

run "refuses_to_trust_a_whole_account" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { trusted_role_arns = ["arn:aws:iam::111122223333:root"] }

  expect_failures = [var.trusted_role_arns]
}

run "refuses_to_trust_a_pattern_of_roles" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { trusted_role_arns = ["arn:aws:iam::111122223333:role/pinpipe-*"] }

  expect_failures = [var.trusted_role_arns]
}

run "refuses_an_external_id_that_sts_would_not_take" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { external_id = "a b" }

  expect_failures = [var.external_id]
}

run "refuses_an_empty_external_id" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { external_id = "" }

  expect_failures = [var.external_id]
}

run "refuses_a_bucket_with_a_path" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { lake = { bucket_arn = "arn:aws:s3:::lake-of-a-test/pinpipe", prefix = "pinpipe" } }

  expect_failures = [var.lake]
}

run "refuses_a_bucket_that_is_a_wildcard" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { lake = { bucket_arn = "arn:aws:s3:::*", prefix = "pinpipe" } }

  expect_failures = [var.lake]
}

run "refuses_a_lake_that_is_the_whole_bucket" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { lake = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "" } }

  expect_failures = [var.lake]
}

run "refuses_a_lakes_prefix_with_a_wildcard" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { lake = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pin*" } }

  expect_failures = [var.lake]
}

run "refuses_a_lakes_prefix_with_a_slash_at_its_end" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { lake = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pinpipe/" } }

  expect_failures = [var.lake]
}

run "refuses_an_alias_for_the_lakes_key" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { lake = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pinpipe", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/pinpipe" } }

  expect_failures = [var.lake]
}

run "refuses_releases_in_a_bucket_with_a_path" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { releases = { bucket_arn = "arn:aws:s3:::lake-of-a-test/releases", prefix = "releases" } }

  expect_failures = [var.releases]
}

run "refuses_a_wildcard_before_the_releases" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { releases = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "*" } }

  expect_failures = [var.releases]
}

run "refuses_an_alias_for_the_releases_key" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { releases = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "releases", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/pinpipe" } }

  expect_failures = [var.releases]
}

run "refuses_releases_within_the_lake" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables {
    lake     = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pinpipe" }
    releases = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pinpipe/topics" }
  }

  expect_failures = [var.releases]
}

run "refuses_a_lake_within_the_releases" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables {
    lake     = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "releases/consumer" }
    releases = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "releases" }
  }

  expect_failures = [var.releases]
}

run "refuses_a_parameters_name_for_its_arn" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { mysql_password_parameter_arn = "/pinpipe/mysql" }

  expect_failures = [var.mysql_password_parameter_arn]
}

run "refuses_parameters_by_a_wildcard" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { mysql_password_parameter_arn = "arn:aws:ssm:eu-west-1:111122223333:parameter/*" }

  expect_failures = [var.mysql_password_parameter_arn]
}

run "refuses_an_alias_for_the_passwords_key" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables {
    mysql_password_parameter_arn = "arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql"
    mysql_password_kms_key_arn   = "arn:aws:kms:eu-west-1:111122223333:alias/pinpipe"
  }

  expect_failures = [var.mysql_password_kms_key_arn]
}

run "refuses_a_key_without_its_password" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { mysql_password_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809" }

  expect_failures = [var.mysql_password_kms_key_arn]
}

run "refuses_a_boundary_that_is_no_policy" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables { permissions_boundary_arn = "arn:aws:iam::111122223333:role/pinpipe" }

  expect_failures = [var.permissions_boundary_arn]
}

run "takes_releases_beside_a_lake_that_begins_alike" {
  command = plan
  module { source = "./modules/msk-iam-policies" }
  variables {
    lake     = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pinpipe" }
    releases = { bucket_arn = "arn:aws:s3:::lake-of-a-test", prefix = "pinpipe-releases" }
  }

  assert {
    condition     = strcontains(output.policy_documents.producer, "arn:aws:s3:::lake-of-a-test/pinpipe-releases/producer/*")
    error_message = "The producer cannot read its build."
  }
}
