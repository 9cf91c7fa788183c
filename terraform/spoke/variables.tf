# Each variable is the parameter of spoke.yaml of the same name, with a type.

variable "central_bus_arn" {
  description = "ARN of the default event bus of the central account, in the Region of the forwarder. Never name this account's own bus: its events would go in a circle."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/default$", var.central_bus_arn))
    error_message = "Must be the ARN of a default event bus."
  }
}

variable "event_pattern" {
  description = "Which events are handed over and paid for. \"ecs-events pattern --compact\" prints the pattern for the settings of the central account."
  type        = string
  default     = "{\"source\":[\"aws.ecs\"],\"detail-type\":[{\"prefix\":\"ECS \"}]}"
  nullable    = false

  validation {
    condition     = can(regex("^\\{[\\s\\S]*\\}$", var.event_pattern)) && length(var.event_pattern) <= 4096
    error_message = "Must be a JSON object of at most 4,096 characters."
  }
}

variable "name" {
  description = "Name of the rule, and first part of other names."
  type        = string
  default     = "ecs-events-to-central"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "Must be at most 64 letters, digits, hyphens and underscores."
  }
}

variable "permissions_boundary" {
  description = "Permissions boundary of the rule's role, for accounts that refuse roles without one: the ARN of a policy, or the name of a policy in this account, with its path if it has one."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+|([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]+)$", var.permissions_boundary))
    error_message = "Must be the ARN or the name of an IAM policy, or null."
  }
}

variable "alarm_topic_arn" {
  description = "ARN of the SNS topic in this account and Region that is notified of events that could not be handed over."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_topic_arn == null ? true : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", var.alarm_topic_arn))
    error_message = "Must be the ARN of an SNS topic, or null."
  }
}

variable "ok_actions" {
  description = "Whether the topic is also notified when an alarm ends, so that incidents resolve. Each alarm sends one such message when it is created."
  type        = bool
  default     = false
  nullable    = false
}
