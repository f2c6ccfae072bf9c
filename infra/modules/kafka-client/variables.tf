variable "name" {
  description = "Beginning of the names of everything that the module makes, and of the apps' role sessions."
  type        = string
  default     = "pinpipe"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.name))
    error_message = "Give a name of at most 31 lower-case letters, digits and hyphens that begins with a letter."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds what the instance's role may do; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "Give the ARN of an IAM policy, arn:aws:iam::<account>:policy/<name>, or leave permissions_boundary_arn out."
  }
}

# ── The machine

variable "vpc_id" {
  description = "VPC of the instance: the cluster's, or one that reaches it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "Give the VPC's id, vpc-0123456789abcdef0, as `aws ec2 describe-vpcs` prints it."
  }
}

variable "subnet_id" {
  description = "Subnet of the instance: a private one with a way out (a NAT gateway) is enough."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^subnet-[0-9a-f]+$", var.subnet_id))
    error_message = "Give the subnet's id, subnet-0123456789abcdef0, as `aws ec2 describe-subnets` prints it."
  }
}

variable "associate_public_ip_address" {
  description = "Whether the instance gets a public IPv4 address. Only a public subnet without a NAT gateway needs it."
  type        = bool
  default     = false
  nullable    = false
}

variable "instance_type" {
  description = "EC2 instance type; the image follows its processor, arm64 or x86_64."
  type        = string
  default     = "t4g.small"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.instance_type))
    error_message = "Give an EC2 instance type, such as t4g.small or t3.small."
  }
}

variable "root_volume_gib" {
  description = "Size of the root volume in GiB."
  type        = number
  default     = 16
  nullable    = false

  validation {
    condition     = var.root_volume_gib >= 8 && var.root_volume_gib <= 16384 && floor(var.root_volume_gib) == var.root_volume_gib
    error_message = "Give a whole number of GiB from 8, which Amazon Linux needs, to 16384."
  }
}

variable "root_volume_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the root volume; null for the account's default key of EBS."
  type        = string
  default     = null

  validation {
    condition     = var.root_volume_kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.root_volume_kms_key_arn))
    error_message = "Give the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>, or leave root_volume_kms_key_arn out."
  }
}

# ── Who gets in

variable "access_mode" {
  description = "How people get a shell: ssm (Session Manager, nothing listens) or ssh (port 22, a key, given networks)."
  type        = string
  default     = "ssm"
  nullable    = false

  validation {
    condition     = contains(["ssm", "ssh"], var.access_mode)
    error_message = "Give \"ssm\" for Session Manager, or \"ssh\"."
  }
}

variable "ssh_key_name" {
  description = "Name of an existing EC2 key pair, for access_mode ssh; null when ssh_public_key is given."
  type        = string
  default     = null

  validation {
    condition     = var.ssh_key_name == null || can(regex("^[A-Za-z0-9 ._-]{1,255}$", var.ssh_key_name))
    error_message = "Give the key pair's name as `aws ec2 describe-key-pairs` prints it, without `.pem`."
  }

  validation {
    condition     = var.access_mode != "ssh" || (var.ssh_key_name == null) != (var.ssh_public_key == null)
    error_message = "With access_mode \"ssh\" give exactly one of ssh_key_name, an existing key pair, and ssh_public_key, the text of a public key."
  }

  validation {
    condition     = var.access_mode == "ssh" || var.ssh_key_name == null
    error_message = "Session Manager needs no key: leave ssh_key_name out, or set access_mode to \"ssh\"."
  }
}

variable "ssh_public_key" {
  description = "Text of a public key (OpenSSH, ed25519 or rsa) to make a key pair of, for access_mode ssh; null when ssh_key_name is given."
  type        = string
  default     = null

  validation {
    condition     = var.ssh_public_key == null || can(regex("^(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]+=*( [^\n]*)?\n?$", var.ssh_public_key))
    error_message = "Give the text of the public key's file (`ssh-ed25519 AAAA…` or `ssh-rsa AAAA…`, from the file that ends in .pub). A private key must never come near Terraform's state."
  }

  validation {
    condition     = var.access_mode == "ssh" || var.ssh_public_key == null
    error_message = "Session Manager needs no key: leave ssh_public_key out, or set access_mode to \"ssh\"."
  }
}

