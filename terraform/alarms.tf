locals {
  topics   = var.alarm_topic_arn == null ? [] : [var.alarm_topic_arn]
  function = aws_lambda_function.function.function_name

  on_function = { FunctionName = local.function }
  on_rule     = { RuleName = aws_cloudwatch_event_rule.rule.name }

  # Each alarm goes off when its metric is above 0 within five minutes.
  alarms = {
    parked = {
      exists      = true
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      statistic   = "Maximum"
      dimensions  = { QueueName = aws_sqs_queue.parked.name }
      description = "Events from the dead-letter queues of ${local.function} failed five more times when they were drained, and are now in ${aws_sqs_queue.parked.name}. SQS deletes them 14 days after they were first queued. Read the cause in the function's log group, remove it, and move the messages back with aws sqs start-message-move-task."
    }
    errors = {
      exists      = var.alarms
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      statistic   = "Sum"
      dimensions  = local.on_function
      description = "${local.function} failed. Lambda retries an event twice, then sends it to ${aws_sqs_queue.failure.name}. Look up the errorType of the function's log group in docs/errors.md: it names the cause and the cure."
    }
    throttles = {
      exists      = var.alarms
      namespace   = "AWS/Lambda"
      metric      = "Throttles"
      statistic   = "Sum"
      dimensions  = local.on_function
      description = "Lambda throttled ${local.function}: the account or the function has no concurrency left. Lambda retries for six hours. Raise the account's quota, or the function's reserved concurrency."
    }
    # Lambda has no such metric in China.
    async_events_dropped = {
      exists      = var.alarms && local.partition != "aws-cn"
      namespace   = "AWS/Lambda"
      metric      = "AsyncEventsDropped"
      statistic   = "Sum"
      dimensions  = local.on_function
      description = "Lambda gave up on events for ${local.function}, because the function failed or was throttled for too long. They are in ${aws_sqs_queue.failure.name}: remove the cause, then apply with process_dead_letters = true. If the alarm on DestinationDeliveryFailures is red, too, they are lost."
    }
    destination_delivery_failures = {
      exists      = var.alarms
      namespace   = "AWS/Lambda"
      metric      = "DestinationDeliveryFailures"
      statistic   = "Sum"
      dimensions  = local.on_function
      description = "Lambda could not send failed events of ${local.function} to ${aws_sqs_queue.failure.name}: they are lost. Allow the function's role sqs:SendMessage on that queue; look for a permissions boundary or a service control policy that denies it."
    }
    failed_invocations = {
      exists      = var.alarms
      namespace   = "AWS/Events"
      metric      = "FailedInvocations"
      statistic   = "Sum"
      dimensions  = local.on_rule
      description = "EventBridge could not invoke ${local.function}. Its permission for the rule may be missing, or the function is gone. The events are in ${aws_sqs_queue.undelivered.name}: apply again, then set process_dead_letters = true."
    }
    lost = {
      exists      = var.alarms
      namespace   = "AWS/Events"
      metric      = "InvocationsFailedToBeSentToDlq"
      statistic   = "Sum"
      dimensions  = local.on_rule
      description = "EventBridge could send events for ${local.function} neither to the function nor to ${aws_sqs_queue.undelivered.name}: they are lost. The queue or its policy may be missing or changed: apply again."
    }
    undelivered = {
      exists      = var.alarms
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      statistic   = "Maximum"
      dimensions  = { QueueName = aws_sqs_queue.undelivered.name }
      description = "Events wait in ${aws_sqs_queue.undelivered.name} of ${local.function}: EventBridge could not deliver them to the function. Remove the cause (a missing permission, or throttling for a day), then apply with process_dead_letters = true."
    }
    failure = {
      exists      = var.alarms
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      statistic   = "Maximum"
      dimensions  = { QueueName = aws_sqs_queue.failure.name }
      description = "Events wait in ${aws_sqs_queue.failure.name} of ${local.function}: the function failed on each of them three times. Read the cause in its log group, remove it, then apply with process_dead_letters = true."
    }
    failed = {
      exists      = var.alarms && var.metrics != "off"
      namespace   = "EcsEventForwarder"
      metric      = "Failed"
      statistic   = "Sum"
      dimensions  = local.on_function
      description = "${local.function} could neither store nor drop events; their queue or Lambda will retry them. Look up the errorType of the function's log group in docs/errors.md: it names the cause and the cure."
    }
    failed_deployments = {
      exists      = var.alarms && var.ecs_metrics
      namespace   = "EcsEventForwarder"
      metric      = "FailedDeployments"
      statistic   = "Sum"
      dimensions  = local.on_function
      description = "A deployment of an ECS service failed. The saved query \"deployments\", or \"ecs-events timeline\", shows which one and why; \"deployment-story\" shows what to fix."
    }
    out_of_memory = {
      exists      = var.alarms && var.ecs_metrics
      namespace   = "EcsEventForwarder"
      metric      = "StoppedTasks"
      statistic   = "Sum"
      dimensions  = merge(local.on_function, { StopCategory = "out_of_memory" })
      description = "A container of an ECS task used more memory than its limit, and ECS stopped the task. The saved query \"stopped-tasks\", or \"ecs-events timeline\", shows which one: raise the limit, or fix the leak."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = { for name, alarm in local.alarms : name => alarm if alarm.exists }

  alarm_name          = "${var.name}-${replace(each.key, "_", "-")}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  # An idle queue reports no metric, and a metric that counted nothing is not written.
  treat_missing_data = "notBreaching"
  alarm_actions      = local.topics
  ok_actions         = var.ok_actions ? local.topics : []
}

resource "aws_cloudwatch_metric_alarm" "silence" {
  count = var.alarms && var.silence_hours > 0 ? 1 : 0

  alarm_name          = "${var.name}-silence"
  alarm_description   = "${local.function} was not invoked for ${var.silence_hours} hours. The rule may be disabled or gone, or may not invoke the function: apply again. If your clusters are quiet for so long, raise silence_hours."
  namespace           = "AWS/Lambda"
  metric_name         = "Invocations"
  dimensions          = local.on_function
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = var.silence_hours
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  # A function that is not invoked reports no metric.
  treat_missing_data = "breaching"
  alarm_actions      = local.topics
  ok_actions         = var.ok_actions ? local.topics : []

  # Without a warm-up, a new alarm is red until the first event. The warm-up ends as soon as there is
  # enough data; this is the longest that CloudWatch allows.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_WarmUpConfiguration.html
  warm_up_configuration {
    warm_up_period_duration_in_minutes = 2880
  }
}
