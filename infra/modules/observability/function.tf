locals {
  functions = var.function == null ? 0 : 1
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  count = local.functions

  alarm_name          = "${var.name}-errors"
  alarm_description   = "More than ${var.thresholds.error_percent} % of invocations fail. See docs/infra.md, Alarms."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.error_percent
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  ok_actions          = local.actions

  metric_query {
    id          = "rate"
    label       = "errors, %"
    expression  = "IF(invocations > 0, 100 * errors / invocations, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "Errors", invocations = "Invocations" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/Lambda"
        metric_name = metric_query.value
        dimensions  = local.function
        period      = 60
        stat        = "Sum"
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  count = local.functions

  alarm_name          = "${var.name}-throttles"
  alarm_description   = "Lambda turned invocations away for want of concurrency. See docs/infra.md, Alarms."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = local.function.FunctionName }
  period              = 60
  statistic           = "Sum"
  alarm_actions       = local.actions
  ok_actions          = local.actions
}

resource "aws_cloudwatch_metric_alarm" "duration" {
  count = local.functions

  alarm_name          = "${var.name}-duration"
  alarm_description   = "One invocation in a hundred takes over ${var.thresholds.duration_percent} % of the timeout. See docs/infra.md, Alarms."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.function.timeout_s * 10 * var.thresholds.duration_percent
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = local.function
  period              = 60
  extended_statistic  = "p99"
  alarm_actions       = local.actions
  ok_actions          = local.actions
}

resource "aws_cloudwatch_metric_alarm" "concurrency" {
  count = local.functions

  alarm_name          = "${var.name}-concurrency"
  alarm_description   = "Over ${var.thresholds.concurrency_percent} % of the concurrency is in use. See docs/infra.md, Alarms."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.function.concurrency * var.thresholds.concurrency_percent / 100
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  namespace           = "AWS/Lambda"
  metric_name         = "ConcurrentExecutions"
  # Without a dimension it counts the account's functions together, as the account's quota does.
  dimensions    = var.function.is_reserved ? { FunctionName = local.function.FunctionName } : {}
  period        = 60
  statistic     = "Maximum"
  alarm_actions = local.actions
  ok_actions    = local.actions
}

# The last good models go on answering, so nobody would notice that promotions no longer arrive.
resource "aws_cloudwatch_metric_alarm" "store" {
  count = try(var.function.follows_store, false) ? 1 : 0

  alarm_name          = "${var.name}-store"
  alarm_description   = "The store of models cannot be followed. See docs/infra.md, Alarms."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  ok_actions          = local.actions

  # A query, because the metric is kept by model and an alarm takes no search.
  metric_query {
    id          = "failures"
    label       = "looks at the store that failed"
    expression  = "SELECT SUM(store_failures) FROM \"${var.namespace}\""
    period      = 300
    return_data = true
  }
}
