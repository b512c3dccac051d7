locals {
  function_metrics = {
    "Invocations and errors" = [for metric in ["Invocations", "Errors", "Throttles"] : ["AWS/Lambda", metric, "FunctionName", local.function.FunctionName, { stat = "Sum" }]]
    "Duration, ms"           = [for stat in ["p50", "p99", "Maximum"] : ["AWS/Lambda", "Duration", "FunctionName", local.function.FunctionName, { stat = stat, label = stat }]]
    "Concurrency"            = [["AWS/Lambda", "ConcurrentExecutions", "FunctionName", local.function.FunctionName, { stat = "Maximum" }]]
  }
  api_metrics = {
    "Requests"         = [for metric in ["Count", "4XXError", "5XXError"] : ["AWS/ApiGateway", metric, "ApiName", local.api.ApiName, "Stage", local.api.Stage, { stat = "Sum" }]]
    "API latency, ms"  = [for stat in ["p50", "p99"] : ["AWS/ApiGateway", "Latency", "ApiName", local.api.ApiName, "Stage", local.api.Stage, { stat = stat, label = stat }]]
    "Instances scored" = [[{ expression = "SEARCH('{${var.namespace},model} MetricName=\"instances\"', 'Sum')", label = "$${PROP('Dim.model')}" }]]
  }
  metrics = merge(local.api_metrics, var.function == null ? {} : local.function_metrics)
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [for index, title in keys(local.metrics) : {
      type   = "metric"
      x      = index % 3 * 8
      y      = floor(index / 3) * 6
      width  = 8
      height = 6
      properties = {
        title   = title
        region  = var.region
        view    = "timeSeries"
        stacked = false
        period  = 60
        metrics = local.metrics[title]
      }
    }]
  })
}
