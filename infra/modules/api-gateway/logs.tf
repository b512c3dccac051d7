locals {
  # Never the path's query, a header or the key itself: apiKeyId only says whose it was.
  access_log_format = jsonencode({
    request_id             = "$context.requestId"
    trace_id               = "$context.xrayTraceId"
    time                   = "$context.requestTime"
    ip                     = "$context.identity.sourceIp"
    method                 = "$context.httpMethod"
    route                  = "$context.resourcePath"
    status                 = "$context.status"
    error                  = "$context.error.responseType"
    key_id                 = "$context.identity.apiKeyId"
    response_bytes         = "$context.responseLength"
    latency_ms             = "$context.responseLatency"
    integration_latency_ms = "$context.integration.latency"
    integration_status     = "$context.integration.status"
    waf_status             = "$context.waf.status"
  })
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# API Gateway writes to this name; made here, or it would make one that never expires.
resource "aws_cloudwatch_log_group" "execution" {
  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.this.id}/${var.stage}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

data "aws_partition" "current" {}

# One setting for all APIs of an account in a region: where it is set already, leave it alone.
resource "aws_iam_role" "logging" {
  count = var.create_account_role ? 1 : 0

  name = "${var.name}-api-logs"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "apigateway.amazonaws.com" }
    }]
  })
}

# The setting takes no narrower policy: API Gateway creates, lists and reads groups of every API in the region.
resource "aws_iam_role_policy_attachment" "logging" {
  count = var.create_account_role ? 1 : 0

  role       = aws_iam_role.logging[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "this" {
  count = var.create_account_role ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.logging[0].arn

  depends_on = [aws_iam_role_policy_attachment.logging]
}
