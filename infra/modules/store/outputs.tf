output "url" {
  description = "For NEURALWORKS_STORE, and for the commands that publish and promote."
  value       = "s3://${aws_s3_bucket.this.bucket}/${trimsuffix(var.prefix, "/")}"
}

output "models_bucket" {
  description = "For the policy of the function that reads."
  value       = { arn = aws_s3_bucket.this.arn, prefix = var.prefix }
}
