variable "project" {
  description = "Name that every resource begins with."
  type        = string
  default     = "challenge-neuralworks"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,29}[a-z0-9]$", var.project))
    error_message = "project must be 3 to 31 lower-case letters, digits and hyphens, and begin with a letter."
  }
}

variable "stage" {
  description = "Stage that this run is for; the workspace's name must end in it."
  type        = string

  validation {
    condition     = contains(["dev", "prd"], var.stage)
    error_message = "stage must be dev or prd."
  }

  # Without Terraform Cloud (validate, test) there is one workspace, called default.
  validation {
    condition     = local.workspace == "default" || endswith(local.workspace, "-${var.stage}")
    error_message = "stage ${var.stage} does not belong in the workspace ${local.workspace}: select one whose name ends in -${var.stage}."
  }
}

variable "workspace" {
  description = "Workspace of this run; null asks Terraform. Only tests state it."
  type        = string
  default     = null

  validation {
    condition     = var.workspace == null || can(regex("^[A-Za-z0-9_-]+$", var.workspace))
    error_message = "workspace must be letters, digits, hyphens and underscores."
  }
}

variable "region" {
  description = "AWS region of everything."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must look like us-east-1."
  }
}

variable "account" {
  description = "The AWS account: whether this stage owns what an account has once (GitHub's identity provider, API Gateway's logging role), and its Lambda concurrency."
  type = object({
    owner       = optional(bool, true)
    concurrency = optional(number, 1000)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.account.concurrency >= 10
    error_message = "account.concurrency is the account's Lambda quota: 10 or more."
  }
}

variable "image_digest" {
  description = "Digest of the function's first image, sha256:...; null where none was pushed yet. `neuralworks deploy` moves on from there."
  type        = string
  default     = null

  validation {
    condition     = var.image_digest == null || can(regex("^sha256:[0-9a-f]{64}$", var.image_digest))
    error_message = "image_digest must be sha256: and 64 hexadecimal digits; a tag may come to mean another image."
  }
}

variable "function" {
  description = "The function: size, concurrency, and what is optional about it."
  type = object({
    architecture            = optional(string, "x86_64")
    memory_mb               = optional(number, 512)
    timeout_s               = optional(number, 10)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number, 0)
    snap_start              = optional(bool, false)
    url                     = optional(bool, false)
    models_bucket           = optional(object({ arn = string, prefix = string }))
    store = optional(object({
      publishers        = set(string)
      promoters         = set(string)
      forget_after_days = optional(number, 90)
    }))
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.function.reserved_concurrency == null ? true : var.function.reserved_concurrency <= var.account.concurrency - 100
    error_message = "function.reserved_concurrency must leave 100 of account.concurrency unreserved: AWS refuses more."
  }

  validation {
    condition     = var.function.store == null || var.function.models_bucket == null
    error_message = "function.store makes a bucket, function.models_bucket names one that is there: choose one."
  }
}

variable "settings" {
  description = "Environment of the function, see docs/operations.md."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.settings) : startswith(name, "NEURALWORKS_")])
    error_message = "settings are named NEURALWORKS_*, see docs/operations.md."
  }
}

variable "plans" {
  description = "Usage plans: requests a second, burst, and how many a period (DAY, WEEK or MONTH)."
  type = map(object({
    rate  = number
    burst = number
    quota = optional(object({ limit = number, period = string }))
  }))
  nullable = false

  validation {
    condition     = length(var.plans) > 0
    error_message = "plans must hold one plan at least: without one no key is let in."
  }
}

variable "clients" {
  description = "API clients: name -> plan. AWS makes the key. The client `smoke` is the one that CI may read."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for plan in values(var.clients) : contains(keys(var.plans), plan)])
    error_message = "every client must name one of the plans."
  }
}

variable "gateway" {
  description = "The API: its throttle over all clients, an optional custom domain and an optional firewall."
  type = object({
    throttle = object({ rate = number, burst = number })
    domain   = optional(object({ name = string, certificate_arn = string, base_path = optional(string) }))
    firewall = optional(object({ requests_per_5_min = number }))
  })
  nullable = false

  # AWS lets an account make 10 requests a second for each unit of its concurrency.
  validation {
    condition     = var.gateway.throttle.rate <= 10 * local.concurrency
    error_message = "gateway.throttle.rate is over 10 times the concurrency (${local.concurrency}): Lambda itself would throttle, and clients see it late."
  }
}

variable "github" {
  description = "Repository (owner/name) and branch, or environment, whose workflows may deploy this stage; null for none."
  type        = object({ repository = string, branch = optional(string), environment = optional(string) })
  default     = null

  validation {
    condition     = var.github == null ? true : (var.github.branch == null) != (var.github.environment == null)
    error_message = "github must name a branch or an environment: GitHub's token carries one of the two."
  }
}

variable "alerts" {
  description = "Who hears of alarms, and at which per cent they go off."
  type = object({
    emails = optional(set(string), [])
    thresholds = optional(object({
      error_percent       = optional(number, 1)
      duration_percent    = optional(number, 80)
      concurrency_percent = optional(number, 80)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for email in var.alerts.emails : can(regex("^[^@ ]+@[^@ ]+$", email))])
    error_message = "alerts.emails must be addresses."
  }
}

variable "budget" {
  description = "Monthly limit in USD and who hears of it; null for none."
  type        = object({ limit_usd = number, emails = set(string) })
  default     = null

  validation {
    condition     = var.budget == null ? true : var.budget.limit_usd > 0
    error_message = "budget.limit_usd must be positive."
  }
}

variable "logs" {
  description = "How long logs are kept, and the KMS key of logs, images, alarms and environment; null has AWS's own keys encrypt them."
  type        = object({ retention_days = optional(number, 30), kms_key_arn = optional(string) })
  default     = {}
  nullable    = false

  validation {
    condition     = var.logs.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.logs.kms_key_arn))
    error_message = "logs.kms_key_arn must be the ARN of a KMS key."
  }
}
