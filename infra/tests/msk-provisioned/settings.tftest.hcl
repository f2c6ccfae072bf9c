mock_provider "aws" {
  source = "./tests/mocks"
}

# Plans only: a guarded cluster could not be taken down after the test.
variables {
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0aaa", "subnet-0bbb", "subnet-0ccc"]
}

run "guards_the_cluster_unless_told_otherwise" {
  command = plan
  module { source = "./modules/msk-provisioned" }

  assert {
    condition     = length(terraform_data.destroy_guard) == 1
    error_message = "Nothing guards the cluster."
  }
}

run "takes_a_newer_version_in_kraft_mode" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { kafka_version = "4.1.x.kraft" }

  assert {
    condition     = aws_msk_cluster.this.kafka_version == "4.1.x.kraft"
    error_message = "The version is another."
  }
}

run "takes_larger_brokers" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { instance_type = "kafka.m7g.4xlarge" }

  assert {
    condition     = aws_msk_cluster.this.broker_node_group_info[0].instance_type == "kafka.m7g.4xlarge"
    error_message = "The brokers have another size."
  }
}

run "takes_six_brokers_and_more_metrics" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables {
    broker_count        = 6
    enhanced_monitoring = "PER_TOPIC_PER_PARTITION"
  }

  assert {
    condition     = aws_msk_cluster.this.number_of_broker_nodes == 6 && aws_msk_cluster.this.enhanced_monitoring == "PER_TOPIC_PER_PARTITION"
    error_message = "The brokers or the metrics are others."
  }
}

run "refuses_a_name_that_msk_refuses" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { name = "-pinpipe" }
  expect_failures = [var.name]
}

run "refuses_a_vpc_that_is_no_id" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { vpc_id = "main" }
  expect_failures = [var.vpc_id]
}

run "refuses_two_subnets" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { subnet_ids = ["subnet-0aaa", "subnet-0bbb"] }
  expect_failures = [var.subnet_ids]
}

run "refuses_a_subnet_twice" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { subnet_ids = ["subnet-0aaa", "subnet-0bbb", "subnet-0aaa"] }
  expect_failures = [var.subnet_ids]
}

run "refuses_a_subnet_that_is_no_id" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { subnet_ids = ["subnet-0aaa", "subnet-0bbb", "c"] }
  expect_failures = [var.subnet_ids]
}

run "refuses_a_version_past_its_support" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { kafka_version = "3.7.x.kraft" }
  expect_failures = [var.kafka_version]
}

run "refuses_a_version_with_zookeeper" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { kafka_version = "3.9.x" }
  expect_failures = [var.kafka_version]
}

run "refuses_brokers_that_do_not_fit_the_zones" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { broker_count = 4 }
  expect_failures = [var.broker_count]
}

run "refuses_an_express_broker" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { instance_type = "express.m7g.large" }
  expect_failures = [var.instance_type]
}

run "refuses_an_instance_that_is_no_broker" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { instance_type = "m7g.large" }
  expect_failures = [var.instance_type]
}

run "refuses_a_volume_that_msk_does_not_have" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { initial_storage_gib = 0.5 }
  expect_failures = [var.initial_storage_gib]
}

run "refuses_to_grow_to_less_than_there_is" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { max_storage_gib = 100 }
  expect_failures = [var.max_storage_gib]
}

run "refuses_an_alias_as_a_key" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/pinpipe" }
  expect_failures = [var.kms_key_arn]
}

run "refuses_a_retention_that_cloudwatch_does_not_know" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { log_retention_days = 31 }
  expect_failures = [var.log_retention_days]
}

run "refuses_an_unknown_level_of_metrics" {
  command = plan
  module { source = "./modules/msk-provisioned" }
  variables { enhanced_monitoring = "FULL" }
  expect_failures = [var.enhanced_monitoring]
}
