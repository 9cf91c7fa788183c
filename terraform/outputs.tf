output "function_name" {
  description = "The function"
  value       = aws_lambda_function.function.function_name
}

output "function_arn" {
  description = "ARN of the function"
  value       = aws_lambda_function.function.arn
}

output "rule_name" {
  description = "The rule on the default event bus"
  value       = aws_cloudwatch_event_rule.rule.name
}

output "rule_arn" {
  description = "ARN of the rule, the tag EventBridge-AssociatedRuleArn of the log groups"
  value       = aws_cloudwatch_event_rule.rule.arn
}

output "function_log_group" {
  description = "Log group of the function itself"
  value       = aws_cloudwatch_log_group.function.name
}

output "undelivered_queue_url" {
  description = "Events that EventBridge could not hand over"
  value       = aws_sqs_queue.undelivered.url
}

output "failure_queue_url" {
  description = "Events that the function could not store"
  value       = aws_sqs_queue.failure.url
}

output "parked_queue_url" {
  description = "Events that failed again on their way out of the two queues"
  value       = aws_sqs_queue.parked.url
}
