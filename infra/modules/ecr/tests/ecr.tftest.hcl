mock_provider "aws" {
  mock_resource "aws_ecr_repository" {
    defaults = {
      arn = "arn:aws:ecr:us-east-1:123456789012:repository/neural-dev"
    }
  }
}

variables {
  name         = "neural-dev"
  function_arn = "arn:aws:lambda:us-east-1:123456789012:function:neural-dev"
}

run "images_are_immutable_scanned_and_encrypted" {
  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE"
    error_message = "a tag must never come to mean another image"
  }

  assert {
    condition     = aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push
    error_message = "every image must be scanned when it is pushed"
  }

  assert {
    condition     = aws_ecr_repository.this.encryption_configuration[0].encryption_type == "AES256"
    error_message = "images must be encrypted"
  }

  assert {
    condition     = aws_ecr_repository.this.name == "neural-dev"
    error_message = "the repository must carry the stage"
  }
}

run "no_deployed_image_can_expire" {
  command = plan

  assert {
    condition     = alltrue([for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.selection.tagStatus == "untagged"])
    error_message = "the lifecycle may delete untagged images only: what is deployed has a tag"
  }

  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this.policy).rules[0].selection.countNumber == 14
    error_message = "the lifecycle must wait untagged_days"
  }
}

run "only_this_stages_function_may_pull" {
  command = plan

  assert {
    condition     = [for one in jsondecode(aws_ecr_repository_policy.this.policy).Statement : one.Principal] == [{ Service = "lambda.amazonaws.com" }]
    error_message = "the repository must be open to Lambda alone, not to a principal of *"
  }

  assert {
    condition     = toset(jsondecode(aws_ecr_repository_policy.this.policy).Statement[0].Action) == toset(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])
    error_message = "Lambda may pull, and nothing else"
  }

  assert {
    condition     = try(alltrue([for arn in jsondecode(aws_ecr_repository_policy.this.policy).Statement[0].Condition.ArnLike["aws:SourceArn"] : startswith(arn, var.function_arn)]), false)
    error_message = "the repository policy must be bound to this stage's function"
  }
}

run "a_given_key_encrypts_the_images" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/one"
  }

  assert {
    condition = aws_ecr_repository.this.encryption_configuration[0].encryption_type == "KMS" && (
      aws_ecr_repository.this.encryption_configuration[0].kms_key == var.kms_key_arn
    )
    error_message = "the given key must encrypt the images"
  }
}

run "bad_variables_are_refused" {
  command = plan

  variables {
    name          = "Neural Dev"
    function_arn  = "arn:aws:lambda:us-east-1:123456789012:function:*"
    untagged_days = 0
    kms_key_arn   = "alias/mine"
  }

  expect_failures = [var.name, var.function_arn, var.untagged_days, var.kms_key_arn]
}
