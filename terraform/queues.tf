# Events that EventBridge could not hand over to the function.
resource "aws_sqs_queue" "undelivered" {
  name                      = "${var.name}-undelivered"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
  # Six times the function's timeout.
  # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  visibility_timeout_seconds = 180

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.parked.arn
    # A throttled invocation counts as a receive, too.
    maxReceiveCount = 5
  })
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.undelivered.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.rule.arn } }
    }]
  })
}

# Events that the function failed on; Lambda sends them here with the function's role.
resource "aws_sqs_queue" "failure" {
  name                       = "${var.name}-failure"
  sqs_managed_sse_enabled    = true
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 180

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.parked.arn
    # A throttled invocation counts as a receive, too.
    maxReceiveCount = 5
  })
}

# Messages that could not be stored in five more attempts. Nothing reads them: someone should look.
resource "aws_sqs_queue" "parked" {
  name                      = "${var.name}-parked"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600

  # It holds the only copy. The README says how to destroy the rest.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_lambda_event_source_mapping" "undelivered" {
  function_name           = aws_lambda_function.function.function_name
  event_source_arn        = aws_sqs_queue.undelivered.arn
  enabled                 = var.process_dead_letters
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 2
  }

  # Lambda checks that the role may read there.
  depends_on = [aws_iam_role_policy.forward]
}

resource "aws_lambda_event_source_mapping" "failure" {
  function_name           = aws_lambda_function.function.function_name
  event_source_arn        = aws_sqs_queue.failure.arn
  enabled                 = var.process_dead_letters
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 2
  }

  depends_on = [aws_iam_role_policy.forward]
}
