# Each variable is the template's parameter of the same name, with a type. Null means the default.

variable "zip" {
  description = "Path of the function's zip for the architecture, as release/build makes it: ecs-event-forwarder-arm64.zip or -x86_64.zip."
  type        = string
  nullable    = false
}

# Which events are kept

variable "sources" {
  description = "Accepted event sources. PutEvents refuses aws.*, so add a source of your own to test a deployment end to end."
  type        = list(string)
  default     = ["aws.ecs"]
  nullable    = false

  validation {
    condition     = length(var.sources) > 0 && alltrue([for it in var.sources : can(regex("^[A-Za-z0-9._/-]+$", it))])
    error_message = "Must be event sources, with no spaces, no * and no !."
  }
}

variable "select" {
  description = "A further choice among the events that the lists or rules keep. problems keeps WARN and ERROR; lifecycle leaves out routine updates of container instances, steady states, and the statuses that a task passes through. One of everything, lifecycle, problems."
  type        = string
  default     = "everything"
  nullable    = false

  validation {
    condition     = contains(["everything", "lifecycle", "problems"], var.select)
    error_message = "Must be everything, lifecycle or problems."
  }
}

variable "clusters" {
  description = "Cluster names; * is a wildcard and !name excludes. Names and globs go into the event pattern, too; a list with an exclusion is left to the function. A pattern is at most 2,048 characters long: for more than about 40 names, set event_pattern to what \"ecs-events pattern --compact\" prints."
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.clusters) > 0 && alltrue([for it in var.clusters : can(regex("^!?[A-Za-z0-9_*-]+$", it)) && !strcontains(it, "**")])
    error_message = "Must be cluster names or globs, with no spaces and no **."
  }
}

variable "event_types" {
  description = "Event types. The function derives one for events without an event type."
  type        = list(string)
  default     = ["INFO", "WARN", "ERROR"]
  nullable    = false

  validation {
    condition     = length(var.event_types) > 0 && alltrue([for it in var.event_types : can(regex("^!?(INFO|WARN|ERROR|\\*)$", it))])
    error_message = "Must be INFO, WARN, ERROR, * or one of them after !."
  }
}

variable "detail_types" {
  description = "EventBridge detail-types; * is a wildcard and !name excludes. The default leaves out \"AWS API Call via CloudTrail\"."
  type        = list(string)
  default     = ["ECS *"]
  nullable    = false

  validation {
    condition     = length(var.detail_types) > 0 && alltrue([for it in var.detail_types : can(regex("^!?[A-Za-z0-9._:/()&'+*-]+( [A-Za-z0-9._:/()&'+*-]+)*$", it)) && !strcontains(it, "**")])
    error_message = "Must be detail-types or globs, with no commas and no **."
  }
}

variable "event_names" {
  description = "Names of service, deployment and daemon events, for example [\"!SERVICE_STEADY_STATE\", \"!CAPACITY_PROVIDER_STEADY_STATE\"]."
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.event_names) > 0 && alltrue([for it in var.event_names : can(regex("^!?[A-Za-z0-9_*-]+$", it))])
    error_message = "Must be event names or globs, with no spaces."
  }
}

variable "services" {
  description = "Service names; * is a wildcard and !name excludes."
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.services) > 0 && alltrue([for it in var.services : can(regex("^!?[A-Za-z0-9_*-]+$", it))])
    error_message = "Must be service names or globs, with no spaces."
  }
}

variable "task_statuses" {
  description = "The lastStatus of tasks, for example [\"RUNNING\", \"STOPPED\"]. Events of other kinds pass."
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.task_statuses) > 0 && alltrue([for it in var.task_statuses : can(regex("^!?[A-Z_*]+$", it))])
    error_message = "Must be task statuses or globs, with no spaces."
  }
}

