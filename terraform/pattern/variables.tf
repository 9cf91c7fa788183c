# Validation is the caller's: ../variables.tf takes only what can be passed on.

variable "sources" {
  description = "Event sources that are accepted."
  type        = list(string)
}

variable "select" {
  description = "everything, lifecycle or problems."
  type        = string
}

variable "clusters" {
  description = "Cluster names, globs, and exclusions that begin with !."
  type        = list(string)
}

variable "event_types" {
  description = "INFO, WARN, ERROR, * or one of them after !."
  type        = list(string)
}

variable "detail_types" {
  description = "Detail-types, globs, and exclusions that begin with !."
  type        = list(string)
}

variable "has_rules" {
  description = "Whether rules replace the lists. The pattern then decides by sources and select alone."
  type        = bool
}
