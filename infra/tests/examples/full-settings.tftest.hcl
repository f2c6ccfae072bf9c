mock_provider "aws" {
  source = "./tests/mocks"

  # A mock gives each subnet the same id, and the cluster asks for three.
  override_resource {
    target = aws_subnet.private[1]
    values = { id = "subnet-0b1b2c3d4e5f60718" }
  }

  override_resource {
    target = aws_subnet.private[2]
    values = { id = "subnet-0c1b2c3d4e5f60718" }
  }
}

variables {
  region               = "eu-west-1"
  topic_prefix         = "0af8d0adfd13"
  bucket_name          = "pinpipe-111122223333"
  kafka_archive_sha512 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
  # `terraform test` cannot take down what may not be destroyed.
  prevent_destroy = false
}

run "starts_uploaded_apps_by_itself" {
  module { source = "./examples/full" }
  variables {
    archives = {
      consumer = {
        archive = "s3://pinpipe-111122223333/releases/consumer/consumer-1.0.0.tgz"
        sha256  = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
      }
    }
  }

  assert {
    condition     = strcontains(module.client.user_data, "\n/usr/local/bin/pinpipe-deploy consumer 's3://pinpipe-111122223333/releases/consumer/consumer-1.0.0.tgz' '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'\n")
    error_message = "The first boot does not start the consumer."
  }
  assert {
    condition     = !strcontains(module.client.user_data, "\n/usr/local/bin/pinpipe-deploy producer") && strcontains(module.client.user_data, "MYSQL_URL=generate:10000\n")
    error_message = "The producer is started without an archive, or has no rows to send."
  }
  assert {
    condition     = strcontains(module.client.user_data, "METRICS_PORT=9464\n") && strcontains(module.client.user_data, "METRICS_PORT=9465\n")
    error_message = "The consumer or the producer serves no metrics, or both on one port."
  }
}

run "names_everything_after_its_name" {
  module { source = "./examples/full" }
  variables { name = "sales-lake" }

  assert {
    condition     = module.cluster.cluster_name == "sales-lake" && module.roles.role_names["consumer"] == "sales-lake-consumer" && module.lake.glue_database_name == "sales_lake"
    error_message = "Something has another name."
  }
}

run "refuses_a_region_that_is_a_zone" {
  command = plan
  module { source = "./examples/full" }
  variables { region = "eu-west-1a" }
  expect_failures = [var.region]
}

run "refuses_a_name_with_capitals" {
  command = plan
  module { source = "./examples/full" }
  variables { name = "Pinpipe" }
  expect_failures = [var.name]
}

run "refuses_a_network_too_small_for_eight_subnets" {
  command = plan
  module { source = "./examples/full" }
  variables { vpc_cidr = "10.42.0.0/26" }
  expect_failures = [var.vpc_cidr]
}

run "uses_the_zones_it_is_given" {
  command = plan
  module { source = "./examples/full" }
  variables { availability_zones = ["eu-west-1d", "eu-west-1b", "eu-west-1a"] }

  assert {
    condition     = aws_subnet.private[*].availability_zone == ["eu-west-1d", "eu-west-1b", "eu-west-1a"] && aws_subnet.public.availability_zone == "eu-west-1d"
    error_message = "The subnets are in other zones."
  }
}

run "refuses_a_zone_of_another_region" {
  command = plan
  module { source = "./examples/full" }
  variables { availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-2c"] }
  expect_failures = [var.availability_zones]
}

run "refuses_a_zone_twice" {
  command = plan
  module { source = "./examples/full" }
  variables { availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1b"] }
  expect_failures = [var.availability_zones]
}

run "refuses_a_retention_that_cloudwatch_does_not_know" {
  command = plan
  module { source = "./examples/full" }
  variables { flow_log_retention_days = 10 }
  expect_failures = [var.flow_log_retention_days]
}

run "refuses_a_topic_prefix_with_its_dot" {
  command = plan
  module { source = "./examples/full" }
  variables { topic_prefix = "0af8d0adfd13." }
  expect_failures = [var.topic_prefix]
}

run "refuses_a_bucket_name_with_dots" {
  command = plan
  module { source = "./examples/full" }
  variables { bucket_name = "pinpipe.example" }
  expect_failures = [var.bucket_name]
}

run "refuses_to_make_up_no_rows" {
  command = plan
  module { source = "./examples/full" }
  variables { posts = 0 }
  expect_failures = [var.posts]
}

run "refuses_an_archive_of_an_unknown_app" {
  command = plan
  module { source = "./examples/full" }
  variables { archives = { emulator = { archive = "s3://b/e.tgz", sha256 = "00" } } }
  expect_failures = [var.archives]
}

run "refuses_a_checksum_that_is_a_sha256" {
  command = plan
  module { source = "./examples/full" }
  variables { kafka_archive_sha512 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" }
  expect_failures = [var.kafka_archive_sha512]
}
