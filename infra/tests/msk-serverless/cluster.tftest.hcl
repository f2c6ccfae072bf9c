mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0aaa", "subnet-0bbb"]
  tags       = { team = "data" }
  # `terraform test` cannot take down what may not be destroyed.
  prevent_destroy = false
}

run "lets_clients_in_by_iam_alone" {
  module { source = "./modules/msk-serverless" }

  assert {
    condition     = aws_msk_serverless_cluster.this.client_authentication[0].sasl[0].iam[0].enabled
    error_message = "IAM is not enabled."
  }
  assert {
    condition     = aws_msk_serverless_cluster.this.vpc_config[0].subnet_ids == toset(["subnet-0aaa", "subnet-0bbb"])
    error_message = "The cluster is not in the given subnets."
  }
  assert {
    condition     = aws_msk_serverless_cluster.this.vpc_config[0].security_group_ids == toset([aws_security_group.cluster.id])
    error_message = "The cluster has another security group than its own."
  }
  assert {
    condition     = aws_msk_serverless_cluster.this.tags.team == "data" && aws_security_group.cluster.tags.team == "data"
    error_message = "Something has no tags."
  }
}

run "tells_clients_where_it_is" {
  module { source = "./modules/msk-serverless" }

  assert {
    condition     = output.cluster_arn == "arn:aws:kafka:eu-west-1:111122223333:cluster/pinpipe/1a2b3c4d-5e6f-4a8b-9c0d-e1f2a3b4c5d6-s1"
    error_message = "cluster_arn is ${output.cluster_arn}."
  }
  assert {
    condition     = output.bootstrap_servers == "boot-a1b2c3d4.c1.kafka-serverless.eu-west-1.amazonaws.com:9098"
    error_message = "bootstrap_servers is ${output.bootstrap_servers}."
  }
  assert {
    condition     = output.cluster_name == "pinpipe" && output.security_group_id == aws_security_group.cluster.id
    error_message = "The name or the security group is another."
  }
}
