# What AWS would answer about clusters and networks. A mocked attribute that is not here is random text.
mock_resource "aws_msk_cluster" {
  defaults = {
    arn                        = "arn:aws:kafka:eu-west-1:111122223333:cluster/pinpipe/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5"
    bootstrap_brokers_sasl_iam = "b-1.pinpipe.a1b2c3.c5.kafka.eu-west-1.amazonaws.com:9098,b-2.pinpipe.a1b2c3.c5.kafka.eu-west-1.amazonaws.com:9098,b-3.pinpipe.a1b2c3.c5.kafka.eu-west-1.amazonaws.com:9098"
  }
}

mock_resource "aws_msk_serverless_cluster" {
  defaults = {
    arn                        = "arn:aws:kafka:eu-west-1:111122223333:cluster/pinpipe/1a2b3c4d-5e6f-4a8b-9c0d-e1f2a3b4c5d6-s1"
    bootstrap_brokers_sasl_iam = "boot-a1b2c3d4.c1.kafka-serverless.eu-west-1.amazonaws.com:9098"
  }
}

mock_resource "aws_msk_configuration" {
  defaults = {
    arn             = "arn:aws:kafka:eu-west-1:111122223333:configuration/pinpipe/2b3c4d5e-6f70-4891-a2b3-c4d5e6f70819-5"
    latest_revision = 1
  }
}

mock_data "aws_msk_bootstrap_brokers" {
  defaults = {
    bootstrap_brokers_sasl_iam = "b-1.orders.d4e5f6.c5.kafka.eu-west-1.amazonaws.com:9098,b-2.orders.d4e5f6.c5.kafka.eu-west-1.amazonaws.com:9098"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/test"
  }
}

mock_resource "aws_vpc" {
  defaults = {
    id = "vpc-0a1b2c3d4e5f60718"
  }
}

mock_resource "aws_subnet" {
  defaults = {
    id = "subnet-0a1b2c3d4e5f60718"
  }
}

mock_data "aws_availability_zones" {
  defaults = {
    names = ["eu-west-1c", "eu-west-1a", "eu-west-1b", "eu-west-1d"]
  }
}
