output "role_arn" {
  description = "Role that GitHub Actions assumes."
  value       = aws_iam_role.ci.arn
}
