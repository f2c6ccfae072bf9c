variable "name" {
  description = "Beginning of the roles' names: <name>-producer, <name>-consumer, <name>-topic-admin, <name>-read-only."
  type        = string
  default     = "pinpipe"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,52}$", var.name))
    error_message = "Give 1 to 52 letters, digits and any of +=,.@_-: IAM takes 64 characters, and -topic-admin comes after."
  }
}

variable "cluster_arn" {
  description = "ARN of the MSK cluster; the ARNs of its topics and groups are made from it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kafka:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9-]+/[A-Za-z0-9-]+$", var.cluster_arn))
    error_message = "Give the cluster's ARN, arn:aws:kafka:<region>:<account>:cluster/<name>/<uuid>, as `aws kafka list-clusters-v2` prints it."
  }
}

variable "topic_prefix" {
  description = "What comes before the dot of the topics' names: <topic_prefix>.pin, .geo and .user."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*$", var.topic_prefix))
    error_message = "Give letters, digits, _ and -, with single dots inside, and without the dot before pin, geo and user. A * would be a pattern in the policies."
  }

  validation {
    condition     = length(var.topic_prefix) <= 200
    error_message = "Give 200 characters at most: Kafka takes 249 in the name of a topic."
  }
}

variable "consumer_group" {
  description = "The consumer's group (its --group): the only one that it may join, and the only one that topic-admin and read-only may look at."
  type        = string
  default     = "pinpipe"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,249}$", var.consumer_group))
    error_message = "Give 1 to 249 letters, digits and any of ._-. A * or ? would be a pattern in the policies."
  }
}

variable "extra_topics" {
  description = "Names of further topics that the consumer may read; none by default."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for topic in var.extra_topics : can(regex("^[A-Za-z0-9._-]{1,249}$", topic)) && !startswith(topic, "__")])
    error_message = "Give whole names of topics: 1 to 249 letters, digits and any of ._-, not beginning with __. A * or ? would be a pattern in the policies."
  }
}

variable "trusted_role_arns" {
  description = "ARNs of the roles that may assume the apps' roles, such as the Kafka client's instance role."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.trusted_role_arns) > 0
    error_message = "Give one role at least: nobody else could assume the apps' roles."
  }

  validation {
    condition     = alltrue([for arn in var.trusted_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "Give ARNs of single roles, arn:aws:iam::<account>:role/<name>: neither users, nor whole accounts, nor patterns."
  }
}

variable "external_id" {
  description = "External id that who assumes a role has to give; null asks for none."
  type        = string
  default     = null

  validation {
    condition     = var.external_id == null || try(can(regex("^[A-Za-z0-9+=,.@:/_-]{2,}$", var.external_id)) && length(var.external_id) <= 1224, false)
    error_message = "Give 2 to 1224 letters, digits and any of +=,.@:/_-, as STS takes them, or leave external_id out."
  }
}

variable "allow_topic_deletion" {
  description = "Let topic-admin delete topics (and records: kafka-cluster:DeleteTopic is for both)."
  type        = bool
  default     = false
  nullable    = false
}

variable "allow_offset_reset" {
  description = "Let topic-admin set the consumer group's offsets, and delete the group."
  type        = bool
  default     = false
  nullable    = false
}

variable "lake" {
  description = "Where the consumer writes: the bucket, the lake's prefix in it, and the KMS key of its objects (null: they are encrypted with S3's own key). Null: not to S3."
  type = object({
    bucket_arn  = string
    prefix      = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.lake == null || can(regex("^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.lake.bucket_arn))
    error_message = "Give lake.bucket_arn as arn:aws:s3:::<bucket>, without a path: the prefix is a value of its own."
  }

  validation {
    condition     = var.lake == null || can(regex("^[A-Za-z0-9_=.-]+(/[A-Za-z0-9_=.-]+)*$", var.lake.prefix))
    error_message = "Give lake.prefix as letters, digits and any of _=.-, with single slashes inside and none at the ends. A * would be a pattern in the policy."
  }

  validation {
    condition     = try(var.lake.kms_key_arn, null) == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.lake.kms_key_arn))
    error_message = "Give lake.kms_key_arn as arn:aws:kms:<region>:<account>:key/<id>: an alias is not enough, the policy names the key."
  }
}

variable "releases" {
  description = "Where the built apps are: the bucket, the prefix before <app>/, and the KMS key of its objects (null: S3's own key). Each app may read its own. Null: not in S3."
  type = object({
    bucket_arn  = string
    prefix      = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.releases == null || can(regex("^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.releases.bucket_arn))
    error_message = "Give releases.bucket_arn as arn:aws:s3:::<bucket>, without a path: the prefix is a value of its own."
  }

  validation {
    condition     = var.releases == null || can(regex("^[A-Za-z0-9_=.-]+(/[A-Za-z0-9_=.-]+)*$", var.releases.prefix))
    error_message = "Give releases.prefix as letters, digits and any of _=.-, with single slashes inside and none at the ends. A * would be a pattern in the policy."
  }

  validation {
    condition     = try(var.releases.kms_key_arn, null) == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.releases.kms_key_arn))
    error_message = "Give releases.kms_key_arn as arn:aws:kms:<region>:<account>:key/<id>: an alias is not enough, the policy names the key."
  }

  validation {
    condition = !try(
      var.releases.bucket_arn == var.lake.bucket_arn && (
        startswith("${var.releases.prefix}/", "${var.lake.prefix}/") || startswith("${var.lake.prefix}/", "${var.releases.prefix}/")
      ),
      false,
    )
    error_message = "Give releases a prefix outside the lake's, as data-bucket does: the consumer could else create what another app runs."
  }
}

variable "mysql_password_parameter_arn" {
  description = "ARN of the SSM parameter that holds the producer's MySQL password; null: the producer reads none."
  type        = string
  default     = null

  validation {
    condition     = var.mysql_password_parameter_arn == null || can(regex("^arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+$", var.mysql_password_parameter_arn))
    error_message = "Give the parameter's ARN, arn:aws:ssm:<region>:<account>:parameter/<name>, as `aws ssm get-parameter` prints it."
  }
}

variable "mysql_password_kms_key_arn" {
  description = "ARN of the KMS key of that parameter, where it is a key of your own; null: the account's aws/ssm key."
  type        = string
  default     = null

  validation {
    condition     = var.mysql_password_kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.mysql_password_kms_key_arn))
    error_message = "Give the key's ARN, arn:aws:kms:<region>:<account>:key/<id>: an alias is not enough, the policy names the key."
  }

  validation {
    condition     = var.mysql_password_kms_key_arn == null || var.mysql_password_parameter_arn != null
    error_message = "Give mysql_password_parameter_arn too: without the parameter its key is of no use."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds what the roles may be given; null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]+$", var.permissions_boundary_arn))
    error_message = "Give the policy's ARN, arn:aws:iam::<account>:policy/<name>."
  }
}

variable "tags" {
  description = "Tags of the roles."
  type        = map(string)
  default     = {}
  nullable    = false
}
