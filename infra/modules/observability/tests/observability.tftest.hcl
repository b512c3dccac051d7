mock_provider "aws" {
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:123456789012:neural-dev-alarms" }
  }

  mock_resource "aws_cloudwatch_metric_alarm" {
    defaults = { arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:neural-dev-any" }
  }
}

variables {
  name     = "neural-dev"
  region   = "us-east-1"
  api      = { name = "neural-dev", stage = "dev" }
  function = { name = "neural-dev", alias = "live", timeout_s = 10, concurrency = 200, is_reserved = true }
  emails   = ["ops@example.com"]
}

run "alarms_go_off_where_promised" {
  assert {
    condition     = aws_cloudwatch_metric_alarm.errors[0].threshold == 1 && aws_cloudwatch_metric_alarm.errors[0].comparison_operator == "GreaterThanThreshold"
    error_message = "errors over 1 % must go off"
  }

  assert {
    condition     = [for query in aws_cloudwatch_metric_alarm.errors[0].metric_query : query.expression if query.return_data == true] == ["IF(invocations > 0, 100 * errors / invocations, 0)"]
    error_message = "the error rate must be of invocations, and 0 without any"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.throttles[0].threshold == 0
    error_message = "one throttle must go off"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.duration[0].threshold == 8000 && aws_cloudwatch_metric_alarm.duration[0].extended_statistic == "p99"
    error_message = "a p99 over 80 % of the timeout must go off, in milliseconds"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.concurrency[0].threshold == 160
    error_message = "over 80 % of the concurrency must go off"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.api.threshold == 0.01 && aws_cloudwatch_metric_alarm.api.metric_name == "5XXError"
    error_message = "5XX over 1 % must go off"
  }
}

run "a_store_that_cannot_be_followed_is_told" {
  command = plan

  variables {
    namespace = "neural_dev"
    function  = { name = "neural-dev", alias = "live", timeout_s = 10, concurrency = 200, is_reserved = true, follows_store = true }
  }

  assert {
    condition     = [for query in aws_cloudwatch_metric_alarm.store[0].metric_query : query.expression] == ["SELECT SUM(store_failures) FROM \"neural_dev\""]
    error_message = "failures of this stage's namespace must be summed over all models"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.store[0].threshold == 0 && aws_cloudwatch_metric_alarm.store[0].alarm_actions == toset([aws_sns_topic.alarms[0].arn])
    error_message = "one failed look in each of two periods must reach the topic"
  }
}

run "without_a_store_there_is_nothing_to_follow" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.store) == 0
    error_message = "an alarm that cannot go off costs money"
  }
}

run "alarms_watch_the_alias_and_the_stage" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.duration[0].dimensions == tomap({ FunctionName = "neural-dev", Resource = "neural-dev:live" })
    error_message = "durations must be those of the live alias"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.api.dimensions == tomap({ ApiName = "neural-dev", Stage = "dev" })
    error_message = "the API's alarm must be this stage's"
  }

  assert {
    condition = alltrue([
      for alarm in concat(
        [aws_cloudwatch_metric_alarm.api],
        aws_cloudwatch_metric_alarm.errors, aws_cloudwatch_metric_alarm.throttles,
        aws_cloudwatch_metric_alarm.duration, aws_cloudwatch_metric_alarm.concurrency,
      ) : alarm.alarm_actions == toset([aws_sns_topic.alarms[0].arn]) && startswith(alarm.alarm_name, "neural-dev-")
    ])
    error_message = "every alarm must reach the topic and carry the stage"
  }
}

run "shared_concurrency_is_the_accounts" {
  command = plan

  variables {
    function = { name = "neural-dev", alias = "live", timeout_s = 10, concurrency = 1000, is_reserved = false }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.concurrency[0].threshold == 800 && length(coalesce(aws_cloudwatch_metric_alarm.concurrency[0].dimensions, {})) == 0
    error_message = "what all functions share must be watched for all of them"
  }
}

run "only_these_alarms_may_publish" {
  command = plan

  assert {
    condition = jsondecode(aws_sns_topic_policy.alarms[0].policy).Statement[0].Principal == { Service = "cloudwatch.amazonaws.com" } && alltrue([
      for arn in jsondecode(aws_sns_topic_policy.alarms[0].policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] : startswith(arn, "arn:aws:cloudwatch:")
    ])
    error_message = "the topic must be open to this stage's alarms alone"
  }
}

run "a_given_key_encrypts_the_topic" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/one"
  }

  assert {
    condition     = aws_sns_topic.alarms[0].kms_master_key_id == var.kms_key_arn
    error_message = "the given key must encrypt the topic"
  }
}

run "the_dashboard_shows_function_and_api" {
  command = plan

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 6
    error_message = "the dashboard must show six graphs"
  }

  assert {
    condition     = strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "challenge_neuralworks,model")
    error_message = "the dashboard must show the handler's own metrics"
  }
}

run "disabled_plans_nothing" {
  command = plan

  variables {
    function = null
    emails   = []
  }

  assert {
    condition     = length(aws_sns_topic.alarms) + length(aws_sns_topic_policy.alarms) + length(aws_sns_topic_subscription.email) == 0
    error_message = "without an address there must be no topic"
  }

  assert {
    condition = length(concat(
      aws_cloudwatch_metric_alarm.errors, aws_cloudwatch_metric_alarm.throttles,
      aws_cloudwatch_metric_alarm.duration, aws_cloudwatch_metric_alarm.concurrency,
    )) == 0
    error_message = "without a function there must be no alarm of one"
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 3
    error_message = "without a function the dashboard must show the API alone"
  }
}

run "bad_variables_are_refused" {
  command = plan

  variables {
    name        = "Neural"
    region      = "here"
    api         = { name = "", stage = "dev" }
    function    = { name = "neural-dev", alias = "live", timeout_s = 0, concurrency = 1, is_reserved = true }
    thresholds  = { error_percent = 0 }
    emails      = ["nobody"]
    namespace   = "a b"
    kms_key_arn = "alias/aws/sns"
  }

  expect_failures = [
    var.name, var.region, var.api, var.function, var.thresholds, var.emails, var.namespace, var.kms_key_arn,
  ]
}
