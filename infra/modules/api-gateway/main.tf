locals {
  # What is set on the API as well as in its document; the two must not undo each other.
  api_key_source     = "HEADER"
  binary_media_types = ["application/octet-stream"]
  compress_from      = null
  only_by_domain     = var.domain != null
}

resource "aws_api_gateway_rest_api" "this" {
  name               = var.name
  body               = local.body
  put_rest_api_mode  = "overwrite"
  api_key_source     = local.api_key_source
  binary_media_types = local.binary_media_types
  # Answers are a few hundred bytes: compressing them costs more than it saves.
  minimum_compression_size     = local.compress_from
  disable_execute_api_endpoint = local.only_by_domain

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = length(local.unguarded) == 0
      error_message = "These operations ask for no API key, and only the pages, probes and OPTIONS may: ${join(", ", local.unguarded)}."
    }

    precondition {
      condition     = local.key_scheme == "apikey header x-api-key"
      error_message = "The security scheme api_key must be an apiKey in the header x-api-key: API Gateway checks no other."
    }
  }
}

# A deployment is a copy: without a new one the stage goes on with the old routes, and without their keys.
resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    configuration = sha256(jsonencode({
      body    = local.body
      plans   = var.plans
      clients = var.clients
      api     = [local.api_key_source, local.binary_media_types, local.compress_from, local.only_by_domain]
    }))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV_AWS_120:an answer depends on the body, which a cache does not look at
  #checkov:skip=CKV2_AWS_51:clients show an API key; the integration is Lambda, which takes no client certificate
  #checkov:skip=CKV2_AWS_77:the firewall is optional, and holds AWSManagedRulesKnownBadInputsRuleSet; the scanner does not see into its dynamic rule
  rest_api_id           = aws_api_gateway_rest_api.this.id
  deployment_id         = aws_api_gateway_deployment.this.id
  stage_name            = var.stage
  cache_cluster_enabled = false
  xray_tracing_enabled  = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = local.access_log_format
  }

  depends_on = [aws_api_gateway_account.this, aws_cloudwatch_log_group.execution]
}

resource "aws_api_gateway_method_settings" "all" {
  #checkov:skip=CKV_AWS_225:an answer depends on the body, which a cache does not look at
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false
    caching_enabled        = false
    throttling_rate_limit  = var.throttle.rate
    throttling_burst_limit = var.throttle.burst
  }
}
