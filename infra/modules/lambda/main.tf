locals {
  alias = "live"
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116:every call is synchronous, so its caller hears of a failure; there is nothing to queue
  #checkov:skip=CKV_AWS_117:it calls nothing but AWS's own services, and a network of its own would lengthen the cold start
  #checkov:skip=CKV_AWS_272:code signing takes zips; an image is named by its digest
  function_name = var.name
  role          = aws_iam_role.function.arn
  package_type  = "Image"
  image_uri     = "${var.repository_url}@${var.image_digest}"
  architectures = [var.architecture]
  memory_size   = var.memory_mb
  timeout       = var.timeout_s
  publish       = true
  kms_key_arn   = var.kms_key_arn

  # -1 is AWS's word for none.
  reserved_concurrent_executions = var.reserved_concurrency == null ? -1 : var.reserved_concurrency

  environment {
    variables = var.settings
  }

  # The handler's lines are JSON with a level of their own; the metric lines have none and count as INFO.
  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  tracing_config {
    mode = "Active"
  }

  dynamic "snap_start" {
    for_each = var.snap_start ? [true] : []

    content {
      apply_on = "PublishedVersions"
    }
  }

  lifecycle {
    # `neuralworks deploy` moves on from the first image.
    ignore_changes = [image_uri]

    precondition {
      condition     = !(var.snap_start && var.provisioned_concurrency > 0)
      error_message = "snap_start and provisioned_concurrency exclude each other: choose one."
    }
  }

  # A function that starts before its log group makes one that never expires.
  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function]
}

resource "aws_lambda_alias" "live" {
  name             = local.alias
  description      = "What callers reach; moved by neuralworks deploy"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version

  lifecycle {
    # Whoever applies Terraform must not undo, or make, a deploy.
    ignore_changes = [description, function_version, routing_config]
  }
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.provisioned_concurrency > 0 ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.provisioned_concurrency
}
