variable "bucket" {
  description = "Name of the bucket; carries the stage, and no other bucket in the world is called so."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket must be 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "prefix" {
  description = "What every key begins with; ends in /."
  type        = string
  default     = "models/"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*/$", var.prefix))
    error_message = "prefix must be names of letters, digits, hyphens and underscores, each with a / behind it."
  }
}

variable "publishers" {
  description = "ARNs of the IAM roles that may publish versions and move every alias but production."
  type        = set(string)

  validation {
    condition     = length(var.publishers) > 0 && alltrue([for arn in var.publishers : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[^*?]+$", arn))])
    error_message = "publishers must be ARNs of IAM roles, one at least, without a wildcard."
  }
}

variable "promoters" {
  description = "ARNs of the IAM roles that may move the alias production, and all others."
  type        = set(string)

  validation {
    condition     = length(var.promoters) > 0 && alltrue([for arn in var.promoters : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[^*?]+$", arn))])
    error_message = "promoters must be ARNs of IAM roles, one at least, without a wildcard."
  }
}

variable "forget_after_days" {
  description = "Days after which what an alias's document said before, or what somebody deleted, is gone for good."
  type        = number
  default     = 90

  validation {
    condition     = var.forget_after_days >= 7 && var.forget_after_days <= 3650 && floor(var.forget_after_days) == var.forget_after_days
    error_message = "forget_after_days must be a whole number from 7 to 3650."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the objects; null has S3's own key (AES-256) do it."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}
