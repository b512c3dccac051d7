variable "name" {
  description = "Name of the budget, and value of the tag `deployment` that it counts."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,63}$", var.name))
    error_message = "name must be 3 to 64 lower-case letters, digits and hyphens."
  }
}

variable "limit_usd" {
  description = "Cost of a month, USD; mails go out at 80 % spent and at 100 % foreseen."
  type        = number

  validation {
    condition     = var.limit_usd > 0
    error_message = "limit_usd must be positive."
  }
}

variable "emails" {
  description = "Who is told."
  type        = set(string)

  validation {
    condition     = length(var.emails) > 0 && length(var.emails) <= 10 && alltrue([for email in var.emails : can(regex("^[^@ ]+@[^@ ]+$", email))])
    error_message = "emails must be 1 to 10 addresses."
  }
}
