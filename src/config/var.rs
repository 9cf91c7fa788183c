//! The variables, which are the function's public interface. Tests compare them with
//! `docs/configuration.md` and with the template.

/// One environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its value when it is unset or empty.
    pub default: &'static str,
    /// Its purpose, in one line.
    pub meaning: &'static str,
}

/// The prefix of all names.
pub const PREFIX: &str = "FORWARDER_";

macro_rules! variables {
    ($($constant:ident, $name:literal, $default:literal, $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub const $constant: Variable =
                Variable { name: $name, default: $default, meaning: $meaning };
        )*
        /// All of them, in the order in which they are documented.
        pub const ALL: &[Variable] = &[$($constant),*];
    };
}

variables! {
    SOURCES, "FORWARDER_SOURCES", "aws.ecs", "accepted event sources";
    SELECT, "FORWARDER_SELECT", "everything",
        "which of the events that the lists or rules keep are stored: everything, lifecycle or problems";
    CLUSTERS, "FORWARDER_CLUSTERS", "*", "cluster names";
    EVENT_TYPES, "FORWARDER_EVENT_TYPES", "INFO,WARN,ERROR", "event types, native or derived";
    DETAIL_TYPES, "FORWARDER_DETAIL_TYPES", "ECS *", "EventBridge detail-types";
    EVENT_NAMES, "FORWARDER_EVENT_NAMES", "*", "eventName of the kinds that carry one";
    SERVICES, "FORWARDER_SERVICES", "*", "service names";
    TASK_STATUSES, "FORWARDER_TASK_STATUSES", "*", "lastStatus of tasks";
    RULES, "FORWARDER_RULES", "", "JSON array of rules that replaces the six lists above";
    SIDECARS, "FORWARDER_SIDECARS", "aws-guardduty-agent*,ecs-service-connect-*",
        "names of containers that never make a task a problem, unless it has no other container";
    TRIM, "FORWARDER_TRIM", "lean", "how much of each event to keep: full, lean or minimal";
    KEEP_FIELDS, "FORWARDER_KEEP_FIELDS", "", "fields to keep although the profile removes them";
    DROP_FIELDS, "FORWARDER_DROP_FIELDS", "", "fields to remove although the profile keeps them";
    REDACT, "FORWARDER_REDACT", "on",
        "replace environment values, strings named like a secret, and the user, password and signed query of a URL";
    ENRICH, "FORWARDER_ENRICH", "on", "add the forwarder object";
    LOG_GROUP, "FORWARDER_LOG_GROUP", "/aws/events/ecs/containerinsights/{cluster}/performance",
        "log group name, with {cluster}, {account} and {region}";
    FALLBACK_LOG_GROUP, "FORWARDER_FALLBACK_LOG_GROUP",
        "/aws/events/ecs/containerinsights/_unresolved/performance",
        "log group for events whose cluster is unknown";
    RETENTION_DAYS, "FORWARDER_RETENTION_DAYS", "7", "retention in days of log groups that the forwarder creates";
    LOG_CLASS, "FORWARDER_LOG_CLASS", "STANDARD", "class of log groups that the forwarder creates";
    KMS_KEY_ARN, "FORWARDER_KMS_KEY_ARN", "", "KMS key of log groups that the forwarder creates";
    TAGS, "FORWARDER_TAGS", "", "tags of log groups that the forwarder creates, as key=value,key=value";
    ON_REJECTED, "FORWARDER_ON_REJECTED", "restamp",
        "what to do with log events that CloudWatch Logs rejects as too old or too new: restamp or fail";
    METRICS, "FORWARDER_METRICS", "off", "CloudWatch metrics of the forwarder: off, core or detailed";
    METRICS_BY_CLUSTER, "FORWARDER_METRICS_BY_CLUSTER", "off", "write the forwarder's metrics for each cluster as well";
    ECS_METRICS, "FORWARDER_ECS_METRICS", "off",
        "CloudWatch metrics about ECS itself: stopped tasks, failed deployments, placement failures";
}
