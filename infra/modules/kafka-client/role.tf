data "aws_partition" "current" {}

# The machine itself may do nothing but take on the roles of the apps (and, in ssm mode, be managed): each app works as its own.
resource "aws_iam_role" "instance" {
  name                 = "${var.name}-client"
  description          = "The EC2 instance of the Kafka client ${var.name}: may take on the apps' roles"
  assume_role_policy   = jsonencode(local.trust_policy)
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_instance_profile" "instance" {
  name = "${var.name}-client"
  role = aws_iam_role.instance.name
  tags = var.tags
}

resource "aws_iam_role_policy" "assume_app_roles" {
  name   = "assume-app-roles"
  role   = aws_iam_role.instance.name
  policy = jsonencode(local.assume_app_roles_policy)
}

resource "aws_iam_role_policy_attachment" "session_manager" {
  count = var.access_mode == "ssm" ? 1 : 0

  role       = aws_iam_role.instance.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

locals {
  trust_policy = {
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ThisIsAnInstance"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  }

  assume_app_roles_policy = {
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "TakeOnTheRolesOfTheApps"
        Effect   = "Allow"
        Action   = "sts:AssumeRole"
        Resource = sort(values(var.role_arns))
      },
      # AmazonSSMManagedInstanceCore lets it read every parameter of the account; sessions and commands need none.
      {
        Sid      = "ReadNoParameters"
        Effect   = "Deny"
        Action   = ["ssm:GetParameter", "ssm:GetParameters"]
        Resource = "arn:${data.aws_partition.current.partition}:ssm:*:*:parameter/*"
      },
    ]
  }
}
