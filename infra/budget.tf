module "budget" {
  source = "./modules/budget"
  count  = var.budget == null ? 0 : 1

  name      = local.name
  limit_usd = var.budget.limit_usd
  emails    = var.budget.emails
}
