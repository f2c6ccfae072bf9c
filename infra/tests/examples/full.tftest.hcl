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

run "makes_all_in_an_empty_account" {
  module { source = "./examples/full" }

  assert {
    condition     = aws_subnet.private[*].availability_zone == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    error_message = "The private subnets are in ${join(", ", aws_subnet.private[*].availability_zone)}."
  }
  assert {
    condition     = aws_subnet.private[*].cidr_block == ["10.42.0.0/19", "10.42.32.0/19", "10.42.64.0/19"] && aws_subnet.public.cidr_block == "10.42.96.0/19"
    error_message = "The subnets have other addresses."
  }
  assert {
    condition     = aws_nat_gateway.this.subnet_id == aws_subnet.public.id && aws_route.private_to_nat.nat_gateway_id == aws_nat_gateway.this.id
    error_message = "The way out of the private subnets is not the NAT gateway."
  }
  assert {
    condition     = alltrue([for association in aws_route_table_association.private : association.route_table_id == aws_route_table.private.id])
    error_message = "A private subnet has another route table."
  }
  assert {
    condition     = aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway" && aws_vpc_endpoint.s3.service_name == "com.amazonaws.eu-west-1.s3" && aws_vpc_endpoint.s3.route_table_ids == toset([aws_route_table.private.id])
    error_message = "S3 is not reached by its gateway endpoint."
  }
  assert {
    condition     = length(aws_flow_log.this) == 0
    error_message = "There are flow logs that nobody asked for."
  }
  assert {
    condition     = output.cluster_arn == "arn:aws:kafka:eu-west-1:111122223333:cluster/pinpipe/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5" && length(split(",", output.bootstrap_servers)) == 3
    error_message = "The cluster is not the one of three brokers."
  }
}

run "lets_nothing_but_its_members_use_the_default_security_group_and_them_for_nothing" {
  module { source = "./examples/full" }

  assert {
    condition     = aws_default_security_group.this.vpc_id == aws_vpc.this.id && length(aws_default_security_group.this.ingress) == 0 && length(aws_default_security_group.this.egress) == 0
    error_message = "The default security group is not empty."
  }
}

run "leads_the_s3_endpoint_to_the_own_bucket_and_the_packages_alone" {
  module { source = "./examples/full" }

  assert {
    condition = toset(flatten([for statement in jsondecode(aws_vpc_endpoint.s3.policy).Statement : statement.Resource])) == toset([
      "arn:aws:s3:::pinpipe-111122223333",
      "arn:aws:s3:::pinpipe-111122223333/*",
      "arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*",
    ])
    error_message = "The endpoint leads elsewhere: ${aws_vpc_endpoint.s3.policy}"
  }
}

run "writes_flow_logs" {
  module { source = "./examples/full" }
  variables { flow_log_retention_days = 14 }

  assert {
    condition     = aws_flow_log.this[0].vpc_id == aws_vpc.this.id && aws_flow_log.this[0].traffic_type == "ALL" && aws_flow_log.this[0].log_destination == aws_cloudwatch_log_group.flow[0].arn
    error_message = "The flow logs are of something else, or go elsewhere."
  }
  assert {
    condition     = aws_cloudwatch_log_group.flow[0].retention_in_days == 14
    error_message = "The flow logs are kept for another time."
  }
  assert {
    condition     = jsondecode(aws_iam_role.flow_log[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111122223333"
    error_message = "Another account's flow logs could use the role."
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.flow_log[0].policy).Statement[0].Resource == "${aws_cloudwatch_log_group.flow[0].arn}:*"
    error_message = "The role may write to other log groups."
  }
}

run "says_what_to_type_next" {
  module { source = "./examples/full" }

  assert {
    condition     = strcontains(output.next_steps, "\n     ${output.connect_command}\n     cloud-init status --wait\n")
    error_message = "It does not say how to connect."
  }
  assert {
    condition     = output.connect_command == "aws ssm start-session --region eu-west-1 --target i-0a1b2c3d4e5f60718 --document-name AWS-StartInteractiveCommand --parameters command=\"sudo -iu ec2-user\""
    error_message = "connect_command is ${output.connect_command}"
  }
  assert {
    condition = alltrue([for topic in ["pin", "geo", "user"] : strcontains(output.next_steps,
    "\n     kafka-topics.sh --bootstrap-server \"$BOOTSTRAP_SERVER\" --command-config /opt/kafka_2.12-2.8.1/bin/client.properties --create --if-not-exists --topic 0af8d0adfd13.${topic}\n")])
    error_message = "It does not say how to create each topic."
  }
  assert {
    condition     = strcontains(output.next_steps, "aws s3api put-object --region eu-west-1 --bucket pinpipe-111122223333 --key releases/$app/$file --body $folder/$file --if-none-match '*'")
    error_message = "It does not say how to upload an app, create-only."
  }
  assert {
    condition     = strcontains(output.next_steps, "sudo /usr/local/bin/pinpipe-deploy $app s3://pinpipe-111122223333/releases/$app/$file $sha256")
    error_message = "It does not say how to deploy an app."
  }
  assert {
    condition     = strcontains(output.next_steps, "aws s3 ls --region eu-west-1 --recursive s3://pinpipe-111122223333/pinpipe/topics/") && strcontains(output.next_steps, "--work-group pinpipe --query-execution-context Database=pinpipe")
    error_message = "It does not say how to look at the lake."
  }
  assert {
    condition     = !can(regex("<[a-z_-]+>", output.next_steps))
    error_message = "Something is left to fill in: ${output.next_steps}"
  }
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
