# The rule filters as much as it can, because events that it rejects cost nothing.
module "pattern" {
  source = "./pattern"

  sources      = var.sources
  select       = var.select
  clusters     = var.clusters
  event_types  = var.event_types
  detail_types = var.detail_types
  has_rules    = local.has_rules
}

locals {
  event_pattern = var.event_pattern == null ? module.pattern.event_pattern : var.event_pattern
}

# The quota can be raised, so this only warns.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
check "the_event_pattern_fits" {
  assert {
    condition     = length(local.event_pattern) <= 2048
    error_message = "The event pattern has more than 2,048 characters, and EventBridge may refuse it: set event_pattern to what \"ecs-events pattern --compact\" prints."
  }
}

resource "aws_cloudwatch_event_rule" "rule" {
  name          = var.name
  description   = "Amazon ECS events for the function of the same name"
  event_pattern = local.event_pattern
}

resource "aws_lambda_permission" "rule" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.rule.arn
}

# The rule is live from here on.
resource "aws_cloudwatch_event_target" "function" {
  rule      = aws_cloudwatch_event_rule.rule.name
  target_id = "Function"
  arn       = aws_lambda_function.function.arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  # EventBridge does not retry a missing permission: it sends the event to the dead-letter queue at
  # once, or loses it if it may not write there either. Before the first event comes, the function can
  # write, and can hand over the events that it fails on.
  depends_on = [
    aws_lambda_permission.rule,
    aws_sqs_queue_policy.undelivered,
    aws_iam_role_policy.forward,
    aws_lambda_function_event_invoke_config.function,
  ]
}
