# Lambda refuses a function without an image, and the image needs the registry of this very root: until
# image_digest is given there is no function. All else is there from the first apply.
module "lambda" {
  source = "./modules/lambda"
  count  = var.image_digest == null ? 0 : 1

  name           = local.name
  repository_url = module.ecr.repository_url
  image_digest   = var.image_digest

  architecture            = var.function.architecture
  memory_mb               = var.function.memory_mb
  timeout_s               = var.function.timeout_s
  reserved_concurrency    = var.function.reserved_concurrency
  provisioned_concurrency = var.function.provisioned_concurrency
  snap_start              = var.function.snap_start
  function_url            = var.function.url
  models_bucket           = try(module.store[0].models_bucket, var.function.models_bucket)
  settings                = local.settings

  log_retention_days = var.logs.retention_days
  kms_key_arn        = var.logs.kms_key_arn

  api = {
    execution_arn = module.api_gateway.execution_arn
    stage         = var.stage
  }
}
