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

# ── The network

variable "vpc_cidr" {
  description = "Addresses of the VPC, a private IPv4 network from /16 to /24. Eighths of it become the subnets."
  type        = string
  default     = "10.42.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && can(regex("/(1[6-9]|2[0-4])$", var.vpc_cidr))
    error_message = "Give an IPv4 network in CIDR notation from /16 to /24, such as 10.42.0.0/16, that no network you will connect it to has."
  }
}

variable "availability_zones" {
  description = "Three zones of the region. Null: the first three. Not every zone has MSK: where the cluster is refused for its zone, give others."
  type        = list(string)
  default     = null

  validation {
    condition     = var.availability_zones == null ? true : length(var.availability_zones) == 3 && length(distinct(var.availability_zones)) == 3 && alltrue([for zone in var.availability_zones : can(regex("^${var.region}[a-z]$", zone))])
    error_message = "Give three zones of the region, such as eu-west-1a, eu-west-1b and eu-west-1c, as `aws ec2 describe-availability-zones` prints them, or null."
  }
}

variable "flow_log_retention_days" {
  description = "Days that CloudWatch keeps the VPC's flow logs. Null: there are none."
  type        = number
  default     = null

  validation {
    condition     = var.flow_log_retention_days == null ? true : contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_log_retention_days)
    error_message = "Give a number of days that CloudWatch knows, such as 14, 30, 90 or 365, or null for no flow logs."
  }
}

# ── The cluster

variable "broker_instance_type" {
  description = "Size of each of the three brokers. kafka.t3.small is enough to try things, kafka.m7g.large is the smallest for a lasting load."
  type        = string
  default     = "kafka.t3.small"
  nullable    = false
}

variable "max_storage_gib" {
  description = "Volume that each broker may grow to, in GiB, from 100. Null: it does not grow by itself."
  type        = number
  default     = null
}

variable "prevent_destroy" {
  description = "Refuse every plan that would destroy or replace the cluster, and its records with it. The README says how to destroy it on purpose."
  type        = bool
  default     = true
  nullable    = false
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

variable "bucket_name" {
  description = "Name of the bucket to make for the lake and the built apps; Athena's results go to a second one, <bucket_name>-athena."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,54}[a-z0-9]$", var.bucket_name))
    error_message = "Give a name of 3 to 56 small letters, digits and hyphens that nobody in all of AWS has: put your account's number or your team's name into it."
  }
}

variable "posts" {
  description = "Rows that the producer makes up for each table: there is no MySQL here (example existing-cluster reads one)."
  type        = number
  default     = 10000
  nullable    = false

  validation {
    condition     = var.posts >= 1 && floor(var.posts) == var.posts
    error_message = "Give a whole number, 1 or more."
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

variable "kafka_archive_sha512" {
  description = "SHA-512 of kafka_2.12-2.8.1.tgz as Apache states it; the README says how to print it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Fa-f]{128}$", var.kafka_archive_sha512))
    error_message = "Give the 128 hexadecimal digits that this prints: curl -fsS https://archive.apache.org/dist/kafka/2.8.1/kafka_2.12-2.8.1.tgz.sha512 | sed 's/.*://' | tr -d '[:space:]'"
  }
}
