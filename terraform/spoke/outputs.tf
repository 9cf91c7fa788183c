output "rule_arn" {
  description = "ARN of the rule on this account's default bus"
  value       = aws_cloudwatch_event_rule.rule.arn
}

output "undelivered_queue_url" {
  description = "Events that EventBridge could not hand over"
  value       = aws_sqs_queue.undelivered.url
}
