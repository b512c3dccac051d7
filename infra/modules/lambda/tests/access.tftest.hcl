mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name           = "neural-dev"
  repository_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/neural-dev"
  image_digest   = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  api            = { execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc", stage = "dev" }
}

run "the_role_is_this_functions_own" {
  assert {
    condition     = aws_iam_role.function.name == "neural-dev" && aws_lambda_function.this.role == aws_iam_role.function.arn
    error_message = "the function must have a role of its own that carries the stage: nobody shares it"
  }

  assert {
    condition     = [for one in jsondecode(aws_iam_role.function.assume_role_policy).Statement : one.Principal] == [{ Service = "lambda.amazonaws.com" }]
    error_message = "Lambda alone may assume the role"
  }
}

run "the_role_may_write_its_own_logs_and_traces_and_nothing_else" {
  command = plan

  assert {
    condition     = [for one in jsondecode(aws_iam_role_policy.function.policy).Statement : one.Sid] == ["OwnLogs", "Traces"]
    error_message = "no more than logs and traces may be allowed where no more is asked for"
  }

  assert {
    condition     = !anytrue([for action in flatten([for one in jsondecode(aws_iam_role_policy.function.policy).Statement : one.Action]) : strcontains(action, "*")])
    error_message = "no action may hold a wildcard"
  }

  assert {
    condition     = [for one in jsondecode(aws_iam_role_policy.function.policy).Statement : one.Sid if one.Resource == "*"] == ["Traces"]
    error_message = "only X-Ray, which knows no resources, may be allowed on all"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.function.policy).Statement[0].Resource == "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/neural-dev:log-stream:*"
    error_message = "logs may be written to this function's own group only"
  }
}

run "models_are_read_below_their_prefix" {
  command = plan

  variables {
    models_bucket = { arn = "arn:aws:s3:::acme-models", prefix = "dev/" }
  }

  assert {
    condition     = [for one in jsondecode(aws_iam_role_policy.function.policy).Statement : one if one.Sid == "Models"][0].Resource == "arn:aws:s3:::acme-models/dev/*"
    error_message = "objects may be read below the prefix only"
  }

  assert {
    condition     = [for one in jsondecode(aws_iam_role_policy.function.policy).Statement : one if one.Sid == "Models"][0].Action == ["s3:GetObject"]
    error_message = "objects may be read, not written or deleted"
  }

  assert {
    condition = [
      for one in jsondecode(aws_iam_role_policy.function.policy).Statement : [one.Action, one.Resource, one.Condition] if one.Sid == "ModelsThereAre"
    ] == [[["s3:ListBucket"], "arn:aws:s3:::acme-models", { StringLike = { "s3:prefix" = "dev/*" } }]]
    error_message = "objects may be listed below the prefix only"
  }
}

run "a_given_key_encrypts_logs_and_environment" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/one"
  }

  assert {
    condition     = aws_cloudwatch_log_group.function.kms_key_id == var.kms_key_arn
    error_message = "the log group must be encrypted with the given key"
  }

  assert {
    condition     = aws_lambda_function.this.kms_key_arn == var.kms_key_arn
    error_message = "the environment must be encrypted with the given key"
  }

  assert {
    condition     = [for one in jsondecode(aws_iam_role_policy.function.policy).Statement : one.Resource if one.Sid == "Environment"] == ["arn:aws:kms:us-east-1:123456789012:key/one"]
    error_message = "the function must be able to read its environment"
  }
}

run "only_this_apis_stage_may_call_and_only_the_alias" {
  command = plan

  assert {
    condition     = aws_lambda_permission.api[0].source_arn == "arn:aws:execute-api:us-east-1:123456789012:abc/dev/*"
    error_message = "the permission must be bound to one API and its stage"
  }

  assert {
    condition     = aws_lambda_permission.api[0].qualifier == "live" && aws_lambda_permission.api[0].principal == "apigateway.amazonaws.com"
    error_message = "API Gateway, and nobody else, may call the alias, and nothing else"
  }
}

run "a_function_url_takes_signed_requests_only" {
  command = plan

  variables {
    function_url = true
  }

  assert {
    condition     = aws_lambda_function_url.live[0].authorization_type == "AWS_IAM" && aws_lambda_function_url.live[0].qualifier == "live"
    error_message = "the URL must ask for a signature, and be the alias's: it passes by the API's keys"
  }
}
