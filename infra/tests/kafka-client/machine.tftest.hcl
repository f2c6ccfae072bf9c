# The machine, what it may reach, and what it may do.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  vpc_id                    = "vpc-0a1b2c3d4e5f60718"
  subnet_id                 = "subnet-0a1b2c3d4e5f60718"
  cluster_security_group_id = "sg-0c1c2c3c4c5c6c7c8"
  bootstrap_servers         = "b-1.pinpipe.a1b2c3.c5.kafka.eu-west-1.amazonaws.com:9098,b-2.pinpipe.a1b2c3.c5.kafka.eu-west-1.amazonaws.com:9098"
  topic_prefix              = "0af8d0adfd13"
  role_arns = {
    producer    = "arn:aws:iam::111122223333:role/pinpipe-producer"
    consumer    = "arn:aws:iam::111122223333:role/pinpipe-consumer"
    topic-admin = "arn:aws:iam::111122223333:role/pinpipe-topic-admin"
    read-only   = "arn:aws:iam::111122223333:role/pinpipe-read-only"
  }
  kafka_archive_sha512 = "aef2d4d6ee44fadd376aea53cdc36a2e23bf2f0bc54b8f4795ed8204955b4ec6facb485615ea11cfbd70826c11243bb06cdd99add934b4765e7b9d4d7bd09839"
  tags                 = { team = "data" }
}

run "makes_a_machine_that_gives_nothing_away" {
  module { source = "./modules/kafka-client" }

  assert {
    condition     = aws_instance.client.metadata_options[0].http_tokens == "required" && aws_instance.client.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Its credentials can be read without a session token, or from further away than the machine itself."
  }

  assert {
    condition     = aws_instance.client.root_block_device[0].encrypted && aws_instance.client.root_block_device[0].volume_type == "gp3" && aws_instance.client.root_block_device[0].volume_size == 16
    error_message = "Its volume is not an encrypted gp3 volume of 16 GiB."
  }

  assert {
    condition     = !aws_instance.client.associate_public_ip_address
    error_message = "It has a public address."
  }

  assert {
    condition     = aws_instance.client.ebs_optimized && aws_instance.client.monitoring
    error_message = "It has no bandwidth of its own for its volume, or is watched too seldom."
  }

  assert {
    condition     = aws_instance.client.subnet_id == "subnet-0a1b2c3d4e5f60718" && aws_instance.client.vpc_security_group_ids == toset([aws_security_group.client.id])
    error_message = "It is in another subnet, or in another security group than its own."
  }

  assert {
    condition     = aws_instance.client.iam_instance_profile == aws_iam_instance_profile.instance.name && aws_iam_instance_profile.instance.role == aws_iam_role.instance.name
    error_message = "It has another role than its own."
  }

  assert {
    condition     = aws_instance.client.instance_type == "t4g.small" && aws_instance.client.ami == "ami-0a1b2c3d4e5f60718"
    error_message = "It is another machine."
  }
}

run "replaces_the_machine_when_its_user_data_changes" {
  module { source = "./modules/kafka-client" }

  assert {
    condition     = aws_instance.client.user_data_replace_on_change
    error_message = "A changed script would never run."
  }

  assert {
    condition     = aws_instance.client.user_data == output.user_data
    error_message = "It runs another script than the output shows."
  }
}

run "takes_the_newest_image_for_the_processor_arm64" {
  module { source = "./modules/kafka-client" }

  assert {
    condition     = data.aws_ssm_parameter.ami.name == "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    error_message = "The image is ${data.aws_ssm_parameter.ami.name}."
  }
}

run "takes_the_newest_image_for_the_processor_x86_64" {
  module { source = "./modules/kafka-client" }
  variables {
    instance_type = "t3.small"
  }
  override_data {
    target = data.aws_ec2_instance_type.client
    values = { supported_architectures = ["i386", "x86_64"] }
  }

  assert {
    condition     = data.aws_ssm_parameter.ami.name == "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    error_message = "The image is ${data.aws_ssm_parameter.ami.name}."
  }
}

run "refuses_a_processor_without_an_image" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    instance_type = "mac1.metal"
  }
  override_data {
    target = data.aws_ec2_instance_type.client
    values = { supported_architectures = ["x86_64_mac"] }
  }
  expect_failures = [aws_instance.client]
}

