locals {
  # Every resource carries it, so no policy of one stage can name a resource of another.
  name = "${var.project}-${var.stage}"

  workspace = coalesce(var.workspace, terraform.workspace)

  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  # Built from names, not read from the function: gateway, registry and CI role come before its first image.
  alias           = "live"
  function_arn    = "arn:${local.partition}:lambda:${var.region}:${local.account_id}:function:${local.name}"
  integration_uri = "arn:${local.partition}:apigateway:${var.region}:lambda:path/2015-03-31/functions/${local.function_arn}:${local.alias}/invocations"

  concurrency = coalesce(var.function.reserved_concurrency, var.account.concurrency)

  # Of this stage alone: an account may hold several, and what one of them measures must not be read for another.
  metrics_namespace = lookup(var.settings, "NEURALWORKS_METRICS_NAMESPACE", replace(local.name, "-", "_"))

  # The store that is made here is followed, unless the settings name another.
  settings = merge(
    { for store in module.store : "NEURALWORKS_STORE" => store.url },
    var.settings,
    { NEURALWORKS_METRICS_NAMESPACE = local.metrics_namespace },
  )
}
