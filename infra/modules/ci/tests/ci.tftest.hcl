mock_provider "aws" {}

variables {
  name           = "neural-dev"
  repository     = "acme/neural"
  branch         = "develop"
  repository_arn = "arn:aws:ecr:us-east-1:123456789012:repository/neural-dev"
  function_arn   = "arn:aws:lambda:us-east-1:123456789012:function:neural-dev"
  account        = { id = "123456789012", partition = "aws" }
}

run "one_branch_of_one_repository_may_assume_the_role" {
  assert {
    condition = jsondecode(aws_iam_role.ci.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:acme/neural:ref:refs/heads/develop"
        }
      }
    }]
    error_message = "trust must be in one subject, compared exactly: no wildcard principal, repository or branch"
  }

  assert {
    condition     = aws_iam_role.ci.name == "neural-dev-ci"
    error_message = "the role must carry the stage: no stage shares another's"
  }

  assert {
    condition     = aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "the provider must serve AWS STS alone"
  }
}

run "an_environment_takes_the_place_of_the_branch" {
  command = plan

  variables {
    branch      = null
    environment = "prd"
  }

  assert {
    condition     = jsondecode(aws_iam_role.ci.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == "repo:acme/neural:environment:prd"
    error_message = "the subject must be the environment's"
  }
}

run "nothing_of_another_stage_can_be_touched" {
  command = plan

  assert {
    condition = alltrue([
      for one in jsondecode(aws_iam_role_policy.ci.policy).Statement : alltrue([
        for resource in flatten([one.Resource]) : strcontains(resource, "neural-dev")
      ]) || one.Sid == "LoginAndWatch"
    ])
    error_message = "every resource must carry this stage's name"
  }

  assert {
    condition     = toset([for one in jsondecode(aws_iam_role_policy.ci.policy).Statement : one.Action if one.Sid == "LoginAndWatch"][0]) == toset(["ecr:GetAuthorizationToken", "cloudwatch:GetMetricData"])
    error_message = "only what knows no resources may be allowed on all"
  }
}

run "actions_are_named_one_by_one_and_delete_nothing" {
  command = plan

  assert {
    condition = alltrue([
      for action in flatten([for one in jsondecode(aws_iam_role_policy.ci.policy).Statement : one.Action]) : !strcontains(action, "*") && !strcontains(action, "Delete")
    ])
    error_message = "no action may hold a wildcard or delete: a deployed image must stay"
  }
}

run "the_smoke_key_is_the_one_key_that_may_be_read" {
  command = plan

  variables {
    smoke_key_arn = "arn:aws:apigateway:us-east-1::/apikeys/abc"
  }

  assert {
    condition     = [for one in jsondecode(aws_iam_role_policy.ci.policy).Statement : one.Resource if contains(one.Action, "apigateway:GET")] == ["arn:aws:apigateway:us-east-1::/apikeys/abc"]
    error_message = "CI may read the smoke test's key, and no other"
  }
}

run "disabled_plans_nothing" {
  command = plan

  variables {
    create_provider = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "an account that has the provider must not get another"
  }

  assert {
    condition     = length([for one in jsondecode(aws_iam_role_policy.ci.policy).Statement : one if one.Sid == "ReadSmokeKey"]) == 0
    error_message = "without a smoke key none may be read"
  }
}

run "bad_variables_are_refused" {
  command = plan

  variables {
    name            = "Neural"
    repository      = "acme/*"
    branch          = "*"
    repository_arn  = "*"
    function_arn    = "*"
    smoke_key_arn   = "arn:aws:apigateway:us-east-1::/apikeys/*"
    create_provider = null
    account         = { id = "123456789012", partition = "*" }
  }

  expect_failures = [
    var.name, var.repository, var.branch, var.repository_arn, var.function_arn, var.smoke_key_arn, var.create_provider, var.account,
  ]
}

run "a_branch_and_an_environment_are_too_much" {
  command = plan

  variables {
    environment = "dev"
  }

  expect_failures = [var.branch]
}

run "an_environment_of_any_name_is_refused" {
  command = plan

  variables {
    branch      = null
    environment = "*"
  }

  expect_failures = [var.environment]
}
