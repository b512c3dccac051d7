module "ecr" {
  source = "./modules/ecr"

  name         = local.name
  function_arn = local.function_arn
  kms_key_arn  = var.logs.kms_key_arn
}
