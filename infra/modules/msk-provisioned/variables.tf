variable "name" {
  description = "Name of the cluster and its configuration, and the beginning of the other names."
  type        = string
  default     = "pinpipe"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", var.name))
    error_message = "Give a name of 1 to 64 letters, digits and hyphens that begins with a letter or a digit."
  }
}

variable "vpc_id" {
  description = "VPC of the cluster's security group, the one that the subnets are in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "Give the VPC's id, vpc-0123456789abcdef0, as `aws ec2 describe-vpcs` prints it."
  }
}

variable "subnet_ids" {
  description = "Three private subnets for the brokers, each in another availability zone, so that the three replicas of a partition are in three zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) == 3 && length(distinct(var.subnet_ids)) == 3
    error_message = "Give three subnets, each in another availability zone: with three replicas in two zones, the loss of one zone stops all writes."
  }

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "Give the ids of subnets, subnet-0123456789abcdef0, as `aws ec2 describe-subnets` prints them."
  }
}

variable "kafka_version" {
  description = "MSK's name of the Kafka version, in KRaft mode. The default is the version that MSK recommends (November 2026)."
  type        = string
  default     = "3.8.x.kraft"
  nullable    = false

  validation {
    # Versions before 3.8 are past the end of support, and 4.x runs without ZooKeeper only: a cluster that begins with
    # ZooKeeper cannot be brought there.
    condition     = can(regex("^(3\\.[89]|[4-9]\\.[0-9]+)\\.x\\.kraft$", var.kafka_version))
    error_message = "Give a supported version in KRaft mode, 3.8.x.kraft or newer, such as 3.9.x.kraft. `aws kafka list-kafka-versions` prints those of your region."
  }
}

variable "broker_count" {
  description = "Brokers in all, a multiple of three: as many in each zone."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.broker_count >= 3 && var.broker_count % 3 == 0
    error_message = "Give a multiple of three (3, 6, 9, …): MSK puts as many brokers into each of the three zones."
  }
}

variable "instance_type" {
  description = "Size of a standard broker. kafka.t3.small is enough to try things; it takes four new IAM connections a second, kafka.m7g.large a hundred."
  type        = string
  default     = "kafka.t3.small"
  nullable    = false

  validation {
    condition     = can(regex("^kafka\\.(t3\\.small|(m5|m7g)\\.([0-9]*x)?large)$", var.instance_type))
    error_message = "Give a standard broker's type: kafka.t3.small, kafka.m5.<size> or kafka.m7g.<size>, such as kafka.m7g.large. Express brokers have no storage to set, and are not for this module."
  }
}

variable "initial_storage_gib" {
  description = "Volume of each broker when the cluster is created, in GiB. Later the volume only grows: by max_storage_gib, or by `aws kafka update-broker-storage`."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.initial_storage_gib >= 1 && var.initial_storage_gib <= 16384 && floor(var.initial_storage_gib) == var.initial_storage_gib
    error_message = "Give a whole number of GiB from 1 to 16384."
  }
}

variable "max_storage_gib" {
  description = "Volume of each broker that MSK may grow to by itself, in GiB, at 60 percent use. Null: it never grows by itself."
  type        = number
  default     = null

  validation {
    condition     = var.max_storage_gib == null ? true : var.max_storage_gib > var.initial_storage_gib && var.max_storage_gib <= 16384
    error_message = "Give more GiB than initial_storage_gib, at most 16384, or null so that the volume never grows by itself."
  }
}

variable "kms_key_arn" {
  description = "KMS key of the brokers' volumes. Null: the key that AWS manages for MSK in this account."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "Give the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>, not that of an alias, or null."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the brokers' logs."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "Give a number of days that CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "enhanced_monitoring" {
  description = "Level of the CloudWatch metrics. DEFAULT costs nothing; consumer lag by partition is part of PER_TOPIC_PER_PARTITION."
  type        = string
  default     = "DEFAULT"
  nullable    = false

  validation {
    condition     = contains(["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION"], var.enhanced_monitoring)
    error_message = "Give DEFAULT, PER_BROKER, PER_TOPIC_PER_BROKER or PER_TOPIC_PER_PARTITION."
  }
}

variable "prevent_destroy" {
  description = "Refuse every plan that would destroy or replace the cluster, and its records with it. The module's README says how to destroy it on purpose."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
