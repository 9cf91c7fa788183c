# A member account: hands its ECS events to the default event bus of the central account.

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  topics    = var.alarm_topic_arn == null ? [] : [var.alarm_topic_arn]

  permissions_boundary = var.permissions_boundary == null ? null : (
    startswith(var.permissions_boundary, "arn:") ? var.permissions_boundary
    : "arn:${local.partition}:iam::${local.account}:policy/${var.permissions_boundary}"
  )
}

resource "aws_cloudwatch_event_rule" "rule" {
  name          = var.name
  description   = "Hands Amazon ECS events to the central account"
  event_pattern = var.event_pattern
}

# The rule is live from here on.
resource "aws_cloudwatch_event_target" "central" {
  rule      = aws_cloudwatch_event_rule.rule.name
  target_id = "central"
  arn       = var.central_bus_arn
  role_arn  = aws_iam_role.role.arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  # EventBridge does not retry a missing permission.
  depends_on = [aws_iam_role_policy.put_events, aws_sqs_queue_policy.undelivered]
}

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
resource "aws_iam_role" "role" {
  # Names of roles are global to an account, not to a Region; a prefix has at most 38 characters.
  name_prefix          = substr("${var.name}-", 0, 38)
  description          = "Lets EventBridge put ECS events on the central account's bus"
  permissions_boundary = local.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnEquals    = { "aws:SourceArn" = aws_cloudwatch_event_rule.rule.arn }
      }
    }]
  })
}

resource "aws_iam_role_policy" "put_events" {
  name = "put-events"
  role = aws_iam_role.role.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "HandOver"
      Effect   = "Allow"
      Action   = "events:PutEvents"
      Resource = var.central_bus_arn
    }]
  })
}

resource "aws_sqs_queue" "undelivered" {
  name                      = "${var.name}-undelivered"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "FromTheRule"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.undelivered.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.rule.arn } }
    }]
  })
}

locals {
  alarms = {
    undelivered = {
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      statistic   = "Maximum"
      dimensions  = { QueueName = aws_sqs_queue.undelivered.name }
      description = "Events wait in ${aws_sqs_queue.undelivered.name}: EventBridge could not put them on ${var.central_bus_arn}. Allow this account in that bus's policy. Then send the messages' bodies to the failure queue of the central account, which the forwarder there empties with process_dead_letters = true."
    }
    lost = {
      namespace   = "AWS/Events"
      metric      = "InvocationsFailedToBeSentToDlq"
      statistic   = "Sum"
      dimensions  = { RuleName = aws_cloudwatch_event_rule.rule.name }
      description = "EventBridge could put events neither on ${var.central_bus_arn} nor in ${aws_sqs_queue.undelivered.name}: they are lost. The queue or its policy may be missing or changed: apply again."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.topics
  ok_actions          = var.ok_actions ? local.topics : []
}
