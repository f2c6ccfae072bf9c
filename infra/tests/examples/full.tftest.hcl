mock_provider "aws" {
  source = "./tests/mocks"

  # A mock gives each subnet the same id, and the cluster asks for three different ones.
  override_resource {
    target = aws_subnet.private[1]
    values = { id = "subnet-0b1b2c3d4e5f60718" }
  }

  override_resource {
    target = aws_subnet.public
    values = { id = "subnet-0d1b2c3d4e5f60718" }
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
  assert {
    condition     = output.instance_id == "i-0a1b2c3d4e5f60718" && output.bucket_name == "pinpipe-111122223333" && output.athena_workgroup_name == "pinpipe"
    error_message = "An output names something else."
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
    condition     = strcontains(output.next_steps, "       key=releases/$app/$app-$${sha256:0:12}.tgz\n       aws s3api put-object --region eu-west-1 --bucket pinpipe-111122223333 --key $key --body \"$archive\" --if-none-match '*' --query ETag\n")
    error_message = "It does not say how to upload an app, create-only."
  }
  assert {
    condition     = strcontains(output.next_steps, "sudo /usr/local/bin/pinpipe-deploy $app s3://pinpipe-111122223333/$key $sha256")
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

run "passes_its_settings_on" {
  module { source = "./examples/full" }
  variables {
    broker_instance_type = "kafka.m7g.large"
    max_storage_gib      = 500
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
