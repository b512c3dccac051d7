mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name  = "neural-dev"
  stage = "dev"
  openapi = jsonencode({
    openapi = "3.0.1"
    info    = { title = "neural", version = "1" }
    paths = {
      "/inference/{model}" = {
        post                           = { security = [{ api_key = [] }], responses = {} }
        options                        = { security = [], responses = {} }
        x-amazon-apigateway-any-method = { security = [{ api_key = [] }], responses = {} }
      }
      "/docs"   = { get = { security = [], responses = {} } }
      "/health" = { get = { security = [], responses = {} }, head = { security = [], responses = {} } }
    }
    components                            = { securitySchemes = { api_key = { type = "apiKey", name = "x-api-key", in = "header" } } }
    x-amazon-apigateway-gateway-responses = { DEFAULT_4XX = { responseTemplates = { "application/json" = "from the document" } } }
  })
  plans    = { standard = { rate = 20, burst = 40, quota = { limit = 1000, period = "DAY" } }, free = { rate = 1, burst = 1 } }
  clients  = { team = "standard", smoke = "free" }
  throttle = { rate = 50, burst = 100 }
}

run "named_logged_throttled_and_keyed" {
  assert {
    condition     = aws_api_gateway_rest_api.this.name == "neural-dev" && jsondecode(aws_api_gateway_rest_api.this.body).info.title == "neural-dev"
    error_message = "API and document must carry project and stage"
  }

  assert {
    condition     = aws_api_gateway_stage.this.stage_name == "dev"
    error_message = "the stage must be named after the stage"
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.put_rest_api_mode == "overwrite" && aws_api_gateway_rest_api.this.api_key_source == "HEADER"
    error_message = "the document must be all there is, and keys travel in the header"
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.endpoint_configuration[0].types == tolist(["REGIONAL"]) && aws_api_gateway_rest_api.this.disable_execute_api_endpoint == false
    error_message = "the endpoint must be regional, and open while there is no other"
  }

  assert {
    condition     = can(jsondecode(aws_api_gateway_stage.this.access_log_settings[0].format).key_id)
    error_message = "access logs must be JSON and say whose key it was"
  }

  assert {
    condition     = !strcontains(aws_api_gateway_stage.this.access_log_settings[0].format, "identity.apiKey\"") && !strcontains(aws_api_gateway_stage.this.access_log_settings[0].format, "header")
    error_message = "access logs must hold neither a key nor a header"
  }

  assert {
    condition     = aws_api_gateway_stage.this.xray_tracing_enabled && aws_api_gateway_stage.this.cache_cluster_enabled == false
    error_message = "calls must be traced, answers not kept"
  }

  assert {
    condition     = aws_api_gateway_method_settings.all.method_path == "*/*" && aws_api_gateway_method_settings.all.settings[0].throttling_rate_limit == 50 && aws_api_gateway_method_settings.all.settings[0].throttling_burst_limit == 100
    error_message = "every method must be throttled"
  }

  assert {
    condition     = aws_api_gateway_method_settings.all.settings[0].data_trace_enabled == false && aws_api_gateway_method_settings.all.settings[0].metrics_enabled
    error_message = "every method must have metrics, and none may log bodies and headers"
  }

  assert {
    condition     = aws_cloudwatch_log_group.access.retention_in_days == 30 && aws_cloudwatch_log_group.execution.retention_in_days == 30
    error_message = "logs must expire"
  }

  assert {
    condition     = aws_cloudwatch_log_group.execution.name == "API-Gateway-Execution-Logs_abc/dev"
    error_message = "the group that API Gateway would make itself must be ours"
  }

  assert {
    condition     = { for client, key in aws_api_gateway_api_key.client : client => key.name } == { smoke = "neural-dev-smoke", team = "neural-dev-team" }
    error_message = "every client must have a key that carries the stage"
  }

  assert {
    condition     = alltrue([for client, bond in aws_api_gateway_usage_plan_key.client : bond.usage_plan_id == aws_api_gateway_usage_plan.this[var.clients[client]].id && bond.key_id == aws_api_gateway_api_key.client[client].id])
    error_message = "every key must be in its client's plan"
  }

  assert {
    condition     = aws_api_gateway_usage_plan.this["standard"].throttle_settings[0].rate_limit == 20 && aws_api_gateway_usage_plan.this["standard"].throttle_settings[0].burst_limit == 40
    error_message = "a plan must throttle"
  }

  assert {
    condition     = aws_api_gateway_usage_plan.this["standard"].quota_settings[0].limit == 1000 && length(aws_api_gateway_usage_plan.this["free"].quota_settings) == 0
    error_message = "a plan must have its quota, and only its own"
  }

  assert {
    condition     = alltrue([for plan in aws_api_gateway_usage_plan.this : [for stage in plan.api_stages : "${stage.api_id}/${stage.stage}"] == ["abc/dev"]])
    error_message = "a plan must let in to this stage only"
  }

  assert {
    condition     = output.smoke_key_arn == "arn:aws:apigateway:us-east-1::/apikeys/k"
    error_message = "CI must learn which key is its own"
  }

  assert {
    condition = jsondecode(jsondecode(aws_api_gateway_rest_api.this.body)["x-amazon-apigateway-gateway-responses"].INVALID_API_KEY.responseTemplates["application/json"]) == {
      code       = "key-required"
      request_id = "$context.requestId"
      status     = 403
      title      = "An API key is required"
      type       = "urn:challenge-neuralworks:problem:key-required"
    }
    error_message = "a missing key must be answered with a problem document"
  }

  assert {
    condition = alltrue([
      for type in ["THROTTLED", "QUOTA_EXCEEDED", "INTEGRATION_FAILURE"] : (
        jsondecode(aws_api_gateway_rest_api.this.body)["x-amazon-apigateway-gateway-responses"][type].statusCode == "429"
        && can(tonumber(trim(jsondecode(aws_api_gateway_rest_api.this.body)["x-amazon-apigateway-gateway-responses"][type].responseParameters["gatewayresponse.header.Retry-After"], "'")))
      )
    ])
    error_message = "throttles, Lambda's own too, must be 429 and say when to come back"
  }

  assert {
    condition     = { for type in ["REQUEST_TOO_LARGE", "INTEGRATION_TIMEOUT", "API_CONFIGURATION_ERROR", "RESOURCE_NOT_FOUND", "UNAUTHORIZED"] : type => jsondecode(aws_api_gateway_rest_api.this.body)["x-amazon-apigateway-gateway-responses"][type].statusCode } == { REQUEST_TOO_LARGE = "413", INTEGRATION_TIMEOUT = "504", API_CONFIGURATION_ERROR = "500", RESOURCE_NOT_FOUND = "404", UNAUTHORIZED = "401" }
    error_message = "statuses must be those of the contract"
  }

  assert {
    condition = alltrue([
      for response in values(jsondecode(aws_api_gateway_rest_api.this.body)["x-amazon-apigateway-gateway-responses"]) :
      response.responseParameters["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
      && response.responseParameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
    ])
    error_message = "every refusal must be a problem document that a browser may read"
  }

  assert {
    condition     = !strcontains(aws_api_gateway_rest_api.this.body, "from the document")
    error_message = "there must be one place for responses: this module"
  }
}

run "a_given_key_encrypts_every_log" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/one"
    firewall    = { requests_per_5_min = 1000 }
  }

  assert {
    condition = alltrue([
      for group in concat([aws_cloudwatch_log_group.access, aws_cloudwatch_log_group.execution], aws_cloudwatch_log_group.firewall) : group.kms_key_id == var.kms_key_arn
    ])
    error_message = "every log group must be encrypted with the given key"
  }
}

