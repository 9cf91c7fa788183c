//! Policies as operators have them, for the tests that look at patterns by eye.

pub(super) type Typical = (&'static str, &'static [(&'static str, &'static str)]);

pub(super) const TYPICAL: &[Typical] = &[
    ("default", &[]),
    ("one cluster", &[("FORWARDER_CLUSTERS", "prod")]),
    ("clusters by glob", &[("FORWARDER_CLUSTERS", "prod-*,*-live")]),
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
    ("own source", &[("FORWARDER_SOURCES", "aws.ecs,my.ecs"), ("FORWARDER_EVENT_TYPES", "INFO")]),
];
