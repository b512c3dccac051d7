resource "aws_iam_role" "function" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  name = "function"
  role = aws_iam_role.function.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "OwnLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.function.arn}:log-stream:*"
        },
        {
          # X-Ray knows no resources to name.
          Sid      = "Traces"
          Effect   = "Allow"
          Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
          Resource = "*"
        },
      ],
      [for bucket in var.models_bucket[*] : {
        Sid      = "Models"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = "${bucket.arn}/${bucket.prefix}*"
      }],
      # Who may not list is told that what is not there is forbidden, which looks like a store that is down.
      [for bucket in var.models_bucket[*] : {
        Sid       = "ModelsThereAre"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = bucket.arn
        Condition = { StringLike = { "s3:prefix" = "${bucket.prefix}*" } }
      }],
      [for key in var.kms_key_arn[*] : {
        Sid      = "Environment"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = key
      }],
    )
  })
}

# This API's one stage, and through the alias only: what is not live cannot be called from outside.
resource "aws_lambda_permission" "api" {
  count = var.api == null ? 0 : 1

  statement_id  = "api-gateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${var.api.execution_arn}/${var.api.stage}/*"
}

# For callers inside AWS, who sign their requests; anybody else has the API and its keys.
resource "aws_lambda_function_url" "live" {
  count = var.function_url ? 1 : 0

  function_name      = aws_lambda_function.this.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "AWS_IAM"
}
