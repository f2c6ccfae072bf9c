mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region                    = "eu-west-1"
  cluster_arn               = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/4d5e6f70-8192-4a3b-8c4d-e5f60718293a-5"
  cluster_security_group_id = "sg-0123456789abcdef0"
  vpc_id                    = "vpc-0123456789abcdef0"
  subnet_id                 = "subnet-0123456789abcdef0"
  topic_prefix              = "0af8d0adfd13"
  bucket_name               = "pinpipe-111122223333"
  kafka_archive_sha512      = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
}

run "uses_another_group" {
  module { source = "./examples/existing-cluster" }
  variables { consumer_group = "lake-2" }

  assert {
    condition     = strcontains(module.client.user_data, "PINPIPE_GROUP=lake-2\n") && endswith(jsondecode(module.roles.policy_documents["consumer"]).Statement[2].Resource[0], "/lake-2")
    error_message = "The consumer's group and the one it may use differ."
  }
}

run "refuses_a_cluster_that_is_no_arn" {
  command = plan
  module { source = "./examples/existing-cluster" }
  variables { cluster_arn = "orders" }
  expect_failures = [var.cluster_arn]
}

run "refuses_a_cluster_of_another_region" {
  command = plan
  module { source = "./examples/existing-cluster" }
  variables { cluster_arn = "arn:aws:kafka:us-east-1:111122223333:cluster/orders/4d5e6f70-8192-4a3b-8c4d-e5f60718293a-5" }
  expect_failures = [var.cluster_arn]
}

run "refuses_a_security_group_that_is_no_id" {
  command = plan
  module { source = "./examples/existing-cluster" }
  variables { cluster_security_group_id = "default" }
  expect_failures = [var.cluster_security_group_id]
}

run "refuses_a_subnet_that_is_no_id" {
  command = plan
  module { source = "./examples/existing-cluster" }
  variables { subnet_id = "private-a" }
  expect_failures = [var.subnet_id]
}

run "refuses_a_vpc_that_is_no_id" {
  command = plan
  module { source = "./examples/existing-cluster" }
  variables { vpc_id = "default" }
  expect_failures = [var.vpc_id]
}
