module "ci" {
  source = "./modules/ci"
  count  = var.github == null ? 0 : 1

  name           = local.name
  repository     = var.github.repository
  branch         = var.github.branch
  environment    = var.github.environment
  repository_arn = module.ecr.repository_arn
  function_arn   = local.function_arn
  smoke_key_arn  = module.api_gateway.smoke_key_arn

  create_provider = var.account.owner
  account = {
    id        = local.account_id
    partition = local.partition
  }
}
