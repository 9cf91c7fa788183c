terraform {
  # Nothing newer is used: strcontains and check blocks came with 1.5.
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The first release whose published schema has warm_up_configuration.
      version = ">= 6.64.0"
    }
  }
}
