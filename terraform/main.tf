data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region
  account   = data.aws_caller_identity.current.account_id

  has_rules   = length(var.rules) > 0
  has_kms_key = var.kms_key_arn != null

  # The text leaves out the lists that a rule leaves out.
  rules = jsonencode([
    for rule in var.rules : {
      for key, list in {
        clusters     = rule.clusters
        eventTypes   = rule.event_types
        detailTypes  = rule.detail_types
        eventNames   = rule.event_names
        services     = rule.services
        taskStatuses = rule.task_statuses
      } : key => list if list != null
    }
  ])

  # Rules replace the six lists.
  lists = {
    FORWARDER_CLUSTERS      = var.clusters
    FORWARDER_EVENT_TYPES   = var.event_types
    FORWARDER_DETAIL_TYPES  = var.detail_types
    FORWARDER_EVENT_NAMES   = var.event_names
    FORWARDER_SERVICES      = var.services
    FORWARDER_TASK_STATUSES = var.task_statuses
  }

  # The ECS console's event capture tags its groups with the rule, too.
  tags = merge(var.tags, { EventBridge-AssociatedRuleArn = aws_cloudwatch_event_rule.rule.arn })

  environment = merge(
    { for name, list in local.lists : name => local.has_rules ? "" : join(",", list) },
    {
      FORWARDER_SOURCES            = join(",", var.sources)
      FORWARDER_SELECT             = var.select
      FORWARDER_RULES              = local.has_rules ? local.rules : ""
      FORWARDER_SIDECARS           = join(",", var.sidecars)
      FORWARDER_TRIM               = var.trim
      FORWARDER_KEEP_FIELDS        = join(",", var.keep_fields)
      FORWARDER_DROP_FIELDS        = join(",", var.drop_fields)
      FORWARDER_REDACT             = var.redact ? "on" : "off"
      FORWARDER_ENRICH             = var.enrich ? "on" : "off"
      FORWARDER_LOG_GROUP          = var.log_group
      FORWARDER_FALLBACK_LOG_GROUP = var.fallback_log_group
      FORWARDER_RETENTION_DAYS     = tostring(var.retention_days)
      FORWARDER_LOG_CLASS          = var.log_class
      FORWARDER_KMS_KEY_ARN        = local.has_kms_key ? var.kms_key_arn : ""
      FORWARDER_TAGS               = join(",", [for key, value in local.tags : "${key}=${value}"])
      FORWARDER_ON_REJECTED        = var.on_rejected
      FORWARDER_METRICS            = var.metrics
      FORWARDER_METRICS_BY_CLUSTER = var.metrics_by_cluster ? "on" : "off"
      FORWARDER_ECS_METRICS        = var.ecs_metrics ? "on" : "off"
    },
  )
}

resource "aws_lambda_function" "function" {
  function_name    = var.name
  description      = "Forwards Amazon ECS events to the log group of their cluster"
  filename         = var.zip
  source_code_hash = filebase64sha256(var.zip)
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = [var.architecture]
  memory_size      = 128
  timeout          = 30
  role             = aws_iam_role.role.arn

  logging_config {
    log_group  = aws_cloudwatch_log_group.function.name
    log_format = "JSON"
    # Lambda's own start and report lines are INFO: at WARN a successful invocation is silent.
    system_log_level = "WARN"
    # A line without a level counts as INFO.
    application_log_level = "INFO"
  }

  # An empty value counts as unset, so it need not take room in Lambda's 4 KB.
  environment {
    variables = { for name, value in local.environment : name => value if value != "" }
  }
}

resource "aws_lambda_function_event_invoke_config" "function" {
  function_name          = aws_lambda_function.function.function_name
  maximum_retry_attempts = 2

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failure.arn
    }
  }

  # Lambda checks that the role may write there.
  depends_on = [aws_iam_role_policy.forward]
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.function_log_retention_days
}
