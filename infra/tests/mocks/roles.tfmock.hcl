# What AWS would answer about roles, and about the account that everything is in.
mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::111122223333:role/role-of-a-test"
  }
}

mock_resource "aws_iam_policy" {
  defaults = {
    arn = "arn:aws:iam::111122223333:policy/policy-of-a-test"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
  }
}

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "111122223333"
    arn        = "arn:aws:sts::111122223333:assumed-role/terraform/test"
  }
}

mock_data "aws_region" {
  defaults = {
    id     = "eu-west-1"
    name   = "eu-west-1"
    region = "eu-west-1"
  }
}
