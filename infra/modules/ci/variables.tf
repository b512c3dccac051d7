variable "name" {
  description = "Project and stage; the role is named after it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,60}$", var.name))
    error_message = "name must be 3 to 61 lower-case letters, digits and hyphens."
  }
}

variable "repository" {
  description = "GitHub repository, owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "repository must be owner/name, without a wildcard."
  }
}

variable "branch" {
  description = "Branch whose workflows may assume the role; null where environment is given."
  type        = string
  default     = null

  validation {
    condition     = var.branch == null || can(regex("^[A-Za-z0-9._/-]+$", var.branch))
    error_message = "branch must be the name of one branch, without a wildcard."
  }

  validation {
    condition     = (var.branch == null) != (var.environment == null)
    error_message = "name a branch or an environment: GitHub's token carries one of the two."
  }
}

variable "environment" {
  description = "GitHub environment whose jobs may assume the role; its own rules say which branches get there."
  type        = string
  default     = null

  validation {
    condition     = var.environment == null || can(regex("^[A-Za-z0-9._-]+$", var.environment))
    error_message = "environment must be the name of one environment, without a wildcard."
  }
}

variable "repository_arn" {
  description = "ECR repository that may be pushed to."
  type        = string

  validation {
    condition     = !strcontains(var.repository_arn, "*")
    error_message = "repository_arn must be one repository's."
  }
}

variable "function_arn" {
  description = "Function that may be deployed to; it need not exist yet."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[^:*]+:function:[A-Za-z0-9_-]+$", var.function_arn))
    error_message = "function_arn must be the ARN of one function, without a version and without a wildcard."
  }
}

variable "smoke_key_arn" {
  description = "API key that the smoke test may read; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.smoke_key_arn == null || !strcontains(coalesce(var.smoke_key_arn, "-"), "*")
    error_message = "smoke_key_arn must be one key's."
  }
}

variable "create_provider" {
  description = "Whether to make GitHub's identity provider; an account holds one."
  type        = bool
  default     = true

  validation {
    condition     = var.create_provider != null
    error_message = "create_provider must be true or false."
  }
}

variable "account" {
  description = "The AWS account and its partition."
  type        = object({ id = string, partition = string })

  validation {
    condition     = can(regex("^aws(-[a-z]+)*$", var.account.partition))
    error_message = "account.partition must be aws, aws-cn or the like."
  }
}
