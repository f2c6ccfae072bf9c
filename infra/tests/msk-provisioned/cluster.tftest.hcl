mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0aaa", "subnet-0bbb", "subnet-0ccc"]
  tags       = { team = "data" }
  # `terraform test` cannot take down what may not be destroyed.
  prevent_destroy = false
}

run "has_a_broker_in_each_of_three_zones" {
  module { source = "./modules/msk-provisioned" }

  assert {
    condition     = aws_msk_cluster.this.number_of_broker_nodes == 3 && aws_msk_cluster.this.kafka_version == "3.8.x.kraft"
    error_message = "It is not three brokers of the recommended version."
  }
  assert {
    condition     = aws_msk_cluster.this.broker_node_group_info[0].client_subnets == toset(["subnet-0aaa", "subnet-0bbb", "subnet-0ccc"])
    error_message = "The brokers are not in the given subnets."
  }
  assert {
    condition     = aws_msk_cluster.this.broker_node_group_info[0].security_groups == toset([aws_security_group.cluster.id])
    error_message = "The brokers have another security group than their own."
  }
  assert {
    condition     = aws_msk_cluster.this.broker_node_group_info[0].storage_info[0].ebs_storage_info[0].volume_size == 100
    error_message = "The brokers have another volume than 100 GiB."
  }
}

run "lets_clients_in_by_iam_alone" {
  module { source = "./modules/msk-provisioned" }

  assert {
    condition     = aws_msk_cluster.this.client_authentication[0].sasl[0].iam
    error_message = "IAM is not enabled."
  }
  assert {
    condition     = !aws_msk_cluster.this.client_authentication[0].unauthenticated && !aws_msk_cluster.this.client_authentication[0].sasl[0].scram && length(aws_msk_cluster.this.client_authentication[0].tls) == 0
    error_message = "Clients may log in other than by IAM."
  }
}

run "encrypts_on_the_way_and_at_rest" {
  module { source = "./modules/msk-provisioned" }
  variables { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/3c4d5e6f-7081-4902-b3c4-d5e6f7081920" }

  assert {
    condition     = aws_msk_cluster.this.encryption_info[0].encryption_in_transit[0].client_broker == "TLS" && aws_msk_cluster.this.encryption_info[0].encryption_in_transit[0].in_cluster
    error_message = "Something travels in the clear."
  }
  assert {
    condition     = aws_msk_cluster.this.encryption_info[0].encryption_at_rest_kms_key_arn == var.kms_key_arn
    error_message = "The volumes are encrypted with another key."
  }
}

run "never_creates_a_topic_by_accident_nor_loses_what_was_acknowledged" {
  module { source = "./modules/msk-provisioned" }

  assert {
    condition = toset(compact(split("\n", aws_msk_configuration.this.server_properties))) == toset([
      "auto.create.topics.enable=false",
      "default.replication.factor=3",
      "min.insync.replicas=2",
      "unclean.leader.election.enable=false",
    ])
    error_message = "The configuration is ${aws_msk_configuration.this.server_properties}"
  }
  assert {
    condition     = aws_msk_cluster.this.configuration_info[0].arn == aws_msk_configuration.this.arn && aws_msk_cluster.this.configuration_info[0].revision == 1
    error_message = "The cluster does not use its configuration."
  }
}

run "keeps_the_brokers_logs_for_a_while" {
  module { source = "./modules/msk-provisioned" }
  variables { log_retention_days = 14 }

  assert {
    condition     = aws_msk_cluster.this.logging_info[0].broker_logs[0].cloudwatch_logs[0].enabled && aws_msk_cluster.this.logging_info[0].broker_logs[0].cloudwatch_logs[0].log_group == "/aws/msk/pinpipe"
    error_message = "The brokers write no logs."
  }
  assert {
    condition     = aws_cloudwatch_log_group.broker.retention_in_days == 14 && output.log_group_name == "/aws/msk/pinpipe"
    error_message = "The logs are kept for another time, or elsewhere."
  }
}

run "does_not_grow_unless_told_how_far" {
  module { source = "./modules/msk-provisioned" }

  assert {
    condition     = length(aws_appautoscaling_target.storage) == 0 && length(aws_appautoscaling_policy.storage) == 0
    error_message = "The storage grows by itself."
  }
}

run "grows_as_far_as_told" {
  module { source = "./modules/msk-provisioned" }
  variables { max_storage_gib = 500 }

  assert {
    condition     = aws_appautoscaling_target.storage[0].max_capacity == 500 && aws_appautoscaling_target.storage[0].resource_id == aws_msk_cluster.this.arn
    error_message = "The storage of something else grows, or further."
  }
  assert {
    condition     = aws_appautoscaling_target.storage[0].tags.team == "data"
    error_message = "The scaling target has no tags."
  }
  assert {
    condition     = aws_appautoscaling_policy.storage[0].target_tracking_scaling_policy_configuration[0].disable_scale_in && aws_appautoscaling_policy.storage[0].target_tracking_scaling_policy_configuration[0].target_value == 60
    error_message = "MSK would be asked to shrink a volume, or to grow it too late."
  }
}

run "tells_clients_where_it_is" {
  module { source = "./modules/msk-provisioned" }

  assert {
    condition     = output.cluster_arn == "arn:aws:kafka:eu-west-1:111122223333:cluster/pinpipe/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5"
    error_message = "cluster_arn is ${output.cluster_arn}."
  }
  assert {
    condition     = length(split(",", output.bootstrap_servers)) == 3 && alltrue([for server in split(",", output.bootstrap_servers) : endswith(server, ":9098")])
    error_message = "bootstrap_servers is ${output.bootstrap_servers}."
  }
  assert {
    condition     = output.cluster_name == "pinpipe" && output.security_group_id == aws_security_group.cluster.id
    error_message = "The name or the security group is another."
  }
  assert {
    condition     = aws_msk_cluster.this.tags.team == "data" && aws_security_group.cluster.tags.team == "data" && aws_cloudwatch_log_group.broker.tags.team == "data"
    error_message = "Something has no tags."
  }
}
