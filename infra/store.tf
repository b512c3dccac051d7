# A bucket's name is the whole world's: the account's number keeps it apart from others'.
module "store" {
  source = "./modules/store"
  count  = var.function.store == null ? 0 : 1

  bucket            = "${local.name}-${local.account_id}"
  publishers        = var.function.store.publishers
  promoters         = var.function.store.promoters
  forget_after_days = var.function.store.forget_after_days
  kms_key_arn       = var.logs.kms_key_arn
}