variable "ssh_allowed_cidrs" {
  description = "Networks that may connect to port 22, for access_mode ssh: IPv4 from /8, IPv6 from /32 on."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.ssh_allowed_cidrs : can(cidrhost(cidr, 0))])
    error_message = "Give networks in CIDR notation: 203.0.113.7/32 for one IPv4 address, 2001:db8::/48 for an IPv6 network."
  }

  # Two halves of the internet are the internet too, so not only /0 is too wide.
  validation {
    condition = alltrue([for cidr in var.ssh_allowed_cidrs :
      try(tonumber(split("/", cidr)[1]) >= (strcontains(cidr, ":") ? 32 : 8), true)
    ])
    error_message = "SSH is never open to the world: give the address that you come from (`curl https://checkip.amazonaws.com`, then <address>/32), or the network of an office or a VPN."
  }

  validation {
    condition     = (var.access_mode == "ssh") == (length(var.ssh_allowed_cidrs) > 0)
    error_message = "Give ssh_allowed_cidrs with access_mode \"ssh\", where nobody gets in without it, and leave it out with \"ssm\", which opens no port."
  }
}

# ── The cluster

variable "cluster_security_group_id" {
  description = "Security group of the cluster's brokers: the module adds a rule to it that lets the instance in on port 9098."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^sg-[0-9a-f]+$", var.cluster_security_group_id))
    error_message = "Give the security group's id, sg-0123456789abcdef0, as `aws kafka describe-cluster-v2` prints it."
  }
}

variable "bootstrap_servers" {
  description = "Bootstrap servers for IAM clients, host:9098 with commas between."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9.-]+:9098(,[A-Za-z0-9.-]+:9098)*$", var.bootstrap_servers))
    error_message = "Give the bootstrap servers for IAM (port 9098, commas between, no spaces), as `aws kafka get-bootstrap-brokers --query BootstrapBrokerStringSaslIam --output text` prints them."
  }
}

variable "topic_prefix" {
  description = "Topics are <topic_prefix>.pin, <topic_prefix>.geo and <topic_prefix>.user."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*$", var.topic_prefix)) && length(var.topic_prefix) <= 200
    error_message = "Give a prefix of at most 200 letters, digits, _ and -, with single dots inside: leave out the dot before the table's suffix."
  }
}

variable "role_arns" {
  description = "Role ARN of each app, as output role_arns of module msk-iam-policies gives them: producer, consumer, topic-admin and read-only."
  type        = map(string)
  nullable    = false

  validation {
    condition     = toset(keys(var.role_arns)) == toset(["producer", "consumer", "topic-admin", "read-only"])
    error_message = "Give the roles of producer, consumer, topic-admin and read-only, all four and no other: output role_arns of module msk-iam-policies."
  }

  validation {
    condition     = alltrue([for arn in values(var.role_arns) : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "Give ARNs of IAM roles, arn:aws:iam::<account>:role/<name>."
  }
}

variable "external_id" {
  description = "External id that the apps' roles ask for; null when they ask for none."
  type        = string
  default     = null

  validation {
    condition     = var.external_id == null || try(can(regex("^[A-Za-z0-9+=,.@:/_-]{2,}$", var.external_id)) && length(var.external_id) <= 1224, false)
    error_message = "Give 2 to 1224 letters, digits and any of +=,.@:/_-, as STS takes them, or leave external_id out."
  }
}

# ── What is installed

variable "kafka_archive_url" {
  description = "Where Kafka 2.12-2.8.1 is downloaded from; another mirror must offer the same file."
  type        = string
  default     = "https://archive.apache.org/dist/kafka/2.8.1/kafka_2.12-2.8.1.tgz"
  nullable    = false

  validation {
    condition     = can(regex("^https://[A-Za-z0-9._~:/?&=%+-]+/kafka_2[.]12-2[.]8[.]1[.]tgz$", var.kafka_archive_url))
    error_message = "Give an https:// address that ends in kafka_2.12-2.8.1.tgz: that version goes with aws-msk-iam-auth 2.3.4 and Java 11."
  }
}

variable "kafka_archive_sha512" {
  description = "SHA-512 of the Kafka archive, as Apache states it: `curl -fsS https://archive.apache.org/dist/kafka/2.8.1/kafka_2.12-2.8.1.tgz.sha512 | sed 's/.*://' | tr -d '[:space:]'` prints it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Fa-f]{128}$", var.kafka_archive_sha512))
    error_message = "Give the 128 hexadecimal digits that this prints: curl -fsS https://archive.apache.org/dist/kafka/2.8.1/kafka_2.12-2.8.1.tgz.sha512 | sed 's/.*://' | tr -d '[:space:]'"
  }
}

