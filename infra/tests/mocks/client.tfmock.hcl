# What AWS would answer about the Kafka client's machine and what it needs.
mock_resource "aws_instance" {
  defaults = {
    id         = "i-0a1b2c3d4e5f60718"
    private_ip = "10.0.1.23"
    public_ip  = "198.51.100.23"
    key_name   = ""
  }
}

mock_resource "aws_security_group" {
  defaults = {
    id = "sg-0a1b2c3d4e5f60718"
  }
}

mock_resource "aws_iam_instance_profile" {
  defaults = {
    name = "pinpipe-client"
  }
}

mock_resource "aws_key_pair" {
  defaults = {
    key_name = "pinpipe-client-20261124"
  }
}

mock_data "aws_ssm_parameter" {
  defaults = {
    insecure_value = "ami-0a1b2c3d4e5f60718"
  }
}

mock_data "aws_ec2_instance_type" {
  defaults = {
    supported_architectures = ["arm64"]
  }
}
