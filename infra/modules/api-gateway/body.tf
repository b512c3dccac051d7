locals {
  given = jsondecode(var.openapi)

  # The same rule as the local gateway's, challenge_neuralworks/gateway/access.py.
  probes     = ["/health", "/ping"]
  pages      = ["/", "/docs", "/openapi.json"]
  open_paths = concat(local.probes, var.pages == "locked" ? [] : local.pages)

  # Locked pages take a key at the gateway too: it shows the function no key that it did not ask for.
  paths = {
    for path, methods in local.given.paths : path => {
      for method, operation in methods : method => merge(
        operation,
        var.pages == "locked" && contains(local.pages, path) && method != "options" ? { security = [{ api_key = [] }] } : {},
      )
    }
  }

  # Every alternative must ask for the key: an empty list, or an empty alternative, lets anybody in.
  operations = flatten([
    for path, methods in local.paths : [
      for method, operation in methods : {
        name  = "${upper(method)} ${path}"
        open  = method == "options" || (contains(["get", "head"], method) && contains(local.open_paths, path))
        keyed = try(length(operation.security) > 0 && alltrue([for one in operation.security : can(one.api_key)]), false)
      }
    ]
  ])
  unguarded = [for operation in local.operations : operation.name if !operation.open && !operation.keyed]

  # API Gateway takes a key from nowhere else.
  key_scheme = try(join(" ", [for name in ["type", "in", "name"] : lower(local.given.components.securitySchemes.api_key[name])]), "none")

  # One document holds the responses too: an import overwrites those that are resources of their own, and the
  # deployment would copy the API without them.
  body = jsonencode(merge(local.given, {
    info                                         = merge(local.given.info, { title = var.name })
    paths                                        = local.paths
    "x-amazon-apigateway-api-key-source"         = local.api_key_source
    "x-amazon-apigateway-binary-media-types"     = local.binary_media_types
    "x-amazon-apigateway-gateway-responses"      = local.gateway_responses
    "x-amazon-apigateway-endpoint-configuration" = { disableExecuteApiEndpoint = local.only_by_domain }
  }))
}
