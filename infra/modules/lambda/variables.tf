variable "name" {
  description = "Name of the function and its role; carries the stage."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,63}$", var.name))
    error_message = "name must be 3 to 64 lower-case letters, digits and hyphens."
  }
}

variable "repository_url" {
  description = "ECR repository of the image, in the function's region, without tag or digest."
  type        = string

  validation {
    condition     = !can(regex("[@ ]", var.repository_url))
    error_message = "repository_url must hold no digest."
  }
}

variable "image_digest" {
  description = "Digest of the first image, sha256:...; later ones are `neuralworks deploy`'s."
  type        = string

  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.image_digest))
    error_message = "image_digest must be sha256: and 64 hexadecimal digits; a tag may come to mean another image."
  }
}

variable "architecture" {
  description = "What the image was built for: x86_64 or arm64."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture must be x86_64 or arm64."
  }
}

variable "memory_mb" {
  description = "Memory, MB; its share of a processor grows with it."
  type        = number
  default     = 512

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240."
  }
}

variable "timeout_s" {
  description = "Longest run, seconds; API Gateway waits no longer than 29."
  type        = number
  default     = 10

  validation {
    condition     = var.timeout_s >= 1 && var.timeout_s <= 29 && floor(var.timeout_s) == var.timeout_s
    error_message = "timeout_s must be a whole number from 1 to 29: API Gateway gives up after 29."
  }
}

variable "reserved_concurrency" {
  description = "Most runs at a time, kept free for this function; 0 stops it, null shares the account's."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 0 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency must be null or a whole number from 0."
  }
}

variable "provisioned_concurrency" {
  description = "Environments that the alias keeps started; 0 for none. Excludes snap_start and weighted shifts of the alias."
  type        = number
  default     = 0

  validation {
    condition     = var.provisioned_concurrency >= 0 && floor(var.provisioned_concurrency) == var.provisioned_concurrency
    error_message = "provisioned_concurrency must be a whole number from 0."
  }

  validation {
    condition     = var.reserved_concurrency == null ? true : var.provisioned_concurrency <= var.reserved_concurrency
    error_message = "provisioned_concurrency must not exceed reserved_concurrency."
  }
}

variable "snap_start" {
  description = "Start versions from a snapshot; excludes provisioned_concurrency."
  type        = bool
  default     = false

  validation {
    condition     = !(var.snap_start && var.provisioned_concurrency > 0)
    error_message = "snap_start and provisioned_concurrency exclude each other: choose one."
  }
}

variable "settings" {
  description = "Environment of the function, see docs/operations.md."
  type        = map(string)
  default     = {}
  nullable    = false

  # Not NEURALWORKS_API_KEYS: keys are the gateway's, and the environment is no place for them.
  validation {
    condition = alltrue([for name in keys(var.settings) : contains([
      "NEURALWORKS_DOCS_ASSETS",
      "NEURALWORKS_LOG_LEVEL",
      "NEURALWORKS_METRICS",
      "NEURALWORKS_METRICS_NAMESPACE",
      "NEURALWORKS_MODELS_DIR",
      "NEURALWORKS_PAGES",
      "NEURALWORKS_PRELOAD",
      "NEURALWORKS_PUBLIC_KEYS",
      "NEURALWORKS_RECEIPT_KEY",
      "NEURALWORKS_SHADOW",
      "NEURALWORKS_STORE",
      "NEURALWORKS_STORE_ALIAS",
      "NEURALWORKS_STORE_TTL_S",
      "NEURALWORKS_TRUSTED_DIGESTS",
      "NEURALWORKS_UNSIGNED",
    ], name)])
    error_message = "settings must be named as in docs/operations.md."
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
  description = "KMS key of logs and environment; null has AWS's own keys encrypt them."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "models_bucket" {
  description = "Bucket and prefix (ending in /) that models are read from; null where the image holds them."
  type        = object({ arn = string, prefix = string })
  default     = null

  validation {
    condition     = var.models_bucket == null ? true : can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]+$", var.models_bucket.arn)) && can(regex("^[^*]+/$", var.models_bucket.prefix))
    error_message = "models_bucket must be a bucket's ARN and a prefix that ends in / and holds no wildcard."
  }
}

variable "api" {
  description = "The API that may call the alias, and its stage; null for none."
  type        = object({ execution_arn = string, stage = string })
  default     = null

  validation {
    condition     = var.api == null ? true : can(regex("^[a-z0-9]+$", var.api.stage))
    error_message = "api.stage must be the name of one stage."
  }
}

variable "function_url" {
  description = "Whether the alias has a URL of its own, for callers that sign with IAM."
  type        = bool
  default     = false

  validation {
    condition     = var.function_url != null
    error_message = "function_url must be true or false."
  }
}
