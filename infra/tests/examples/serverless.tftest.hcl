mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region               = "eu-west-1"
  vpc_id               = "vpc-0123456789abcdef0"
  subnet_ids           = ["subnet-0aaa", "subnet-0bbb"]
  topic_prefix         = "0af8d0adfd13"
  bucket_name          = "pinpipe-111122223333"
  kafka_archive_sha512 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
  # `terraform test` cannot take down what may not be destroyed.
  prevent_destroy = false
}

run "makes_all_with_a_serverless_cluster" {
  module { source = "./examples/serverless" }

  assert {
    condition     = output.bootstrap_servers == "boot-a1b2c3d4.c1.kafka-serverless.eu-west-1.amazonaws.com:9098" && strcontains(module.client.user_data, "export BOOTSTRAP_SERVER='boot-a1b2c3d4.c1.kafka-serverless.eu-west-1.amazonaws.com:9098'\n")
    error_message = "The client does not know the serverless cluster."
  }
  assert {
    condition = jsondecode(module.roles.policy_documents["producer"]).Statement[1].Resource == [
      "arn:aws:kafka:eu-west-1:111122223333:topic/pinpipe/1a2b3c4d-5e6f-4a8b-9c0d-e1f2a3b4c5d6-s1/0af8d0adfd13.pin",
      "arn:aws:kafka:eu-west-1:111122223333:topic/pinpipe/1a2b3c4d-5e6f-4a8b-9c0d-e1f2a3b4c5d6-s1/0af8d0adfd13.geo",
      "arn:aws:kafka:eu-west-1:111122223333:topic/pinpipe/1a2b3c4d-5e6f-4a8b-9c0d-e1f2a3b4c5d6-s1/0af8d0adfd13.user",
    ]
    error_message = "The producer may write to other topics than those of the cluster made here."
  }
  assert {
    condition     = strcontains(output.next_steps, output.connect_command) && !can(regex("<[a-z_-]+>", output.next_steps))
    error_message = "Something is left to fill in: ${output.next_steps}"
  }
}

run "refuses_a_single_subnet_for_serverless" {
  command = plan
  module { source = "./examples/serverless" }
  variables { subnet_ids = ["subnet-0aaa"] }
  expect_failures = [var.subnet_ids]
}

run "refuses_a_vpc_that_is_no_id_for_serverless" {
  command = plan
  module { source = "./examples/serverless" }
  variables { vpc_id = "default" }
  expect_failures = [var.vpc_id]
}
