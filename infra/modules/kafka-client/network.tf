resource "aws_security_group" "client" {
  name_prefix = "${var.name}-client-"
  description = "The Kafka client ${var.name}"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-client" })

  # The machine must leave the old group before that can go.
  lifecycle {
    create_before_destroy = true
  }
}

# To and from the cluster: a rule on each side, IAM's port alone.
resource "aws_vpc_security_group_egress_rule" "kafka" {
  security_group_id            = aws_security_group.client.id
  description                  = "Kafka with IAM"
  referenced_security_group_id = var.cluster_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 9098
  to_port                      = 9098
  tags                         = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "kafka" {
  security_group_id            = var.cluster_security_group_id
  description                  = "Kafka with IAM, from the client ${var.name}"
  referenced_security_group_id = aws_security_group.client.id
  ip_protocol                  = "tcp"
  from_port                    = 9098
  to_port                      = 9098
  tags                         = var.tags
}

# Packages, downloads, and the APIs of AWS, whose addresses no list holds.
resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.client.id
  description       = "HTTPS: packages, downloads and the APIs of AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "mysql" {
  count = var.mysql == null ? 0 : 1

  security_group_id            = aws_security_group.client.id
  description                  = "MySQL, for the producer"
  referenced_security_group_id = var.mysql.security_group_id
  cidr_ipv4                    = var.mysql.cidr
  ip_protocol                  = "tcp"
  from_port                    = var.mysql.port
  to_port                      = var.mysql.port
  tags                         = var.tags
}

# Session Manager needs no way in at all.
resource "aws_vpc_security_group_ingress_rule" "ssh" {
  for_each = var.access_mode == "ssh" ? var.ssh_allowed_cidrs : []

  security_group_id = aws_security_group.client.id
  description       = "SSH"
  cidr_ipv4         = strcontains(each.value, ":") ? null : each.value
  cidr_ipv6         = strcontains(each.value, ":") ? each.value : null
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  tags              = var.tags
}