variable "rules" {
  description = "Rules instead of the six lists: an event is kept if any rule keeps it, and a list that a rule leaves out has its default. The event pattern then filters by sources and select alone. All variables of a function share 4 KB."
  type = list(object({
    clusters      = optional(list(string))
    event_types   = optional(list(string))
    detail_types  = optional(list(string))
    event_names   = optional(list(string))
    services      = optional(list(string))
    task_statuses = optional(list(string))
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue(flatten([for rule in var.rules : [for list in values(rule) : try(length(list) > 0, true)]]))
    error_message = "A list of a rule must not be empty: leave it out."
  }

  # The expressions of the six variables once more: before Terraform 1.9, a validation sees only its own
  # variable.
  validation {
    condition = alltrue(flatten([for rule in var.rules : [
      [for it in coalesce(rule.clusters, []) : can(regex("^!?[A-Za-z0-9_*-]+$", it)) && !strcontains(it, "**")],
      [for it in coalesce(rule.event_types, []) : can(regex("^!?(INFO|WARN|ERROR|\\*)$", it))],
      [for it in coalesce(rule.detail_types, []) : can(regex("^!?[A-Za-z0-9._:/()&'+*-]+( [A-Za-z0-9._:/()&'+*-]+)*$", it)) && !strcontains(it, "**")],
      [for it in coalesce(rule.event_names, []) : can(regex("^!?[A-Za-z0-9_*-]+$", it))],
      [for it in coalesce(rule.services, []) : can(regex("^!?[A-Za-z0-9_*-]+$", it))],
      [for it in coalesce(rule.task_statuses, []) : can(regex("^!?[A-Z_*]+$", it))],
    ]]))
    error_message = "A list of a rule must hold what the variable of the same name accepts, such as cluster names or globs in clusters."
  }

  validation {
    condition     = length(jsonencode([for rule in var.rules : { for name, list in rule : name => list if list != null }])) <= 2560
    error_message = "Must be at most 2,560 characters as JSON."
  }
}

variable "event_pattern" {
  description = "Event pattern of the rule, as \"ecs-events pattern --compact\" prints it for the same policy. Set it again whenever the policy changes. If it is null, the module makes a pattern from sources, detail_types, clusters, event_types and select = \"problems\", as far as a simple pattern can express them."
  type        = string
  default     = null

  validation {
    condition     = var.event_pattern == null ? true : can(regex("^\\{[\\s\\S]*\\}$", var.event_pattern)) && length(var.event_pattern) <= 4096
    error_message = "Must be a JSON object of at most 4,096 characters, or null."
  }
}

variable "sidecars" {
  description = "Names of containers that never make a task WARN or ERROR, unless it has no other container, such as agents that AWS injects, and log routers. !* means none."
  type        = list(string)
  default     = ["aws-guardduty-agent*", "ecs-service-connect-*"]
  nullable    = false

  validation {
    condition     = length(var.sidecars) > 0 && alltrue([for it in var.sidecars : can(regex("^!?[A-Za-z0-9_*-]+$", it))])
    error_message = "Must be container names or globs, with no spaces; [\"!*\"] stands for none."
  }
}

# How much of an event is stored

variable "trim" {
  description = "How much of a task or container-instance event is kept. lean satisfies the ECS console and every published query; minimal keeps only what no profile removes; full removes nothing. One of full, lean, minimal."
  type        = string
  default     = "lean"
  nullable    = false

  validation {
    condition     = contains(["full", "lean", "minimal"], var.trim)
    error_message = "Must be full, lean or minimal."
  }
}

variable "keep_fields" {
  description = "Paths that stay although the profile removes them, with [] for array elements, for example [\"detail.overrides.containerOverrides[].command\"]."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for it in var.keep_fields : can(regex("^[^,\\s]+$", it))])
    error_message = "Must be dotted paths, with no spaces and no commas."
  }
}