variable "msk_iam_auth_jar_url" {
  description = "Where aws-msk-iam-auth 2.3.4, MSK's login module for Java, is downloaded from; another mirror must offer the same file."
  type        = string
  default     = "https://github.com/aws/aws-msk-iam-auth/releases/download/v2.3.4/aws-msk-iam-auth-2.3.4-all.jar"
  nullable    = false

  validation {
    condition     = can(regex("^https://[A-Za-z0-9._~:/?&=%+-]+/aws-msk-iam-auth-2[.]3[.]4-all[.]jar$", var.msk_iam_auth_jar_url))
    error_message = "Give an https:// address that ends in aws-msk-iam-auth-2.3.4-all.jar: 2.3.5 and later need Java 17, and earlier ones cannot turn the fall-back to other credentials off."
  }
}

variable "msk_iam_auth_jar_sha256" {
  description = "SHA-256 of that file."
  type        = string
  default     = "5756e01dc33c203f1e5fb7076c475b393e28e7d4ef528f3b604db6da5e979a6a"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Fa-f]{64}$", var.msk_iam_auth_jar_sha256))
    error_message = "Give the 64 hexadecimal digits that `sha256sum aws-msk-iam-auth-2.3.4-all.jar` prints, or leave msk_iam_auth_jar_sha256 out."
  }
}

# ── The apps

variable "apps" {
  description = "The apps of the instance: producer, consumer, topic-admin. `settings` are environment variables of the app (`node <app>.js --help` lists them). With an `archive` (s3:// or https://, made by `pnpm package-app`) and its `sha256` the app starts at the first boot; without one it waits for `pinpipe-deploy`."
  type = map(object({
    archive  = optional(string)
    sha256   = optional(string)
    settings = optional(map(string), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for app in keys(var.apps) : contains(["producer", "consumer", "topic-admin"], app)])
    error_message = "The apps are producer, consumer and topic-admin: give no other name."
  }

  validation {
    condition     = alltrue([for app in values(var.apps) : (app.archive == null) == (app.sha256 == null)])
    error_message = "Give `archive` and `sha256` together: `pnpm package-app` prints both."
  }

  validation {
    condition     = alltrue([for app in values(var.apps) : app.archive == null || can(regex("^(s3|https)://[A-Za-z0-9._~:/?&=%+-]+[.]tgz$", app.archive))])
    error_message = "Give the archive's address: s3://<bucket>/releases/<app>/<archive>.tgz, or https://…, ending in .tgz."
  }

  validation {
    condition     = alltrue([for app in values(var.apps) : app.sha256 == null || can(regex("^[0-9A-Fa-f]{64}$", app.sha256))])
    error_message = "Give the 64 hexadecimal digits of the archive's SHA-256 that `pnpm package-app` printed."
  }

  validation {
    condition     = alltrue(flatten([for app in values(var.apps) : [for name, value in app.settings : can(regex("^[A-Z][A-Z0-9_]*$", name)) && can(regex("^[ -~]+$", value))]]))
    error_message = "Write settings as environment variables: names like PINPIPE_MAX_AGE, values of one line of ASCII."
  }

  validation {
    condition = alltrue(flatten([for app in values(var.apps) : [for name in keys(app.settings) :
      !startswith(name, "AWS_") && !contains(["KAFKA_AUTH", "KAFKA_BROKERS", "TOPIC_PREFIX", "PINPIPE_GROUP", "PINPIPE_LAKE"], name)
    ]]))
    error_message = "AWS_…, KAFKA_AUTH, KAFKA_BROKERS, TOPIC_PREFIX, PINPIPE_GROUP and PINPIPE_LAKE come from the module's other variables (bootstrap_servers, topic_prefix, consumer_group, lake): leave them out of `settings`."
  }

  validation {
    condition = alltrue(flatten([for app in values(var.apps) : [for name, value in app.settings :
      !endswith(name, "PASSWORD") && !can(regex("^mysql://[^@/]*:[^@/]*@", value))
    ]]))
    error_message = "A secret never comes near Terraform's state: store MySQL's password as a SecureString parameter, give mysql_password_parameter_arn, and leave it out of `settings` and of MYSQL_URL."
  }

  validation {
    condition     = try(var.apps["producer"], null) == null || can(var.apps["producer"].settings["MYSQL_URL"])
    error_message = "The producer needs a source: give it settings = { MYSQL_URL = \"mysql://<user>@<host>:3306/<database>\" }, or \"generate:<posts>\" to make rows up."
  }
}

variable "consumer_group" {
  description = "Consumer group of the consumer, the one that its role may use."
  type        = string
  default     = "pinpipe"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,249}$", var.consumer_group))
    error_message = "Give a group of 1 to 249 letters, digits, dots, _ and -."
  }
}

