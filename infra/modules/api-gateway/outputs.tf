output "name" {
  description = "Name of the API, as in its metrics."
  value       = aws_api_gateway_rest_api.this.name
}

output "execution_arn" {
  description = "For the permission to call the function; without stage and method."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "url" {
  description = "Where clients call."
  value       = var.domain == null ? aws_api_gateway_stage.this.invoke_url : join("/", compact(["https://${var.domain.name}", var.domain.base_path]))
}

output "domain_target" {
  description = "What the domain's DNS record points at; null without a domain."
  value       = one([for domain in values(aws_api_gateway_domain_name.this) : domain.regional_domain_name])
}

output "key_ids" {
  description = "Client -> id of its key, not the key."
  value       = { for client, key in aws_api_gateway_api_key.client : client => key.id }
}

output "smoke_key_arn" {
  description = "ARN of the key of the client `smoke`; null where there is none."
  value       = try(aws_api_gateway_api_key.client["smoke"].arn, null)
}

output "configuration_hash" {
  description = "Of all that a deployment copies; another hash is another deployment."
  value       = aws_api_gateway_deployment.this.triggers.configuration
}

output "document" {
  description = "The OpenAPI document as it was imported."
  value       = jsondecode(local.body)
}
