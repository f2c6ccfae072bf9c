variable "bucket_name" {
  description = "Name of the bucket; Athena's results go to a second one, <bucket_name>-athena."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,54}[a-z0-9]$", var.bucket_name)) && !startswith(var.bucket_name, "xn--")
    error_message = "Give a bucket name of 3 to 56 small letters, digits and hyphens, without dots (TLS certificates of S3 do not cover them). It has to be free in all of AWS: put your account's number or your team's name into it."
  }
}

variable "lake_prefix" {
  description = "Prefix of the lake in the bucket, without slashes at its ends; the consumer's --lake is s3://<bucket_name>/<lake_prefix>."
  type        = string
  default     = "pinpipe"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_=.-]*(/[A-Za-z0-9][A-Za-z0-9_=.-]*)*$", var.lake_prefix)) && split("/", var.lake_prefix)[0] != "releases"
    error_message = "Give a prefix such as pinpipe or teams/pinpipe: letters, digits, _ = . and -, parts with single slashes between. Athena leaves out folders that begin with _ or a dot, and releases/ is for the built apps."
  }
}

variable "topic_prefix" {
  description = "Prefix of the topics, as the apps' TOPIC_PREFIX: the topics are <topic_prefix>.pin, <topic_prefix>.geo and so on."
  type        = string
  nullable    = false

  validation {
    # The longest suffix of a table takes up to 100 of the 249 characters that Kafka allows.
    condition     = can(regex("^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$", var.topic_prefix)) && length(var.topic_prefix) <= 148
    error_message = "Give the part before the dot of the topic names, e.g. 0af8d0adfd13: at most 148 letters, digits, _ and -, with single dots inside."
  }

  validation {
    condition     = !startswith(var.topic_prefix, "_") || var.glue_database_name == null
    error_message = "Athena leaves out objects whose names begin with _, and objects are named after their topic: take another prefix, or set glue_database_name = null."
  }
}

variable "extra_topics" {
  description = "Topics outside the catalogue that the consumer lands too: their dead letters are in the table dead_letters."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for topic in var.extra_topics : can(regex("^[A-Za-z0-9._-]{1,249}$", topic))])
    error_message = "Give whole topic names, of letters, digits, dots, _ and -; wildcards are not names."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the objects, known at plan time; null makes a key that only S3 can use, only for these buckets."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "Give the key's ARN, arn:aws:kms:<region>:<account>:key/<id>, as `aws kms describe-key` prints it (an alias is not enough: the bucket policy compares ARNs), or null to have a key made."
  }
}

variable "partitions" {
  description = "Highest number of partitions that a topic of the lake has: Athena reads the partitions 0 to <partitions> - 1, and nothing of the others."
  type        = number
  default     = 64
  nullable    = false

  validation {
    condition     = var.partitions >= 1 && var.partitions <= 10000 && floor(var.partitions) == var.partitions
    error_message = "Give a whole number from 1 to 10000, the partitions of the largest topic or a few more: Athena lists each of them in every query."
  }
}

variable "glue_database_name" {
  description = "Name of the Glue database that holds the tables; null makes no database, no tables and no workgroup."
  type        = string
  default     = "pinpipe"

  validation {
    condition     = var.glue_database_name == null || can(regex("^[a-z][a-z0-9_]{0,127}$", var.glue_database_name))
    error_message = "Give a name of small letters, digits and _ that begins with a letter, so that SQL needs no quotes; or null for no tables."
  }
}

variable "athena_workgroup" {
  description = "Make an Athena workgroup of the database's name, with its bucket of results and the usual questions as named queries."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = !var.athena_workgroup || var.glue_database_name != null
    error_message = "A workgroup without tables has nothing to ask: give glue_database_name, or set athena_workgroup = false."
  }
}

variable "athena_scan_limit_gib" {
  description = "GiB that one query may scan before Athena ends it: a bound of its price."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.athena_scan_limit_gib >= 0.01 && var.athena_scan_limit_gib <= 7340032
    error_message = "Give GiB from 0.01 (Athena's least limit is 10 MB) up."
  }
}

variable "noncurrent_version_days" {
  description = "Days for which a version is kept after somebody deleted or replaced it by hand."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.noncurrent_version_days >= 1 && floor(var.noncurrent_version_days) == var.noncurrent_version_days
    error_message = "Give whole days, 1 or more: the time in which a deletion by mistake can be undone."
  }
}

variable "infrequent_access_after_days" {
  description = "Days after which data objects (topics/ only) move to S3 Standard-IA; null never."
  type        = number
  default     = 90

  validation {
    condition     = var.infrequent_access_after_days == null ? true : var.infrequent_access_after_days >= 30 && floor(var.infrequent_access_after_days) == var.infrequent_access_after_days
    error_message = "Give whole days, 30 or more (S3 moves nothing to Standard-IA before), or null."
  }
}

variable "log_bucket_name" {
  description = "Existing bucket for S3's access logs, with a policy that lets logging.s3.amazonaws.com write; null writes none."
  type        = string
  default     = null

  validation {
    condition     = var.log_bucket_name == null || var.log_bucket_name != var.bucket_name
    error_message = "Give another bucket than bucket_name: logs of a bucket in itself make logs of their own, and its policy refuses them."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
