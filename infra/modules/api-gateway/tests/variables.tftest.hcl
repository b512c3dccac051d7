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

run "bad_variables_are_refused" {
  command = plan

  variables {
    name                = "Neural"
    stage               = "dev/"
    openapi             = jsonencode({ openapi = "3.1.0", paths = {} })
    pages               = "ajar"
    plans               = { standard = { rate = 0, burst = 1, quota = { limit = 1, period = "HOUR" } } }
    throttle            = { rate = -1, burst = -1 }
    domain              = { name = "api.example.com", certificate_arn = "none" }
    firewall            = { requests_per_5_min = 1 }
    log_retention_days  = 31
    kms_key_arn         = "alias/mine"
    create_account_role = null
  }

  expect_failures = [
    var.name, var.stage, var.openapi, var.pages, var.plans, var.throttle, var.domain, var.firewall,
    var.log_retention_days, var.kms_key_arn, var.create_account_role,
  ]
}

run "a_client_without_a_plan_is_refused" {
  command = plan

  variables {
    clients = { team = "gold" }
  }

  expect_failures = [var.clients]
}