run "reaches_the_cluster_and_https_and_nothing_else" {
  module { source = "./modules/kafka-client" }

  assert {
    condition     = [aws_vpc_security_group_egress_rule.kafka.referenced_security_group_id, aws_vpc_security_group_egress_rule.kafka.from_port, aws_vpc_security_group_egress_rule.kafka.to_port, aws_vpc_security_group_egress_rule.kafka.ip_protocol] == ["sg-0c1c2c3c4c5c6c7c8", 9098, 9098, "tcp"]
    error_message = "It does not reach the brokers, or more than them."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.kafka.cidr_ipv4 == null && aws_vpc_security_group_egress_rule.kafka.security_group_id == aws_security_group.client.id
    error_message = "The rule to the brokers is another."
  }

  assert {
    condition     = [aws_vpc_security_group_egress_rule.https.cidr_ipv4, aws_vpc_security_group_egress_rule.https.from_port, aws_vpc_security_group_egress_rule.https.to_port, aws_vpc_security_group_egress_rule.https.ip_protocol] == ["0.0.0.0/0", 443, 443, "tcp"]
    error_message = "It does not reach HTTPS, or more than that."
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.mysql) == 0
    error_message = "It reaches a MySQL that nobody named."
  }
}

run "is_let_in_by_the_cluster" {
  module { source = "./modules/kafka-client" }

  assert {
    condition     = [aws_vpc_security_group_ingress_rule.kafka.security_group_id, aws_vpc_security_group_ingress_rule.kafka.referenced_security_group_id, aws_vpc_security_group_ingress_rule.kafka.from_port, aws_vpc_security_group_ingress_rule.kafka.to_port, aws_vpc_security_group_ingress_rule.kafka.ip_protocol] == ["sg-0c1c2c3c4c5c6c7c8", aws_security_group.client.id, 9098, 9098, "tcp"]
    error_message = "The cluster lets in somebody else, or on more ports."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.kafka.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.kafka.cidr_ipv6 == null
    error_message = "The cluster lets a whole network in."
  }
}

run "reaches_mysql_by_its_security_group" {
  module { source = "./modules/kafka-client" }
  variables {
    mysql = { security_group_id = "sg-0d1d2d3d4d5d6d7d8" }
  }

  assert {
    condition     = [aws_vpc_security_group_egress_rule.mysql[0].referenced_security_group_id, aws_vpc_security_group_egress_rule.mysql[0].from_port, aws_vpc_security_group_egress_rule.mysql[0].to_port] == ["sg-0d1d2d3d4d5d6d7d8", 3306, 3306]
    error_message = "It does not reach MySQL."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.mysql[0].cidr_ipv4 == null
    error_message = "It reaches a whole network."
  }
}

run "reaches_mysql_by_its_network" {
  module { source = "./modules/kafka-client" }
  variables {
    mysql = { cidr = "10.0.3.17/32", port = 3307 }
  }

  assert {
    condition     = [aws_vpc_security_group_egress_rule.mysql[0].cidr_ipv4, aws_vpc_security_group_egress_rule.mysql[0].from_port, aws_vpc_security_group_egress_rule.mysql[0].to_port] == ["10.0.3.17/32", 3307, 3307]
    error_message = "It does not reach MySQL."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.mysql[0].referenced_security_group_id == null
    error_message = "It reaches a security group."
  }
}

run "is_an_instance_and_may_only_take_on_the_roles_of_the_apps" {
  module { source = "./modules/kafka-client" }
  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
  }

  assert {
    condition = jsondecode(aws_iam_role.instance.assume_role_policy) == jsondecode(jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Sid       = "ThisIsAnInstance"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "ec2.amazonaws.com" }
      }]
    }))
    error_message = "Somebody else may be this machine."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.assume_app_roles.policy) == jsondecode(jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Sid    = "TakeOnTheRolesOfTheApps"
          Effect = "Allow"
          Action = "sts:AssumeRole"
          Resource = [
            "arn:aws:iam::111122223333:role/pinpipe-consumer",
            "arn:aws:iam::111122223333:role/pinpipe-producer",
            "arn:aws:iam::111122223333:role/pinpipe-read-only",
            "arn:aws:iam::111122223333:role/pinpipe-topic-admin",
          ]
        },
        {
          Sid      = "ReadNoParameters"
          Effect   = "Deny"
          Action   = ["ssm:GetParameter", "ssm:GetParameters"]
          Resource = "arn:aws:ssm:*:*:parameter/*"
        },
      ]
    }))
    error_message = "The machine may do something else: ${aws_iam_role_policy.assume_app_roles.policy}."
  }

  assert {
    condition     = aws_iam_role_policy.assume_app_roles.role == aws_iam_role.instance.name
    error_message = "The policy is of another role."
  }

  assert {
    condition     = aws_iam_role.instance.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"
    error_message = "Nothing bounds the role."
  }
}