run "a_firewall_bounds_each_address" {
  variables {
    firewall = { requests_per_5_min = 1000 }
  }

  assert {
    condition = [
      for rule in aws_wafv2_web_acl.this[0].rule : one(one(rule.statement).rate_based_statement).limit if rule.name == "requests-per-ip"
    ] == [1000]
    error_message = "an address must be bounded"
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this[0].rule) == 4 && aws_wafv2_web_acl_association.this[0].resource_arn == aws_api_gateway_stage.this.arn
    error_message = "AWS's managed rules must guard this stage as well"
  }

  assert {
    condition     = one(one(aws_wafv2_web_acl_logging_configuration.this[0].redacted_fields).single_header).name == "x-api-key"
    error_message = "the firewall's log must not hold keys"
  }
}

run "disabled_plans_nothing" {
  command = plan

  variables {
    clients             = {}
    create_account_role = false
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this) + length(aws_wafv2_web_acl_association.this) + length(aws_wafv2_web_acl_logging_configuration.this) + length(aws_cloudwatch_log_group.firewall) == 0
    error_message = "without firewall there must be nothing of it"
  }

  assert {
    condition     = length(aws_api_gateway_domain_name.this) + length(aws_api_gateway_base_path_mapping.this) == 0
    error_message = "without domain there must be nothing of it"
  }

  assert {
    condition     = length(aws_api_gateway_account.this) + length(aws_iam_role.logging) + length(aws_iam_role_policy_attachment.logging) == 0
    error_message = "the account's setting must be left alone where another stage owns it"
  }

  assert {
    condition     = length(aws_api_gateway_api_key.client) + length(aws_api_gateway_usage_plan_key.client) == 0 && output.smoke_key_arn == null
    error_message = "without clients there must be no key"
  }
}
