# A network of its own: a private subnet in each of three zones for the brokers and the client, and one public subnet that holds
# nothing but the NAT gateway. Nothing can be reached from outside.

data "aws_availability_zones" "all" {
  #checkov:skip=CKV_AWS_394:Zones are named by letters, so a new one comes after the first three; var.availability_zones pins them
  # Local zones and wavelength zones, which one has to opt in to, have no MSK.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = var.availability_zones == null ? slice(sort(data.aws_availability_zones.all.names), 0, 3) : var.availability_zones
}

resource "aws_vpc" "this" {
  cidr_block = var.vpc_cidr
  # MSK's broker names, and those of the VPC endpoints, are resolved inside the VPC.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# The default group lets its members talk to each other: emptied, so that whatever lands in it by accident talks to nobody.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-unused" }
}

resource "aws_subnet" "private" {
  count = 3

  vpc_id            = aws_vpc.this.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.vpc_cidr, 3, count.index)

  tags = { Name = "${var.name}-private-${local.zones[count.index]}" }
}

resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.this.id
  availability_zone       = local.zones[0]
  cidr_block              = cidrsubnet(var.vpc_cidr, 3, 3)
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-public-${local.zones[0]}" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

# One for three zones: enough for a client that fetches packages and asks STS and KMS. With its zone it takes the way out.
resource "aws_nat_gateway" "this" {
  subnet_id     = aws_subnet.public.id
  allocation_id = aws_eip.nat.id

  tags = { Name = var.name }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_eip" "nat" {
  domain = "vpc"

  tags = { Name = "${var.name}-nat" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-public" }
}

resource "aws_route" "public_to_internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private" }
}

resource "aws_route" "private_to_nat" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this.id
}

resource "aws_route_table_association" "private" {
  count = 3

  route_table_id = aws_route_table.private.id
  subnet_id      = aws_subnet.private[count.index].id

  # Whoever uses the subnet by way of this association finds the table's routes in it.
  depends_on = [aws_route.private_to_nat, aws_vpc_endpoint.s3]
}

# Objects go to S3 without the NAT gateway, which has a price by the gigabyte; this endpoint has none. It leads to the own bucket
# and to Amazon Linux's packages: nothing can be carried off to somebody else's bucket this way.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]

  # An endpoint's policy is a bound and grants nothing: what an app may do is said by its role.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OwnBucket"
        Effect    = "Allow"
        Principal = "*"
        Action    = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
        Resource  = [module.lake.bucket_arn, "${module.lake.bucket_arn}/*"]
      },
      {
        # AWS: "Amazon Linux 2023 repositories are hosted in S3"; the bucket's name is the same in every region but for the region.
        Sid       = "PackagesOfAmazonLinux"
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:${data.aws_partition.current.partition}:s3:::al2023-repos-${var.region}-de612dc2/*"
      },
    ]
  })

  tags = { Name = "${var.name}-s3" }
}

data "aws_partition" "current" {}
