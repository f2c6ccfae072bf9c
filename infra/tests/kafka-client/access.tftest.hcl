# How people get a shell on the machine, and who does not.
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

run "opens_no_port_with_session_manager" {
  module { source = "./modules/kafka-client" }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.ssh) == 0
    error_message = "Something may connect to the machine."
  }

  assert {
    condition     = aws_instance.client.key_name == "" && length(aws_key_pair.client) == 0
    error_message = "There is a key that nobody asked for."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.session_manager[0].policy_arn == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    error_message = "Session Manager cannot manage the machine."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.session_manager[0].role == aws_iam_role.instance.name
    error_message = "The policy is attached to another role."
  }

  assert {
    condition     = output.connect_command == "aws ssm start-session --region eu-west-1 --target i-0a1b2c3d4e5f60718 --document-name AWS-StartInteractiveCommand --parameters command=\"sudo -iu ec2-user\""
    error_message = "connect_command is ${output.connect_command}."
  }
}

run "lets_given_networks_in_by_an_existing_key_pair" {
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_key_name      = "team"
    ssh_allowed_cidrs = ["203.0.113.7/32", "2001:db8:7::/48"]
  }

  assert {
    condition     = aws_instance.client.key_name == "team" && length(aws_key_pair.client) == 0
    error_message = "The machine does not take the existing key pair."
  }

  assert {
    condition     = jsonencode([for rule in aws_vpc_security_group_ingress_rule.ssh : [rule.cidr_ipv4, rule.cidr_ipv6, rule.from_port, rule.to_port, rule.ip_protocol]]) == jsonencode([[null, "2001:db8:7::/48", 22, 22, "tcp"], ["203.0.113.7/32", null, 22, 22, "tcp"]])
    error_message = "Not the two networks alone get in, on port 22 alone."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.ssh : rule.security_group_id == aws_security_group.client.id])
    error_message = "A rule belongs to another group."
  }

  assert {
    condition     = length(aws_iam_role_policy_attachment.session_manager) == 0
    error_message = "Session Manager can manage the machine, too."
  }

  assert {
    condition     = output.connect_command == "ssh -i team.pem ec2-user@10.0.1.23"
    error_message = "connect_command is ${output.connect_command}."
  }
}

run "makes_a_key_pair_of_a_public_key" {
  module { source = "./modules/kafka-client" }
  variables {
    access_mode                 = "ssh"
    ssh_public_key              = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB3kq1vdO2Kcjv8Ml5U1cKkfxrWLDpnKrMxGzHkUeFQb ann@example.com"
    ssh_allowed_cidrs           = ["203.0.113.7/32"]
    associate_public_ip_address = true
  }

  assert {
    condition     = aws_key_pair.client[0].public_key == var.ssh_public_key && aws_instance.client.key_name == aws_key_pair.client[0].key_name
    error_message = "The machine does not take the public key."
  }

  assert {
    condition     = output.connect_command == "ssh -i <private-key-file> ec2-user@198.51.100.23"
    error_message = "connect_command is ${output.connect_command}."
  }
}

run "refuses_another_way_in" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode = "telnet"
  }
  expect_failures = [var.access_mode]
}

run "refuses_everybody_by_ssh" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_key_name      = "team"
    ssh_allowed_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.ssh_allowed_cidrs]
}

run "refuses_everybody_by_ipv6_by_ssh" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_key_name      = "team"
    ssh_allowed_cidrs = ["::/0"]
  }
  expect_failures = [var.ssh_allowed_cidrs]
}

run "refuses_everybody_behind_a_host_address_by_ssh" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_key_name      = "team"
    ssh_allowed_cidrs = ["203.0.113.7/0"]
  }
  expect_failures = [var.ssh_allowed_cidrs]
}

run "refuses_half_of_everybody_by_ssh" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_key_name      = "team"
    ssh_allowed_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]
  }
  expect_failures = [var.ssh_allowed_cidrs]
}

run "refuses_half_of_everybody_by_ipv6_by_ssh" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_key_name      = "team"
    ssh_allowed_cidrs = ["::/1"]
  }
  expect_failures = [var.ssh_allowed_cidrs]
}

run "refuses_an_address_that_is_no_network_by_ssh" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_key_name      = "team"
    ssh_allowed_cidrs = ["203.0.113.7"]
  }
  expect_failures = [var.ssh_allowed_cidrs]
}

run "refuses_nobody_by_ssh" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_key_name      = "team"
    ssh_allowed_cidrs = []
  }
  expect_failures = [var.ssh_allowed_cidrs]
}

run "refuses_networks_without_ssh" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    ssh_allowed_cidrs = ["203.0.113.7/32"]
  }
  expect_failures = [var.ssh_allowed_cidrs]
}

run "refuses_ssh_without_a_key" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_allowed_cidrs = ["203.0.113.7/32"]
  }
  expect_failures = [var.ssh_key_name]
}

run "refuses_two_keys" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_key_name      = "team"
    ssh_public_key    = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB3kq1vdO2Kcjv8Ml5U1cKkfxrWLDpnKrMxGzHkUeFQb"
    ssh_allowed_cidrs = ["203.0.113.7/32"]
  }
  expect_failures = [var.ssh_key_name]
}

run "refuses_a_key_pair_that_nobody_needs" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    ssh_key_name = "team"
  }
  expect_failures = [var.ssh_key_name]
}

run "refuses_a_public_key_that_nobody_needs" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    ssh_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB3kq1vdO2Kcjv8Ml5U1cKkfxrWLDpnKrMxGzHkUeFQb"
  }
  expect_failures = [var.ssh_public_key]
}

run "refuses_a_key_pair_name_that_is_a_path" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_key_name      = "~/.ssh/team.pem"
    ssh_allowed_cidrs = ["203.0.113.7/32"]
  }
  expect_failures = [var.ssh_key_name]
}

run "refuses_a_private_key" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_public_key    = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----"
    ssh_allowed_cidrs = ["203.0.113.7/32"]
  }
  expect_failures = [var.ssh_public_key]
}

run "refuses_a_kind_of_key_that_ec2_does_not_take" {
  command = plan
  module { source = "./modules/kafka-client" }
  variables {
    access_mode       = "ssh"
    ssh_public_key    = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY="
    ssh_allowed_cidrs = ["203.0.113.7/32"]
  }
  expect_failures = [var.ssh_public_key]
}
