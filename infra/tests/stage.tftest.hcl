mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  stage   = "dev"
  plans   = { standard = { rate = 20, burst = 40 }, smoke = { rate = 5, burst = 10 } }
  clients = { team = "standard", smoke = "smoke" }
  gateway = { throttle = { rate = 50, burst = 100 } }
  github  = { repository = "acme/neural", branch = "develop" }
}

run "the_first_apply_works_without_an_image" {
  assert {
    condition     = length(module.lambda) == 0 && output.function_name == null
    error_message = "without an image there must be no function: Lambda would refuse it"
  }

  assert {
    condition     = output.url == "https://abc.execute-api.us-east-1.amazonaws.com/dev" && toset(keys(output.key_ids)) == toset(["team", "smoke"])
    error_message = "API and keys must be there from the first apply"
  }

  assert {
    condition     = output.repository_url == "123456789012.dkr.ecr.us-east-1.amazonaws.com/challenge-neuralworks-dev" && output.ci_role_arn != null
    error_message = "registry and CI role must be there for the first push"
  }

  assert {
    condition     = strcontains(output.next_step, "set image_digest")
    error_message = "the output must say how to go on"
  }
}

run "the_image_adds_the_function" {
  variables {
    image_digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  assert {
    condition     = output.function_name == "challenge-neuralworks-dev" && module.lambda[0].alias == local.alias
    error_message = "the function must carry the stage, and its alias be the one that the API calls"
  }

  assert {
    condition     = module.api_gateway.configuration_hash == run.the_first_apply_works_without_an_image.configuration_hash
    error_message = "the API must not be deployed again: nothing of it has changed"
  }
}

run "stages_differ_by_name" {
  command = plan

  variables {
    stage     = "prd"
    workspace = "challenge-neuralworks-prd"
  }

  assert {
    condition     = local.name == "challenge-neuralworks-prd" && endswith(local.function_arn, ":function:challenge-neuralworks-prd")
    error_message = "whatever prd names must carry prd, and so be out of reach of dev's roles"
  }
}

run "disabled_plans_nothing" {
  command = plan

  variables {
    github = null
  }

  assert {
    condition     = length(module.ci) + length(module.budget) + length(module.lambda) + length(module.store) == 0
    error_message = "what is not asked for must not be made"
  }
}

run "a_budget_is_planned_when_asked_for" {
  command = plan

  variables {
    budget = { limit_usd = 20, emails = ["ops@example.com"] }
  }

  assert {
    condition     = module.budget[0].name == "challenge-neuralworks-dev"
    error_message = "the budget must be this stage's"
  }
}

run "a_store_is_followed_when_asked_for" {
  command = plan

  variables {
    image_digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    function = {
      store = {
        publishers = ["arn:aws:iam::123456789012:role/challenge-neuralworks-dev-ci"]
        promoters  = ["arn:aws:iam::123456789012:role/release-managers"]
      }
    }
  }

  assert {
    condition     = output.store_url == "s3://challenge-neuralworks-dev-123456789012/models"
    error_message = "the bucket must be this stage's"
  }

  assert {
    condition     = local.settings["NEURALWORKS_STORE"] == output.store_url
    error_message = "the function must follow the store"
  }
}

run "a_store_is_made_or_named_not_both" {
  command = plan

  variables {
    function = {
      models_bucket = { arn = "arn:aws:s3:::acme-models", prefix = "dev/" }
      store = {
        publishers = ["arn:aws:iam::123456789012:role/ci"]
        promoters  = ["arn:aws:iam::123456789012:role/ci"]
      }
    }
  }

  expect_failures = [var.function]
}
