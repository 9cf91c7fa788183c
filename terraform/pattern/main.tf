# The event pattern of the rule, as pure expressions: what a rule can decide costs nothing there.
#
# The law: the pattern matches every event that the function would keep. So a list with an exclusion
# adds no condition, nor does one with the item "*", and rules are left to the function.

locals {
  clusters_in_pattern = !(
    var.has_rules
    || anytrue([for it in var.clusters : startswith(it, "!")])
    || contains(var.clusters, "*")
  )
  clusters_are_literal = !strcontains(join("", var.clusters), "*")

  detail_types_in_pattern = !(
    var.has_rules
    || anytrue([for it in var.detail_types : startswith(it, "!")])
    || contains(var.detail_types, "*")
  )
  detail_types_are_default = join(",", var.detail_types) == "ECS *"
  detail_types_are_literal = !strcontains(join("", var.detail_types), "*")

  event_types_are_named = !(
    var.has_rules
    || anytrue([for it in var.event_types : startswith(it, "!")])
    || contains(var.event_types, "*")
  )
  lacks_info  = local.event_types_are_named && !contains(var.event_types, "INFO")
  lacks_warn  = local.event_types_are_named && !contains(var.event_types, "WARN")
  lacks_error = local.event_types_are_named && !contains(var.event_types, "ERROR")

  event_types_in_pattern = local.lacks_info || var.select == "problems"

  # Events that lack the field match: the function finds their cluster elsewhere.
  # A bus takes 30 rules with wildcards, so names alone are suffixes.
  cluster_arn = concat(
    [jsonencode({ exists = false }), "null"],
    [for it in var.clusters : jsonencode({ suffix = "/${it}" }) if local.clusters_are_literal],
    [for it in var.clusters : jsonencode({ wildcard = "*:cluster/${it}" }) if !local.clusters_are_literal],
  )

  # The function derives a type for events that carry none, tasks among them. A type that nobody
  # knows yet counts as ERROR. The eventType of CloudTrail's records is no severity, and they may be
  # WARN.
  event_type = concat(
    [jsonencode({ exists = false }), "null"],
    local.lacks_error ? [for it in ["WARN", "WARNING", "AwsApiCall", "AwsServiceEvent"] : jsonencode(it)] : [
      local.lacks_warn
      ? jsonencode({ "anything-but" = ["INFO", "WARN", "WARNING"] })
      : jsonencode({ "anything-but" = "INFO" })
    ],
  )

  detail_type = concat(
    [for it in var.detail_types : jsonencode({ prefix = "ECS " }) if local.detail_types_are_default],
    [for it in var.detail_types : jsonencode(it) if local.detail_types_are_literal],
    [
      for it in var.detail_types : jsonencode({ wildcard = it })
      if !local.detail_types_are_default && !local.detail_types_are_literal
    ],
  )

  detail = compact([
    local.clusters_in_pattern ? "\"clusterArn\":[${join(",", local.cluster_arn)}]" : "",
    local.event_types_in_pattern ? "\"eventType\":[${join(",", local.event_type)}]" : "",
  ])

  # Texts are joined, because jsonencode would sort the keys.
  pattern = "{${join(",", compact([
    "\"source\":${jsonencode(var.sources)}",
    local.detail_types_in_pattern ? "\"detail-type\":[${join(",", local.detail_type)}]" : "",
    length(local.detail) > 0 ? "\"detail\":{${join(",", local.detail)}}" : "",
  ]))}}"
}
