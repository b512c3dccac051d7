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

run "as_given" {
  command = plan

  assert {
    condition     = length(aws_api_gateway_deployment.this.triggers.configuration) == 64
    error_message = "a deployment must have the hash of all it copies"
  }
}

run "another_route_redeploys" {
  command = plan

  variables {
    openapi = jsonencode({
      openapi    = "3.0.1"
      info       = { title = "neural", version = "1" }
      paths      = { "/docs" = { get = { security = [], responses = {} } } }
      components = { securitySchemes = { api_key = { type = "apiKey", name = "x-api-key", in = "header" } } }
    })
  }

  assert {
    condition     = aws_api_gateway_deployment.this.triggers.configuration != run.as_given.configuration_hash
    error_message = "another route must make another deployment"
  }
}

run "another_key_redeploys" {
  command = plan

  variables {
    clients = { team = "standard", smoke = "free", partner = "free" }
  }

  assert {
    condition     = aws_api_gateway_deployment.this.triggers.configuration != run.as_given.configuration_hash
    error_message = "another key must make another deployment, else the stage goes on without it"
  }
}

run "another_plan_redeploys" {
  command = plan

  variables {
    plans = { standard = { rate = 21, burst = 40, quota = { limit = 1000, period = "DAY" } }, free = { rate = 1, burst = 1 } }
  }

  assert {
    condition     = aws_api_gateway_deployment.this.triggers.configuration != run.as_given.configuration_hash
    error_message = "another plan must make another deployment"
  }
}

run "a_domain_shuts_the_other_address_and_redeploys" {
  command = plan

  variables {
    domain = { name = "api.example.com", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/one", base_path = "v1" }
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "with a domain AWS's own address must be shut"
  }

  assert {
    condition     = aws_api_gateway_domain_name.this["api.example.com"].security_policy == "TLS_1_2"
    error_message = "nothing older than TLS 1.2 may be spoken"
  }

  assert {
    condition     = aws_api_gateway_base_path_mapping.this["api.example.com"].base_path == "v1" && output.url == "https://api.example.com/v1"
    error_message = "the domain must lead to the stage"
  }

  assert {
    condition     = aws_api_gateway_deployment.this.triggers.configuration != run.as_given.configuration_hash
    error_message = "shutting an address takes another deployment"
  }
}

run "the_same_again_does_not_redeploy" {
  command = plan

  assert {
    condition     = aws_api_gateway_deployment.this.triggers.configuration == run.as_given.configuration_hash
    error_message = "what has not changed must not be deployed again"
  }
}
