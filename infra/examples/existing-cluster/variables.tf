variable "region" {
  description = "AWS region of everything here, such as eu-west-1."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "Give the code of a region, such as eu-west-1, as `aws ec2 describe-regions` prints it."
  }
}

variable "name" {
  description = "Beginning of the names of everything here."
  type        = string
  default     = "pinpipe"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.name))
    error_message = "Give a name of at most 31 lower-case letters, digits and hyphens that begins with a letter."
  }
}

variable "tags" {
  description = "Tags of everything here, beside `project`, which is the name."
  type        = map(string)
  default     = {}
  nullable    = false
}

# ── The cluster that is there

variable "cluster_arn" {
  description = "ARN of the cluster, provisioned or serverless; clients must be able to log in by IAM."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kafka:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9-]+/[A-Za-z0-9-]+$", var.cluster_arn))
    error_message = "Give the cluster's ARN, arn:aws:kafka:<region>:<account>:cluster/<name>/<uuid>, as `aws kafka list-clusters-v2` prints it."
  }

  validation {
    condition     = try(split(":", var.cluster_arn)[3], "") == var.region
    error_message = "The cluster is in another region than `region`: give the cluster's."
  }
}

variable "cluster_security_group_id" {
  description = "Security group of the brokers; it gets one rule that lets the client in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^sg-[0-9a-f]+$", var.cluster_security_group_id))
    error_message = "Give the id of the brokers' security group, sg-0123456789abcdef0, as `aws kafka describe-cluster-v2` prints it."
  }
}

variable "vpc_id" {
  description = "VPC that the cluster is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "Give the VPC's id, vpc-0123456789abcdef0, as `aws ec2 describe-vpcs` prints it."
  }
}

variable "subnet_id" {
  description = "Subnet for the client: a private one with a way out (a NAT gateway) is enough."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^subnet-[0-9a-f]+$", var.subnet_id))
    error_message = "Give the subnet's id, subnet-0123456789abcdef0, as `aws ec2 describe-subnets` prints it."
  }
}

# ── What pinpipe does with it

variable "topic_prefix" {
  description = "Prefix of the topics: the part before the dot in <topic_prefix>.pin, <topic_prefix>.geo and <topic_prefix>.user."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*$", var.topic_prefix))
    error_message = "Give the part before the dot of the topic names, e.g. 0af8d0adfd13: letters, digits, _ and -, with single dots inside."
  }
}

variable "consumer_group" {
  description = "Consumer group of the consumer: the only one that it may use."
  type        = string
  default     = "pinpipe"
  nullable    = false
}

variable "mysql" {
  description = "The MySQL that the producer reads: `url` (mysql://<user>@<host>:3306/<database>, never with a password), its security group or its network (cidr), `password_parameter_arn` of the SecureString parameter with the password (and `password_kms_key_arn` where its key is one of your own), and `tls_ca` as module kafka-client takes it. Null: the producer makes rows up."
  type = object({
    url                    = string
    security_group_id      = optional(string)
    cidr                   = optional(string)
    port                   = optional(number, 3306)
    password_parameter_arn = optional(string)
    password_kms_key_arn   = optional(string)
    tls_ca                 = optional(object({ url = string, sha256 = string }))
  })
  default = null
}

variable "allow_topic_deletion" {
  description = "Let topic-admin delete the topics of this prefix."
  type        = bool
  default     = false
  nullable    = false
}

variable "allow_offset_reset" {
  description = "Let topic-admin change or delete the consumer group's offsets."
  type        = bool
  default     = false
  nullable    = false
}

variable "bucket_name" {
  description = "Name of the bucket to make for the lake and the built apps; Athena's results go to a second one, <bucket_name>-athena."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,54}[a-z0-9]$", var.bucket_name))
    error_message = "Give a name of 3 to 56 small letters, digits and hyphens that nobody in all of AWS has: put your account's number or your team's name into it."
  }
}

variable "archives" {
  description = "Uploaded archives of the apps, so that a new client starts them by itself: app (producer, consumer, topic-admin) => address (s3://…) and SHA-256. Output next_steps says how to upload them. A change makes a new client."
  type        = map(object({ archive = string, sha256 = string }))
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.archives), ["producer", "consumer", "topic-admin"])) == 0
    error_message = "The apps are producer, consumer and topic-admin: give no other name."
  }
}

# ── The client

variable "kafka_archive_sha512" {
  description = "SHA-512 of kafka_2.12-2.8.1.tgz as Apache states it; the README says how to print it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Fa-f]{128}$", var.kafka_archive_sha512))
    error_message = "Give the 128 hexadecimal digits that this prints: curl -fsS https://archive.apache.org/dist/kafka/2.8.1/kafka_2.12-2.8.1.tgz.sha512 | sed 's/.*://' | tr -d '[:space:]'"
  }
}

variable "ssh" {
  description = "Shell by SSH instead of Session Manager: `key_name` of an existing EC2 key pair, `allowed_cidrs` that may connect to port 22, `public_ip` to give the client a public address. Null: Session Manager, and nothing listens."
  type = object({
    key_name      = string
    allowed_cidrs = set(string)
    public_ip     = optional(bool, false)
  })
  default = null
}
