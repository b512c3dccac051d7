resource "aws_cloudwatch_metric_alarm" "api" {
  alarm_name          = "${var.name}-api"
  alarm_description   = "More than ${var.thresholds.error_percent} % of requests are answered 5XX. See docs/infra.md, Alarms."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.error_percent / 100
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  namespace           = "AWS/ApiGateway"
  metric_name         = "5XXError"
  dimensions          = local.api
  period              = 60
  # Of a metric that is 0 or 1 a request, the average is the rate.
  statistic     = "Average"
  alarm_actions = local.actions
  ok_actions    = local.actions
}
