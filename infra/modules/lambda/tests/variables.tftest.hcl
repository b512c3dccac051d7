mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name           = "neural-dev"
  repository_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/neural-dev"
  image_digest   = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  api            = { execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc", stage = "dev" }
}

run "bad_variables_are_refused" {
  command = plan

  variables {
    name                 = "Neural"
    repository_url       = "repo@sha256:0"
    image_digest         = "latest"
    architecture         = "sparc"
    memory_mb            = 64
    timeout_s            = 30
    reserved_concurrency = -1
    settings             = { NEURALWORKS_API_KEYS = "secret" }
    log_retention_days   = 31
    kms_key_arn          = "alias/mine"
    models_bucket        = { arn = "arn:aws:s3:::acme-models", prefix = "*" }
    api                  = { execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc", stage = "*" }
    function_url         = null
  }

  expect_failures = [
    var.name, var.repository_url, var.image_digest, var.architecture, var.memory_mb, var.timeout_s,
    var.reserved_concurrency, var.settings, var.log_retention_days,
    var.kms_key_arn, var.models_bucket, var.api, var.function_url,
  ]
}

run "snap_start_and_provisioned_concurrency_exclude_each_other" {
  command = plan

  variables {
    snap_start              = true
    provisioned_concurrency = 1
  }

  expect_failures = [var.snap_start]
}

run "more_cannot_be_provisioned_than_is_reserved" {
  command = plan

  variables {
    reserved_concurrency    = 1
    provisioned_concurrency = 2
  }

  expect_failures = [var.provisioned_concurrency]
}
