mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name           = "neural-dev"
  repository_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/neural-dev"
  image_digest   = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  api            = { execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc", stage = "dev" }
}

run "logs_are_json_kept_for_a_time_and_traced" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_format == "JSON" && aws_lambda_function.this.logging_config[0].log_group == "/aws/lambda/neural-dev"
    error_message = "logs must be JSON, in this function's own group"
  }

  assert {
    condition     = aws_cloudwatch_log_group.function.retention_in_days == 30
    error_message = "logs must expire"
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active"
    error_message = "requests must be traced"
  }
}

run "provisioned_concurrency_is_the_aliass" {
  command = plan

  variables {
    provisioned_concurrency = 3
  }

  assert {
    condition     = aws_lambda_provisioned_concurrency_config.live[0].qualifier == "live"
    error_message = "started environments must be the alias's"
  }

  assert {
    condition     = length(aws_lambda_function.this.snap_start) == 0
    error_message = "a function with provisioned concurrency must have no snapshot"
  }
}

run "snap_start_takes_published_versions" {
  command = plan

  variables {
    snap_start = true
  }

  assert {
    condition     = aws_lambda_function.this.snap_start[0].apply_on == "PublishedVersions" && length(aws_lambda_provisioned_concurrency_config.live) == 0
    error_message = "snapshots must be of published versions, without provisioned concurrency"
  }
}

run "disabled_plans_nothing" {
  command = plan

  variables {
    api = null
  }

  assert {
    condition     = length(aws_lambda_permission.api) + length(aws_lambda_function_url.live) + length(aws_lambda_provisioned_concurrency_config.live) == 0
    error_message = "what is not asked for must not be made"
  }
}
