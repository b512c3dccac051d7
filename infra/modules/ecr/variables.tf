variable "name" {
  description = "Name of the repository; carries the stage."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,63}$", var.name))
    error_message = "name must be 3 to 64 lower-case letters, digits and hyphens."
  }
}

variable "function_arn" {
  description = "The one function that may pull; it need not exist yet."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[^:*]+:function:[A-Za-z0-9_-]+$", var.function_arn))
    error_message = "function_arn must be the ARN of one function, without a version and without a wildcard."
  }
}

variable "untagged_days" {
  description = "Days after which an image that has no tag is deleted."
  type        = number
  default     = 14

  validation {
    condition     = var.untagged_days >= 1 && var.untagged_days <= 365 && floor(var.untagged_days) == var.untagged_days
    error_message = "untagged_days must be a whole number from 1 to 365."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the images; null has ECR's own key (AES-256) do it."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}
