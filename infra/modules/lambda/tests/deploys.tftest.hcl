mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name           = "neural-dev"
  repository_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/neural-dev"
  image_digest   = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  api            = { execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc", stage = "dev" }
}

run "the_image_is_named_by_digest" {
  assert {
    condition     = aws_lambda_function.this.image_uri == "${var.repository_url}@${var.image_digest}"
    error_message = "the image must be named by its digest: a tag such as :latest may come to mean another"
  }
}

run "terraform_does_not_undo_a_deploy" {
  command = plan

  variables {
    image_digest = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
  }

  assert {
    condition     = endswith(aws_lambda_function.this.image_uri, "aaaa")
    error_message = "the image must stay the deployed one, whatever image_digest says later"
  }
}

run "terraform_does_not_move_the_alias" {
  # The function is made again, and with it another version.
  plan_options {
    replace = [aws_lambda_function.this]
  }

  override_resource {
    target = aws_lambda_function.this
    values = { version = "7" }
  }

  assert {
    condition     = aws_lambda_function.this.version == "7"
    error_message = "this run must make another version, else it proves nothing"
  }

  assert {
    condition     = aws_lambda_alias.live.function_version == "1"
    error_message = "the alias must stay where neuralworks deploy put it"
  }
}
