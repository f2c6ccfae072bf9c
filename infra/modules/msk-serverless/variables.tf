variable "name" {
  description = "Name of the cluster, and the beginning of the name of its security group."
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
  description = "Private subnets that clients reach the cluster in, each in another availability zone: two at least."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2 && length(distinct(var.subnet_ids)) == length(var.subnet_ids)
    error_message = "Give two subnets at least, each in another availability zone: MSK Serverless takes no fewer."
  }

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "Give the ids of subnets, subnet-0123456789abcdef0, as `aws ec2 describe-subnets` prints them."
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
