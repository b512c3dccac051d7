output "repository_url" {
  description = "Where images are pushed and pulled, without tag or digest."
  value       = aws_ecr_repository.this.repository_url
}

output "repository_arn" {
  description = "For the policy of whoever pushes."
  value       = aws_ecr_repository.this.arn
}
