mock_provider "aws" {}

variables {
  name      = "neural-dev"
  limit_usd = 20
  emails    = ["ops@example.com"]
}

run "counts_this_stage_and_tells_in_time" {
  assert {
    condition     = one(aws_budgets_budget.monthly.cost_filter).values == tolist(["user:deployment$neural-dev"])
    error_message = "the budget must count what carries this stage's tag, and nothing else"
  }

  assert {
    condition     = toset([for one in aws_budgets_budget.monthly.notification : "${one.notification_type} ${one.threshold}"]) == toset(["ACTUAL 80", "FORECASTED 100"])
    error_message = "mails must go out at 80 % spent and 100 % foreseen"
  }

  assert {
    condition     = aws_budgets_budget.monthly.limit_amount == "20" && aws_budgets_budget.monthly.limit_unit == "USD"
    error_message = "the limit must be the given one, in USD"
  }
}

run "bad_variables_are_refused" {
  command = plan

  variables {
    name      = "Neural"
    limit_usd = 0
    emails    = []
  }

  expect_failures = [var.name, var.limit_usd, var.emails]
}
