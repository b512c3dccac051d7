variable "name" {
  description = "Project and stage; every alarm begins with it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,63}$", var.name))
    error_message = "name must be 3 to 64 lower-case letters, digits and hyphens."
  }
}

variable "api" {
  description = "Name of the API and of its stage."
  type        = object({ name = string, stage = string })

  validation {
    condition     = var.api.name != "" && var.api.stage != ""
    error_message = "api must name an API and a stage."
  }
}

variable "function" {
  description = "The function, its alias, timeout, how many may run at a time (reserved for it, or of the whole account), and whether it follows a store; null before there is one."
  type = object({
    name          = string
    alias         = string
    timeout_s     = number
    concurrency   = number
    is_reserved   = bool
    follows_store = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.function == null ? true : var.function.timeout_s > 0 && var.function.concurrency >= 0
    error_message = "function.timeout_s must be positive, function.concurrency not negative."
  }
}

variable "thresholds" {
  description = "Per cent at which alarms go off: errors of all invocations, p99 duration of the timeout, runs at a time of the concurrency."
  type = object({
    error_percent       = optional(number, 1)
    duration_percent    = optional(number, 80)
    concurrency_percent = optional(number, 80)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for percent in values(var.thresholds) : percent > 0 && percent <= 100])
    error_message = "thresholds are per cent: over 0, up to 100."
  }
}

variable "emails" {
  description = "Who hears of alarms; none, no topic."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@ ]+@[^@ ]+$", email))])
    error_message = "emails must be addresses."
  }
}

variable "region" {
  description = "Region of the alarms, for topic and dashboard."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must look like us-east-1."
  }
}

variable "namespace" {
  description = "CloudWatch namespace of the handler's own metrics."
  type        = string
  default     = "challenge_neuralworks"

  validation {
    condition     = can(regex("^[A-Za-z0-9_./#-]+$", var.namespace))
    error_message = "namespace must be one that CloudWatch takes."
  }
}

variable "kms_key_arn" {
  description = "KMS key of the topic, which CloudWatch must be allowed to use; null leaves messages to TLS and SNS's own storage."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}
