# One account, one Region: warnings and errors of the production clusters, and one rule more for a
# service that is watched closely.

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
  region = "eu-west-1"
}

resource "aws_sns_topic" "alarms" {
  name = "ecs-event-forwarder-alarms"
}

module "forwarder" {
  source = "../.."

  zip = "${path.module}/../../../dist/ecs-event-forwarder-arm64.zip"

  rules = [
    { clusters = ["prod-*"], event_types = ["WARN", "ERROR"] },
    { clusters = ["prod-a"], services = ["checkout"] },
  ]

  metrics         = "core"
  alarm_topic_arn = aws_sns_topic.alarms.arn
  tags            = { team = "platform" }
}

output "rule_arn" {
  value = module.forwarder.rule_arn
}
