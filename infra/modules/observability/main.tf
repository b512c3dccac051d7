locals {
  topic = length(var.emails) > 0 ? 1 : 0
  # Absent means nobody asked for it: alarms still show in the console and on the dashboard.
  actions = aws_sns_topic.alarms[*].arn

  alarms = concat([aws_cloudwatch_metric_alarm.api.arn], [
    for alarm in concat(
      aws_cloudwatch_metric_alarm.concurrency,
      aws_cloudwatch_metric_alarm.duration,
      aws_cloudwatch_metric_alarm.errors,
      aws_cloudwatch_metric_alarm.store,
      aws_cloudwatch_metric_alarm.throttles,
    ) : alarm.arn
  ])

  function = {
    FunctionName = try(var.function.name, "")
    Resource     = try("${var.function.name}:${var.function.alias}", "")
  }
  api = { ApiName = var.api.name, Stage = var.api.stage }
}

resource "aws_sns_topic" "alarms" {
  count = local.topic

  name = "${var.name}-alarms"
  # Not alias/aws/sns: CloudWatch may not use that key, and alarms would be lost without a word.
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_policy" "alarms" {
  count = local.topic

  arn = aws_sns_topic.alarms[0].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AlarmsOfThisStage"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alarms[0].arn
      Condition = { ArnEquals = { "aws:SourceArn" = local.alarms } }
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = each.value
}
