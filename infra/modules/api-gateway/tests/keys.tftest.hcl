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

run "an_operation_without_a_key_is_refused" {
  command = plan

  variables {
    openapi = jsonencode({
      openapi    = "3.0.1"
      info       = { title = "neural", version = "1" }
      paths      = { "/inference/{model}" = { post = { responses = {} } } }
      components = { securitySchemes = { api_key = { type = "apiKey", name = "x-api-key", in = "header" } } }
    })
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "a_key_that_may_be_left_out_is_refused" {
  command = plan

  variables {
    openapi = jsonencode({
      openapi    = "3.0.1"
      info       = { title = "neural", version = "1" }
      paths      = { "/inference/{model}" = { post = { security = [{ api_key = [] }, {}], responses = {} } } }
      components = { securitySchemes = { api_key = { type = "apiKey", name = "x-api-key", in = "header" } } }
    })
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "an_open_page_is_open_to_get_only" {
  command = plan

  variables {
    openapi = jsonencode({
      openapi    = "3.0.1"
      info       = { title = "neural", version = "1" }
      paths      = { "/docs" = { post = { security = [], responses = {} } } }
      components = { securitySchemes = { api_key = { type = "apiKey", name = "x-api-key", in = "header" } } }
    })
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "a_key_from_elsewhere_is_refused" {
  command = plan

  variables {
    openapi = jsonencode({
      openapi    = "3.0.1"
      info       = { title = "neural", version = "1" }
      paths      = { "/docs" = { get = { security = [], responses = {} } } }
      components = { securitySchemes = { api_key = { type = "apiKey", name = "key", in = "query" } } }
    })
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "locked_pages_take_a_key_probes_do_not" {
  command = plan

  variables {
    pages = "locked"
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api.this.body).paths["/docs"].get.security == [{ api_key = [] }]
    error_message = "a locked page must ask for the key, else nobody could show one"
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api.this.body).paths["/health"].get.security == []
    error_message = "probes must stay open"
  }
}
