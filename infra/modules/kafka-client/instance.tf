data "aws_ec2_instance_type" "client" {
  instance_type = var.instance_type
}

# The newest Amazon Linux 2023 for the processor of the instance type.
data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${local.architecture}"
}

locals {
  architecture = contains(data.aws_ec2_instance_type.client.supported_architectures, "arm64") ? "arm64" : "x86_64"
}

# Only the public half of a key ever comes here: a private key that Terraform made would lie in its state.
resource "aws_key_pair" "client" {
  count = var.ssh_public_key == null ? 0 : 1

  key_name_prefix = "${var.name}-client-"
  public_key      = var.ssh_public_key
  tags            = var.tags
}

resource "aws_instance" "client" {
  # Public by nature: it is no secret which image AWS names as the newest.
  ami                  = data.aws_ssm_parameter.ami.insecure_value
  instance_type        = var.instance_type
  iam_instance_profile = aws_iam_instance_profile.instance.name
  key_name             = var.ssh_public_key == null ? var.ssh_key_name : aws_key_pair.client[0].key_name

  subnet_id                   = var.subnet_id
  vpc_security_group_ids      = [aws_security_group.client.id]
  associate_public_ip_address = var.associate_public_ip_address

  # What runs on the machine is what Terraform says: other user data is another machine.
  user_data                   = local.user_data
  user_data_replace_on_change = true

  ebs_optimized = true
  monitoring    = true

  root_block_device {
    volume_type           = "gp3"
    volume_size           = var.root_volume_gib
    encrypted             = true
    kms_key_id            = var.root_volume_kms_key_arn
    delete_on_termination = true
    tags                  = merge(var.tags, { Name = "${var.name}-client" })
  }

  # Sessions only (IMDSv2), and no hop further than this machine: not to a container, not through a proxy.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  tags = merge(var.tags, { Name = "${var.name}-client" })

  lifecycle {
    # A newer image must not replace a machine at the next apply. To move on: `terraform apply -replace=<this address>`.
    ignore_changes = [ami]

    precondition {
      condition     = length(local.user_data) <= 16384
      error_message = "The user data has ${length(local.user_data)} bytes, and EC2 takes 16384: shorten `settings` in the variable `apps`."
    }

    precondition {
      condition     = contains(data.aws_ec2_instance_type.client.supported_architectures, local.architecture)
      error_message = "Amazon Linux 2023 has no image for ${var.instance_type}: choose an instance type with an arm64 or x86_64 processor, such as t4g.small."
    }
  }

  # The first boot downloads, takes on roles and reaches the cluster: what lets it must be there before it.
  depends_on = [
    aws_iam_role_policy.assume_app_roles,
    aws_iam_role_policy_attachment.session_manager,
    aws_vpc_security_group_egress_rule.https,
    aws_vpc_security_group_egress_rule.kafka,
    aws_vpc_security_group_egress_rule.mysql,
    aws_vpc_security_group_ingress_rule.kafka,
  ]
}
