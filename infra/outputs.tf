output "url" {
  description = "Where clients call."
  value       = module.api_gateway.url
}

output "repository_url" {
  description = "Where CI pushes images."
  value       = module.ecr.repository_url
}

output "function_name" {
  description = "What `neuralworks deploy` deploys to; null before the first image."
  value       = one(module.lambda[*].name)
}

output "function_url" {
  description = "Where callers that sign with IAM call; null without one."
  value       = one(module.lambda[*].function_url)
}

output "store_url" {
  description = "Store of models that the function follows; null without one."
  value       = one(module.store[*].url)
}

output "metrics_namespace" {
  description = "Where in CloudWatch the handler's own metrics are: `neuralworks promote --metrics-namespace`."
  value       = local.metrics_namespace
}

output "ci_role_arn" {
  description = "Role that GitHub Actions assumes; null where no repository is named."
  value       = one(module.ci[*].role_arn)
}

output "key_ids" {
  description = "Client -> id of its API key; the value is read with the AWS CLI, see docs/infra.md."
  value       = module.api_gateway.key_ids
}

output "domain_target" {
  description = "What the custom domain's DNS record points at; null without one."
  value       = module.api_gateway.domain_target
}

output "next_step" {
  description = "What is left to do."
  value       = var.image_digest == null ? "Push an image to ${module.ecr.repository_url}, set image_digest to its sha256 digest in this workspace, and apply again." : "None: `neuralworks deploy` moves the alias ${local.alias} from here on."
}

output "configuration_hash" {
  description = "Of the API as it is deployed."
  value       = module.api_gateway.configuration_hash
}
