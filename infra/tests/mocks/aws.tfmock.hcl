mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_resource "aws_ecr_repository" {
  defaults = {
    arn            = "arn:aws:ecr:us-east-1:123456789012:repository/challenge-neuralworks-dev"
    repository_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/challenge-neuralworks-dev"
  }
}

mock_resource "aws_api_gateway_rest_api" {
  defaults = {
    id            = "abc"
    execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc"
  }
}

mock_resource "aws_api_gateway_stage" {
  defaults = { invoke_url = "https://abc.execute-api.us-east-1.amazonaws.com/dev" }
}

mock_resource "aws_api_gateway_api_key" {
  defaults = { arn = "arn:aws:apigateway:us-east-1::/apikeys/smoke" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:any" }
}

mock_resource "aws_cloudwatch_metric_alarm" {
  defaults = { arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:any" }
}

mock_resource "aws_sns_topic" {
  defaults = { arn = "arn:aws:sns:us-east-1:123456789012:alarms" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/any" }
}

mock_resource "aws_s3_bucket" {
  defaults = { arn = "arn:aws:s3:::challenge-neuralworks-dev-123456789012" }
}