variable "drop_fields" {
  description = "Paths to remove although the profile keeps them. Fields that no profile removes are refused."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for it in var.drop_fields : can(regex("^[^,\\s]+$", it))])
    error_message = "Must be dotted paths, with no spaces and no commas."
  }
}

variable "redact" {
  description = "Whether secrets become ***, such as values of environment variables, passwords and signatures of URLs."
  type        = bool
  default     = true
  nullable    = false
}

variable "enrich" {
  description = "Whether to add the object \"forwarder\" with event type, cluster, service, stop category and durations."
  type        = bool
  default     = true
  nullable    = false
}

# Where events are stored

variable "log_group" {
  description = "Log group of each cluster, with {cluster}, {account} and {region}. The ECS console and Container Insights read the default. The function may write to every group that begins with the text before the first brace."
  type        = string
  default     = "/aws/events/ecs/containerinsights/{cluster}/performance"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_/.#-]+(\\{(cluster|account|region)\\}[A-Za-z0-9_/.#-]*)*$", var.log_group)) && length(var.log_group) <= 512
    error_message = "Must begin with literal text, may hold {cluster}, {account} and {region}, and has at most 512 characters."
  }
}

variable "fallback_log_group" {
  description = "Log group for events whose cluster is unknown."
  type        = string
  default     = "/aws/events/ecs/containerinsights/_unresolved/performance"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_/.#-]+$", var.fallback_log_group)) && length(var.fallback_log_group) <= 512
    error_message = "Must be the name of a log group."
  }
}

variable "retention_days" {
  description = "Retention of the log groups that the function creates. Existing groups keep theirs."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.retention_days)
    error_message = "Must be a retention that CloudWatch Logs takes, such as 1, 3, 5, 7, 14, 30, 60, 90 or 365."
  }
}

variable "log_class" {
  description = "Class of the log groups that the function creates. The ECS console cannot read INFREQUENT_ACCESS, which has no field discovery: saved queries, field indexes and the dashboard's queries are then left out. One of STANDARD, INFREQUENT_ACCESS."
  type        = string
  default     = "STANDARD"
  nullable    = false

  validation {
    condition     = contains(["STANDARD", "INFREQUENT_ACCESS"], var.log_class)
    error_message = "Must be STANDARD or INFREQUENT_ACCESS."
  }
}

variable "kms_key_arn" {
  description = "Key of the log groups that the function creates. Its policy must let CloudWatch Logs use it for these groups."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "Must be the ARN of a KMS key, or null."
  }
}

variable "tags" {
  description = "Tags of the log groups that the function creates. ClusterName and EventBridge-AssociatedRuleArn are always set. For the resources that Terraform creates, use the provider's default_tags."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, value in var.tags : can(regex("^[^=,]+$", key)) && can(regex("^[^,]*$", value))])
    error_message = "Keys must not be empty or hold = or a comma, and values must not hold a comma."
  }
}

variable "on_rejected" {
  description = "What happens to an event that CloudWatch Logs rejects as too old or too new: restamp stores it with the time of delivery, fail lets it go to the dead-letter queue. One of restamp, fail."
  type        = string
  default     = "restamp"
  nullable    = false

  validation {
    condition     = contains(["restamp", "fail"], var.on_rejected)
    error_message = "Must be restamp or fail."
  }
}

# Metrics

variable "metrics" {
  description = "CloudWatch metrics of the forwarder, in the namespace EcsEventForwarder. core is five metrics; detailed adds drop reasons, duplicates and delivery. Custom metrics cost money. One of off, core, detailed."
  type        = string
  default     = "off"
  nullable    = false

  validation {
    condition     = contains(["off", "core", "detailed"], var.metrics)
    error_message = "Must be off, core or detailed."
  }
}

variable "metrics_by_cluster" {
  description = "Whether metrics are also written for each cluster. Each cluster costs as much as metrics alone."
  type        = bool
  default     = false
  nullable    = false
}

