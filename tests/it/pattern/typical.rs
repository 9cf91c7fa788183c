//! Policies as operators have them, for the tests whose patterns are reviewed by eye.

use super::policy;
use ecs_event_forwarder::pattern::Condition;
use ecs_event_forwarder::policy::Policy;

pub(super) type Typical = (&'static str, &'static [(&'static str, &'static str)]);

pub(super) const TYPICAL: &[Typical] = &[
    ("default", &[]),
    ("one cluster", &[("FORWARDER_CLUSTERS", "prod")]),
    ("clusters by glob", &[("FORWARDER_CLUSTERS", "prod*,*-live")]),
    ("but one cluster", &[("FORWARDER_CLUSTERS", "!dev")]),
    ("but some clusters", &[("FORWARDER_CLUSTERS", "!dev,!test-*")]),
    ("problems", &[("FORWARDER_EVENT_TYPES", "WARN,ERROR")]),
    ("errors of a cluster", &[("FORWARDER_EVENT_TYPES", "ERROR"), ("FORWARDER_CLUSTERS", "prod")]),
    (
        "stops, no steady state",
        &[
            ("FORWARDER_TASK_STATUSES", "STOPPED"),
            ("FORWARDER_EVENT_NAMES", "!SERVICE_STEADY_STATE,!CAPACITY_PROVIDER_STEADY_STATE"),
        ],
    ),
    ("services", &[("FORWARDER_SERVICES", "web,checkout-*")]),
    ("but some services", &[("FORWARDER_SERVICES", "!batch-*,!nightly-*")]),
    (
        "stops, no hooks",
        &[
            ("FORWARDER_DETAIL_TYPES", "ECS *,!ECS Hook State Change"),
            ("FORWARDER_TASK_STATUSES", "STOPPED"),
        ],
    ),
    (
        "tasks of a service",
        &[
            ("FORWARDER_DETAIL_TYPES", "ECS Task State Change,ECS Container Instance State Change"),
            ("FORWARDER_SERVICES", "web"),
        ],
    ),
    (
        "deployments of a cluster",
        &[
            ("FORWARDER_DETAIL_TYPES", "ECS Deployment State Change,ECS Service Action"),
            ("FORWARDER_CLUSTERS", "prod"),
        ],
    ),
    ("with CloudTrail", &[("FORWARDER_DETAIL_TYPES", "*"), ("FORWARDER_CLUSTERS", "prod")]),
    (
        "two rules",
        &[(
            "FORWARDER_RULES",
            r#"[{"clusters":["prod"]},{"clusters":["!prod"],"eventTypes":["ERROR"]}]"#,
        )],
    ),
    (
        "more clusters",
        &[
            ("FORWARDER_EVENT_TYPES", "WARN,ERROR"),
            ("FORWARDER_CLUSTERS", "prod,prod-eu-west-1,prod-us-east-1,payments-live,search-live"),
            ("FORWARDER_SERVICES", "web"),
        ],
    ),
    ("lifecycle", &[("FORWARDER_SELECT", "lifecycle")]),
    (
        "lifecycle of a cluster",
        &[("FORWARDER_SELECT", "lifecycle"), ("FORWARDER_CLUSTERS", "prod")],
    ),
    ("lifecycle of a service", &[("FORWARDER_SELECT", "lifecycle"), ("FORWARDER_SERVICES", "web")]),
    ("problems by one word", &[("FORWARDER_SELECT", "problems")]),
    (
        "problems of two rules",
        &[
            ("FORWARDER_SELECT", "problems"),
            ("FORWARDER_RULES", r#"[{"clusters":["prod"]},{"services":["web"]}]"#),
        ],
    ),
    ("own source", &[("FORWARDER_SOURCES", "aws.ecs,my.ecs"), ("FORWARDER_EVENT_TYPES", "INFO")]),
];

/// The policy with this name.
pub(super) fn typical(name: &str) -> Policy {
    let (_, settings) = TYPICAL.iter().find(|(typical, _)| *typical == name).expect(name);
    policy(settings)
}

/// The names of conditions.
pub(super) fn join(conditions: &[Condition]) -> String {
    let names: Vec<_> = conditions.iter().map(Condition::to_string).collect();
    names.join(", ")
}
