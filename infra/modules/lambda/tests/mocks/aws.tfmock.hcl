mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/neural-dev" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/neural-dev" }
}

mock_resource "aws_lambda_function" {
  defaults = { version = "1" }
}
