locals {
  # The other log class has neither discovered fields nor indexes.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
  has_field_discovery = var.log_class == "STANDARD"

  has_dashboard_events = (
    local.has_field_discovery
    && length(var.dashboard_clusters) > 0
    && var.log_group == "/aws/events/ecs/containerinsights/{cluster}/performance"
  )

  # The placeholders in the file.
  dashboard_values = {
    "$${AWS::Region}"                = local.region
    "$${Function}"                   = aws_lambda_function.function.function_name
    "$${Rule}"                       = aws_cloudwatch_event_rule.rule.name
    "$${UndeliveredQueue.QueueName}" = aws_sqs_queue.undelivered.name
    "$${FailureQueue.QueueName}"     = aws_sqs_queue.failure.name
    "$${ParkedQueue.QueueName}"      = aws_sqs_queue.parked.name
    "$${IngestionPrice}"             = tostring(var.ingestion_price)
    "$${LogGroups}" = join(" | ", [
      for name in var.dashboard_clusters : "SOURCE '/aws/events/ecs/containerinsights/${name}/performance'"
    ])
  }

  dashboard_file = jsondecode(file("${path.module}/../dashboard/dashboard.json"))

  # Each part of the dashboard begins with a text: health, savings, events.
  dashboard_headings = [for index, widget in local.dashboard_file.widgets : index if widget.type == "text"]
  dashboard_widgets = [
    for index, widget in local.dashboard_file.widgets : jsonencode(widget)
    if index < local.dashboard_headings[1]
    || (var.metrics != "off" && index >= local.dashboard_headings[1] && index < local.dashboard_headings[2])
    || (local.has_dashboard_events && index >= local.dashboard_headings[2])
  ]
  dashboard_text = "{\"start\":${jsonencode(local.dashboard_file.start)},\"widgets\":[${join(",", local.dashboard_widgets)}]}"

  # Splits the text at the placeholders, and puts the values in their place.
  dashboard_body = join("", [
    for part in regexall("\\$\\{[A-Za-z:.]+\\}|[^$]+|\\$", local.dashboard_text) :
    lookup(local.dashboard_values, part, part)
  ])
}

resource "aws_cloudwatch_dashboard" "dashboard" {
  count = var.dashboard ? 1 : 0

  # Names of dashboards are global to an account, not to a Region.
  dashboard_name = "${var.name}-${local.region}"
  dashboard_body = local.dashboard_body
}

# They name no log groups, because those of new clusters would be missing.
resource "aws_cloudwatch_query_definition" "query" {
  for_each = toset([
    for file in fileset("${path.module}/../queries", "*.query") : trimsuffix(file, ".query")
    if var.saved_queries && local.has_field_discovery
  ])

  name         = "${var.name}/${each.key}"
  query_string = file("${path.module}/../queries/${each.key}.query")
}

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs-Field-Indexing.html
resource "aws_cloudwatch_log_account_policy" "field_indexes" {
  count = var.field_indexes && local.has_field_discovery ? 1 : 0

  policy_name        = var.name
  policy_type        = "FIELD_INDEX_POLICY"
  scope              = "ALL"
  selection_criteria = "LogGroupNamePrefix IN [\"${local.log_group_prefix}\"]"

  policy_document = jsonencode({
    Fields = [
      "forwarder.cluster",
      "forwarder.service",
      "forwarder.eventType",
      "forwarder.stopCategory",
      "detail.taskArn",
      "detail.deploymentId",
      "detail-type",
      "id",
    ]
  })
}
