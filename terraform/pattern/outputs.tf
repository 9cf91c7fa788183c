output "event_pattern" {
  description = "Event pattern, as JSON."
  value       = local.pattern
}
