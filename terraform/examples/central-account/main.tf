# A central account that stores the events of a whole organisation, and one member account that hands
# its events over.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.64.0"
    }
  }
}

variable "organization_id" {
  description = "Id of the organisation, as \"aws organizations describe-organization\" prints it."
  type        = string
}

variable "member_role_arn" {
  description = "Role that Terraform assumes in the member account."
  type        = string
}

provider "aws" {
  alias  = "central"
  region = "eu-west-1"
}

provider "aws" {
  alias  = "member"
  region = "eu-west-1"

  assume_role {
    role_arn = var.member_role_arn
  }
}

# The central account

module "forwarder" {
  source    = "../.."
  providers = { aws = aws.central }

  zip = "${path.module}/../../../dist/ecs-event-forwarder-arm64.zip"

  # Clusters of the same name in two accounts stay apart.
  log_group = "/ecs-events/{account}/{cluster}"
}

data "aws_cloudwatch_event_bus" "central" {
  provider = aws.central
  name     = "default"
}

# PutEvents takes no event from aws.*: an event that says aws.ecs is ECS's, whichever account hands it
# over. One statement is added to the policy of the bus, and the others stay.
resource "aws_cloudwatch_event_permission" "members" {
  provider       = aws.central
  event_bus_name = data.aws_cloudwatch_event_bus.central.name
  statement_id   = "ecs-events-of-the-organisation"
  action         = "events:PutEvents"
  principal      = "*"

  condition {
    type  = "StringEquals"
    key   = "aws:PrincipalOrgID"
    value = var.organization_id
  }
}

# Each member account

module "spoke" {
  source    = "../../spoke"
  providers = { aws = aws.member }

  central_bus_arn = data.aws_cloudwatch_event_bus.central.arn

  depends_on = [aws_cloudwatch_event_permission.members]
}
