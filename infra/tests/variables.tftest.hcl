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

run "a_mistyped_stage_is_refused" {
  command = plan

  variables {
    stage = "prod"
  }

  expect_failures = [var.stage]
}

run "the_wrong_workspace_is_refused" {
  command = plan

  variables {
    workspace = "challenge-neuralworks-prd"
  }

  expect_failures = [var.stage]
}

run "a_tag_is_no_digest" {
  command = plan

  variables {
    image_digest = "latest"
  }

  expect_failures = [var.image_digest]
}

run "bad_variables_are_refused" {
  command = plan

  variables {
    project  = "Neural"
    region   = "here"
    settings = { PORT = "80" }
    plans    = {}
    github   = { repository = "acme/neural" }
    alerts   = { emails = ["nobody"] }
    budget   = { limit_usd = 0, emails = ["ops@example.com"] }
    logs     = { kms_key_arn = "alias/mine" }
  }

  expect_failures = [
    var.project, var.region, var.settings, var.plans, var.github, var.alerts, var.budget, var.logs,
  ]
}

run "a_client_needs_a_plan_and_others_some_concurrency" {
  command = plan

  variables {
    clients  = { team = "gold" }
    function = { reserved_concurrency = 950 }
  }

  expect_failures = [var.clients, var.function]
}

run "more_requests_than_concurrency_allows_are_refused" {
  command = plan

  variables {
    function = { reserved_concurrency = 10 }
    gateway  = { throttle = { rate = 101, burst = 100 } }
  }

  expect_failures = [var.gateway]
}

run "an_account_without_concurrency_and_a_workspace_of_no_name_are_refused" {
  command = plan

  variables {
    account   = { concurrency = 5 }
    workspace = "a b"
  }

  expect_failures = [var.account, var.workspace]
}
