module "observability" {
  source = "./modules/observability"

  name = local.name
  api = {
    name  = module.api_gateway.name
    stage = var.stage
  }
  function = var.image_digest == null ? null : {
    name        = module.lambda[0].name
    alias       = module.lambda[0].alias
    timeout_s   = var.function.timeout_s
    concurrency = local.concurrency
    is_reserved = var.function.reserved_concurrency != null

    follows_store = contains(keys(local.settings), "NEURALWORKS_STORE")
  }

  namespace   = local.metrics_namespace
  emails      = var.alerts.emails
  thresholds  = var.alerts.thresholds
  region      = var.region
  kms_key_arn = var.logs.kms_key_arn
}
