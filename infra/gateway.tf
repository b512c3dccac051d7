module "api_gateway" {
  source = "./modules/api-gateway"

  name    = local.name
  stage   = var.stage
  openapi = templatefile("${path.module}/openapi.json.tftpl", { integration_uri = local.integration_uri })
  pages   = lookup(var.settings, "NEURALWORKS_PAGES", "open")

  plans   = var.plans
  clients = var.clients

  throttle = var.gateway.throttle
  domain   = var.gateway.domain
  firewall = var.gateway.firewall

  log_retention_days  = var.logs.retention_days
  kms_key_arn         = var.logs.kms_key_arn
  create_account_role = var.account.owner
}
