output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "alias" {
  description = "Alias that callers reach."
  value       = aws_lambda_alias.live.name
}

output "function_url" {
  description = "URL for callers that sign with IAM; null without one."
  value       = one(aws_lambda_function_url.live[*].function_url)
}
