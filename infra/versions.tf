terraform {
  required_version = ">= 1.9, < 2"

  # The organization comes from TF_CLOUD_ORGANIZATION; one workspace a stage, named <project>-<stage>.
  cloud {
    workspaces {
      tags = ["challenge-neuralworks"]
    }
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0, < 7"
    }
  }
}
