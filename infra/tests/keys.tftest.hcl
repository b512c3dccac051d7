mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  stage   = "dev"
  plans   = { standard = { rate = 20, burst = 40 }, smoke = { rate = 5, burst = 10 } }
  clients = { team = "standard", smoke = "smoke" }
  gateway = { throttle = { rate = 50, burst = 100 } }
  github  = { repository = "acme/neural", branch = "develop" }
}

run "only_pages_probes_and_options_are_open" {
  command = plan

  assert {
    condition = toset(flatten([
      for path, methods in module.api_gateway.document.paths : [
        for method, operation in methods : "${method} ${path}" if operation.security != [{ api_key = [] }] && method != "options"
      ]
    ])) == toset(["get /", "get /docs", "get /openapi.json", "get /health", "get /ping", "head /", "head /docs", "head /openapi.json", "head /health", "head /ping"])
    error_message = "every other operation must ask for the key, and those must not"
  }

  assert {
    condition     = alltrue([for path in ["/inference/{model}", "/v2/models/{model}/infer", "/v2/models/{model}/versions/{version}/infer"] : module.api_gateway.document.paths[path].post.security == [{ api_key = [] }]])
    error_message = "every inference must ask for the key"
  }

  assert {
    condition = toset(flatten([
      for methods in module.api_gateway.document.paths : [for operation in methods : operation["x-amazon-apigateway-integration"].uri]
    ])) == toset(["arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:challenge-neuralworks-dev:live/invocations"])
    error_message = "every operation must call the live alias of this stage's function"
  }

  assert {
    condition     = module.api_gateway.document["x-amazon-apigateway-binary-media-types"] == ["application/octet-stream"]
    error_message = "only such bodies may reach the function as base64"
  }
}