variable "lake" {
  description = "Where the consumer stores its objects, s3://<bucket>/<prefix>; null without a consumer."
  type        = string
  default     = null

  validation {
    condition     = var.lake == null || can(regex("^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9._=/-]*[A-Za-z0-9._=-]$", var.lake))
    error_message = "Give s3://<bucket>/<prefix> without a slash at its end, as output lake of module data-bucket gives it."
  }

  validation {
    condition     = var.lake != null || !contains(keys(var.apps), "consumer")
    error_message = "The consumer needs a place for its objects: give lake, s3://<bucket>/<prefix>."
  }
}

variable "mysql" {
  description = "The MySQL that the producer reads: its security group or its network (CIDR), the one that a rule for outgoing connections names, and the port. `tls_ca` is a PEM file of the authorities to trust, for Amazon RDS its bundle (https://truststore.pki.rds.amazonaws.com/<region>/<region>-bundle.pem) with the SHA-256 that you checked. Null without a MySQL."
  type = object({
    security_group_id = optional(string)
    cidr              = optional(string)
    port              = optional(number, 3306)
    tls_ca            = optional(object({ url = string, sha256 = string }))
  })
  default = null

  validation {
    condition     = var.mysql == null || try((var.mysql.security_group_id == null) != (var.mysql.cidr == null), false)
    error_message = "Give exactly one of security_group_id, MySQL's security group, and cidr, the network that it is in."
  }

  validation {
    condition     = try(var.mysql.security_group_id, null) == null || can(regex("^sg-[0-9a-f]+$", var.mysql.security_group_id))
    error_message = "Give the id of MySQL's security group, sg-0123456789abcdef0, as `aws ec2 describe-security-groups` prints it."
  }

  validation {
    condition     = try(var.mysql.cidr, null) == null || (can(cidrnetmask(var.mysql.cidr)) && !can(regex("/[0-7]$", var.mysql.cidr)))
    error_message = "Give MySQL's IPv4 network in CIDR notation, from /8 on: 10.0.3.17/32 for one address."
  }

  validation {
    condition     = try(var.mysql.port, 3306) >= 1 && try(var.mysql.port, 3306) <= 65535 && floor(try(var.mysql.port, 3306)) == try(var.mysql.port, 3306)
    error_message = "Give MySQL's port, a whole number from 1 to 65535; 3306 unless you know better."
  }

  validation {
    condition = try(var.mysql.tls_ca, null) == null || try(
      can(regex("^https://[A-Za-z0-9._~:/?&=%+-]+$", var.mysql.tls_ca.url)) && can(regex("^[0-9A-Fa-f]{64}$", var.mysql.tls_ca.sha256)), false
    )
    error_message = "Give the https:// address of the authorities' PEM file and its SHA-256: `curl -fsS <address> | sha256sum` prints it."
  }

  validation {
    condition     = var.mysql != null || !startswith(try(var.apps["producer"].settings["MYSQL_URL"], ""), "mysql:")
    error_message = "The producer cannot reach its MySQL: give mysql with MySQL's security group or its network."
  }
}

variable "mysql_password_parameter_arn" {
  description = "ARN of the SecureString parameter (Systems Manager) that holds MySQL's password; the producer's role must be allowed to read it. Null for a MySQL user without a password."
  type        = string
  default     = null

  validation {
    condition     = var.mysql_password_parameter_arn == null || can(regex("^arn:[a-z-]+:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9._/-]+$", var.mysql_password_parameter_arn))
    error_message = "Give the parameter's ARN, arn:aws:ssm:<region>:<account>:parameter/<name>, as `aws ssm get-parameter` prints it."
  }
}
