mock_resource "aws_api_gateway_rest_api" {
  defaults = {
    id            = "abc"
    execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc"
  }
}

mock_resource "aws_api_gateway_stage" {
  defaults = {
    arn        = "arn:aws:apigateway:us-east-1::/restapis/abc/stages/dev"
    invoke_url = "https://abc.execute-api.us-east-1.amazonaws.com/dev"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/neural-dev" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/neural-dev-api-logs" }
}

mock_resource "aws_wafv2_web_acl" {
  defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/neural-dev/abc" }
}

mock_resource "aws_api_gateway_api_key" {
  defaults = { arn = "arn:aws:apigateway:us-east-1::/apikeys/k" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}
