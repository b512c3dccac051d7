variable "name" {
  description = "Name of the API; carries the stage."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,50}$", var.name))
    error_message = "name must be 3 to 51 lower-case letters, digits and hyphens."
  }
}

variable "stage" {
  description = "Name of the API's stage: first part of every path, unless a domain hides it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.stage))
    error_message = "stage must be lower-case letters and digits."
  }
}

variable "openapi" {
  description = "OpenAPI 3.0 document of the API with its integrations, as `neuralworks openapi --gateway` writes it, filled in."
  type        = string

  validation {
    condition     = can(regex("^3\\.0\\.", jsondecode(var.openapi).openapi)) && can(length(jsondecode(var.openapi).paths) > 0)
    error_message = "openapi must be a JSON document of OpenAPI 3.0 with paths: API Gateway imports no 3.1."
  }
}

variable "pages" {
  description = "The pages /, /docs and /openapi.json: open, locked behind a key, or hidden by the function."
  type        = string
  default     = "open"

  validation {
    condition     = contains(["open", "locked", "hidden"], var.pages)
    error_message = "pages must be open, locked or hidden."
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
    condition     = alltrue([for plan in values(var.plans) : plan.rate > 0 && plan.burst >= 1])
    error_message = "plans must have a positive rate and a burst of 1 or more."
  }

  validation {
    condition     = alltrue([for plan in values(var.plans) : plan.quota == null ? true : plan.quota.limit > 0 && contains(["DAY", "WEEK", "MONTH"], plan.quota.period)])
    error_message = "a plan's quota must be positive, its period DAY, WEEK or MONTH."
  }
}

variable "clients" {
  description = "Clients that get a key: name -> plan."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.clients) : can(regex("^[a-z0-9-]+$", name))])
    error_message = "clients must be named in lower-case letters, digits and hyphens."
  }

  validation {
    condition     = alltrue([for plan in values(var.clients) : contains(keys(var.plans), plan)])
    error_message = "every client must name one of the plans."
  }
}

variable "throttle" {
  description = "Requests a second and burst that the stage takes from all clients together."
  type        = object({ rate = number, burst = number })

  # AWS's default for an account is 10,000 and 5,000; -1 would mean no limit.
  validation {
    condition     = var.throttle.rate > 0 && var.throttle.burst >= 1
    error_message = "throttle must have a positive rate and a burst of 1 or more."
  }
}

variable "domain" {
  description = "Custom domain, its certificate in this region, and the path in front; null for none. With one, AWS's own address is shut."
  type        = object({ name = string, certificate_arn = string, base_path = optional(string) })
  default     = null

  validation {
    condition     = var.domain == null ? true : can(regex("^arn:[a-z-]+:acm:", var.domain.certificate_arn)) && can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.domain.name))
    error_message = "domain must be a host name with the ARN of an ACM certificate."
  }
}

variable "firewall" {
  description = "WAF in front of the stage, and how many requests it takes from one address in five minutes; null for none."
  type        = object({ requests_per_5_min = number })
  default     = null

  validation {
    condition     = var.firewall == null ? true : var.firewall.requests_per_5_min >= 10 && var.firewall.requests_per_5_min <= 2000000000
    error_message = "firewall.requests_per_5_min must be 10 to 2,000,000,000."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept: a number that CloudWatch offers."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one that CloudWatch offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, ..."
  }
}

variable "kms_key_arn" {
  description = "KMS key of the logs; null has CloudWatch's own key encrypt them."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "create_account_role" {
  description = "Whether to set the role that API Gateway logs with, one for all APIs of an account in a region."
  type        = bool
  default     = true

  validation {
    condition     = var.create_account_role != null
    error_message = "create_account_role must be true or false."
  }
}