variable "ecs_metrics" {
  description = "CloudWatch metrics about ECS itself, counted from stored events: stopped tasks by stop category, failed deployments and placement failures, in total and by cluster and service."
  type        = bool
  default     = false
  nullable    = false
}

# The function itself

variable "name" {
  description = "Name of the function and the rule, and first part of other names."
  type        = string
  default     = "ecs-event-forwarder"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "Must be at most 64 letters, digits, hyphens and underscores."
  }
}

variable "architecture" {
  description = "Architecture of the function. The zip file must be built for it. One of arm64, x86_64."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "Must be arm64 or x86_64."
  }
}

variable "permissions_boundary" {
  description = "Permissions boundary of the function's role, for accounts that refuse roles without one: the ARN of a policy, or the name of a policy in this account, with its path if it has one."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+|([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]+)$", var.permissions_boundary))
    error_message = "Must be the ARN or the name of an IAM policy, or null."
  }
}

variable "function_log_retention_days" {
  description = "Retention of the function's own log group. A successful invocation writes nothing to it."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.function_log_retention_days)
    error_message = "Must be a retention that CloudWatch Logs takes, such as 1, 3, 5, 7, 14, 30, 60, 90 or 365."
  }
}

# Events that could not be stored

variable "process_dead_letters" {
  description = "Whether the function takes events from its two dead-letter queues. Set it to true when the cause of the failures is gone, and back to false when the queues are empty."
  type        = bool
  default     = false
  nullable    = false
}

# Alarms, dashboard and saved queries

variable "alarms" {
  description = "Whether there are alarms on the function, its rule and its queues. The alarm on the parked queue is always there. An alarm costs about 0.10 dollars a month."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_topic_arn" {
  description = "SNS topic that every alarm notifies."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_topic_arn == null ? true : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarm_topic_arn))
    error_message = "Must be the ARN of an SNS topic, or null."
  }
}

variable "ok_actions" {
  description = "Whether the topic is also notified when an alarm ends, so that incidents resolve. Each alarm sends one such message when it is created."
  type        = bool
  default     = false
  nullable    = false
}

variable "silence_hours" {
  description = "Hours without an invocation before an alarm goes off: a deleted rule looks like a quiet cluster. 0 means no alarm. Raise it if few events pass the rule. Above 48, the alarm of a function that never saw an event goes off after two days, because its warm-up cannot be longer."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.silence_hours >= 0 && var.silence_hours <= 168 && floor(var.silence_hours) == var.silence_hours
    error_message = "Must be a whole number from 0 to 168."
  }
}

variable "dashboard" {
  description = "Whether there is a dashboard. An account has three free of charge; each further one costs 3 dollars a month."
  type        = bool
  default     = true
  nullable    = false
}

variable "dashboard_clusters" {
  description = "Clusters whose events the dashboard queries, 50 at most; each view of the dashboard scans their log groups. If it is empty, or log_group is your own, the dashboard shows metrics only."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.dashboard_clusters) <= 50 && alltrue([for it in var.dashboard_clusters : can(regex("^[A-Za-z0-9_-]+$", it))])
    error_message = "Must be at most 50 cluster names, with no spaces and no *."
  }
}

variable "ingestion_price" {
  description = "Price of ingesting a gigabyte into CloudWatch Logs, in dollars, for the savings on the dashboard. The default is the price in us-east-1."
  type        = number
  default     = 0.5
  nullable    = false

  validation {
    condition     = var.ingestion_price >= 0
    error_message = "Must not be negative."
  }
}

variable "saved_queries" {
  description = "Whether queries for Logs Insights are saved, in a folder named after the function. With log_class = \"INFREQUENT_ACCESS\" there are none."
  type        = bool
  default     = true
  nullable    = false
}

variable "field_indexes" {
  description = "Whether fields of the stored events are indexed, so that queries scan less. The indexes are a policy of the whole account, and the prefixes of two such policies may not overlap."
  type        = bool
  default     = false
  nullable    = false
}
