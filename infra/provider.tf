# No keys here: Terraform Cloud hands each run its workspace's own short-lived role, see docs/infra.md.
provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project    = var.project
      stage      = var.stage
      deployment = local.name
      managed-by = "terraform"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}