run "names_and_tags_what_it_makes" {
  module { source = "./modules/kafka-client" }
  variables {
    name              = "orders"
    access_mode       = "ssh"
    ssh_public_key    = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB3kq1vdO2Kcjv8Ml5U1cKkfxrWLDpnKrMxGzHkUeFQb"
    ssh_allowed_cidrs = ["203.0.113.7/32"]
    mysql             = { cidr = "10.0.3.17/32" }
  }

  assert {
    condition = alltrue([for tags in [
      aws_instance.client.tags,
      aws_instance.client.root_block_device[0].tags,
      aws_key_pair.client[0].tags,
      aws_security_group.client.tags,
      aws_vpc_security_group_egress_rule.kafka.tags,
      aws_vpc_security_group_egress_rule.https.tags,
      aws_vpc_security_group_egress_rule.mysql[0].tags,
      aws_vpc_security_group_ingress_rule.kafka.tags,
      aws_vpc_security_group_ingress_rule.ssh["203.0.113.7/32"].tags,
      aws_iam_role.instance.tags,
      aws_iam_instance_profile.instance.tags,
    ] : tags["team"] == "data"])
    error_message = "Something has no tags."
  }

  assert {
    condition     = aws_iam_role.instance.name == "orders-client" && aws_instance.client.tags.Name == "orders-client" && aws_security_group.client.name_prefix == "orders-client-"
    error_message = "A name does not come from var.name."
  }
}

run "encrypts_the_volume_with_a_given_key" {
  module { source = "./modules/kafka-client" }
  variables {
    root_volume_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809"
    root_volume_gib         = 40
  }

  assert {
    condition     = aws_instance.client.root_block_device[0].kms_key_id == var.root_volume_kms_key_arn && aws_instance.client.root_block_device[0].encrypted && aws_instance.client.root_block_device[0].volume_size == 40
    error_message = "The volume has another key or size."
  }
}

run "says_what_it_made" {
  module { source = "./modules/kafka-client" }

  assert {
    condition     = output.instance_id == aws_instance.client.id && output.security_group_id == aws_security_group.client.id
    error_message = "The ids are of something else."
  }

  assert {
    condition     = output.instance_role_arn == aws_iam_role.instance.arn && output.instance_role_name == "pinpipe-client"
    error_message = "The role is another."
  }
}

run "refuses_a_name_that_iam_refuses" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    name = "Pin Pipe"
  }
  expect_failures = [var.name]
}

run "refuses_a_boundary_that_is_no_policy" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
  }
  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_a_vpc_that_is_no_id" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    vpc_id = "main"
  }
  expect_failures = [var.vpc_id]
}

run "refuses_a_subnet_that_is_no_id" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    subnet_id = "private-a"
  }
  expect_failures = [var.subnet_id]
}

run "refuses_a_security_group_that_is_no_id" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    cluster_security_group_id = "msk"
  }
  expect_failures = [var.cluster_security_group_id]
}

run "refuses_an_instance_type_without_a_size" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    instance_type = "t4g"
  }
  expect_failures = [var.instance_type]
}

run "refuses_a_volume_that_is_too_small" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    root_volume_gib = 7
  }
  expect_failures = [var.root_volume_gib]
}

run "refuses_a_volume_of_half_a_gib" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    root_volume_gib = 8.5
  }
  expect_failures = [var.root_volume_gib]
}

run "refuses_a_volume_key_that_is_an_alias" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    root_volume_kms_key_arn = "alias/ebs"
  }
  expect_failures = [var.root_volume_kms_key_arn]
}

run "refuses_a_mysql_without_an_address" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    mysql = {}
  }
  expect_failures = [var.mysql]
}

run "refuses_a_mysql_with_two_addresses" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    mysql = { security_group_id = "sg-0d1d2d3d4d5d6d7d8", cidr = "10.0.3.17/32" }
  }
  expect_failures = [var.mysql]
}

run "refuses_a_mysql_group_that_is_no_id" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    mysql = { security_group_id = "rds" }
  }
  expect_failures = [var.mysql]
}

run "refuses_a_mysql_anywhere" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    mysql = { cidr = "0.0.0.0/0" }
  }
  expect_failures = [var.mysql]
}

run "refuses_a_mysql_network_that_is_no_network" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    mysql = { cidr = "db.internal" }
  }
  expect_failures = [var.mysql]
}

run "refuses_a_mysql_port_that_is_none" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    mysql = { cidr = "10.0.3.17/32", port = 70000 }
  }
  expect_failures = [var.mysql]
}

run "refuses_authorities_of_mysql_without_tls" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    mysql = {
      cidr   = "10.0.3.17/32"
      tls_ca = { url = "http://example.com/ca.pem", sha256 = "4444444444444444444444444444444444444444444444444444444444444444" }
    }
  }
  expect_failures = [var.mysql]
}

run "refuses_authorities_of_mysql_without_a_checksum" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    mysql = {
      cidr   = "10.0.3.17/32"
      tls_ca = { url = "https://example.com/ca.pem", sha256 = "" }
    }
  }
  expect_failures = [var.mysql]
}
