# One account, two Regions. A rule sees the events of its own Region, so each has a forwarder; the
# same name serves in both.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.64.0"
    }
  }
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}

provider "aws" {
  alias  = "oregon"
  region = "us-west-2"
}

locals {
  zip    = "${path.module}/../../../dist/ecs-event-forwarder-arm64.zip"
  select = "lifecycle"
}

module "ireland" {
  source    = "../.."
  providers = { aws = aws.ireland }

  zip                = local.zip
  select             = local.select
  dashboard_clusters = ["prod-a", "prod-b"]
}

module "oregon" {
  source    = "../.."
  providers = { aws = aws.oregon }

  zip                = local.zip
  select             = local.select
  dashboard_clusters = ["prod-c"]
}
