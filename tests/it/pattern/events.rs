//! Generated events of every kind. Each field is usual, odd, null or missing.
//!
//! They meet the preconditions of `pattern`: a text field holds a text or null, and clusters and
//! services have names that ECS allows.

use ecs_event_forwarder::event::EventKind;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

pub(super) const CLUSTERS: &[&str] = &["prod", "prod-eu", "prod_test", "staging", "dev", "p"];
pub(super) const SERVICES: &[&str] = &["web", "web-api", "checkout", "worker", "w_1", "prod"];
pub(super) const UNKNOWN_KINDS: &[&str] =
    &["ECS Capacity Reservation State Change", "ECS Service Action 2", "Odd \\ \"kind\"", ""];
pub(super) const EVENT_NAMES: &[&str] = &[
    "SERVICE_STEADY_STATE",
    "TASKSET_STEADY_STATE",
    "SERVICE_TASK_START_IMPAIRED",
    "SERVICE_DEPLOYMENT_FAILED",
    "SERVICE_DEPLOYMENT_COMPLETED",
    "CAPACITY_PROVIDER_STEADY_STATE",
    "UpdateService",
    "RunTask",
    "",
];
pub(super) const STATUSES: &[&str] = &[
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
    "SOMETHING_NEW",
    "",
];
pub(super) const SOURCES: &[&str] = &["aws.ecs", "my.ecs", "aws.ec2"];

const PARTITIONS: &[&str] =
    &["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"];
const EVENT_TYPES: &[&str] =
    &["INFO", "WARN", "WARNING", "ERROR", "CRITICAL", "info", "AwsApiCall", "AwsServiceEvent", ""];
const STOP_CODES: &[&str] = &[
    "TaskFailedToStart",
    "EssentialContainerExited",
    "UserInitiated",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TerminationNotice",
    "InfrastructureHealth",
    "SomethingNew",
    "",
];
const REASONS: &[&str] = &[
    "Scaling activity initiated by (deployment ecs-svc/1)",
    "Task stopped by user",
    "Task failed ELB health checks in (target-group x)",
    "Task failed container health checks",
    "OutOfMemoryError: Container killed due to memory usage",
    "CannotPullContainer",
    "CannotPullContainerError: no such image",
    "ResourceInitializationError: no secret",
    "ClientException: no room",
    "SpotInterruptionError: taken back",
    "An Error: with words before it",
    "Essential container in task exited",
    "Host EC2 (instance i-1) terminated.",
    "Your Spot Task was interrupted.",
    "Task failed to start",
    "ECS is performing maintenance on the underlying infrastructure hosting the task.",
    "Container instance deregistration forced by user",
    "the container instance is in DRAINING state",
    "(service web) (port 80) is unhealthy in (target-group x)",
    "Task stopped for availability zone rebalancing",
    "Task of (service rebalancing) replaced",
    "Scaling activity initiated by (service Host EC2) rebalancing",
    "Replaced: Scaling activity initiated by (deployment ecs-svc/1)",
    "Scaling activity of another kind, ECS is performing maintenance",
    "CannotPull",
    "TimeoutError: cancelled by kim",
    "OutOfMemory",
    "Grüße: ☃",
    "",
];
const GROUPS: &[&str] =
    &["family:web", "family:web:3", "daemon:agent", "standalone", "service", ""];

/// The values of each field, and the kinds that usually have it.
struct Field {
    name: &'static str,
    usual: fn(&EventKind<'_>) -> bool,
    value: fn() -> BoxedStrategy<Value>,
}

const FIELDS: &[Field] = &[
    Field {
        name: "clusterArn",
        usual: |kind| *kind != EventKind::Deployment && !is_record(kind),
        value: cluster_arn,
    },
    Field { name: "eventType", usual: has_name, value: || text(EVENT_TYPES) },
    Field { name: "eventName", usual: has_name, value: || text(EVENT_NAMES) },
    Field { name: "group", usual: is_task, value: group },
    Field { name: "lastStatus", usual: is_task, value: || text(STATUSES) },
    Field { name: "desiredStatus", usual: is_task, value: || text(&["RUNNING", "STOPPED"]) },
    Field { name: "startedBy", usual: |_| false, value: || text(&["ecs-svc/1", "kim", ""]) },
    Field { name: "stopCode", usual: is_task, value: || text(STOP_CODES) },
    Field { name: "stoppedReason", usual: is_task, value: || text(REASONS) },
    Field { name: "containers", usual: is_task, value: containers },
    Field {
        name: "status",
        usual: |kind| *kind == EventKind::ContainerInstance,
        value: || text(&["ACTIVE", "DRAINING", "ACTIVE", "REGISTRATION_FAILED", "SOMETHING_NEW"]),
    },
    Field {
        name: "agentUpdateStatus",
        usual: |kind| *kind == EventKind::ContainerInstance,
        value: || text(&["PENDING", "UPDATED", "FAILED"]),
    },
    Field {
        name: "version",
        usual: |kind| matches!(kind, EventKind::Task | EventKind::ContainerInstance),
        value: version,
    },
    Field {
        name: "containerInstanceArn",
        usual: |kind| *kind == EventKind::ContainerInstance,
        value: || arn(one_of(CLUSTERS).prop_map(|name| format!("container-instance/{name}/1"))),
    },
    Field {
        name: "overallStatus",
        usual: |kind| *kind == EventKind::ContainerInstanceHealth,
        value: || text(&["OK", "IMPAIRED", "INSUFFICIENT_DATA", "INITIALIZING"]),
    },
    Field { name: "serviceName", usual: has_name, value: || text(SERVICES) },
    Field { name: "service", usual: |_| false, value: service },
    Field { name: "serviceArn", usual: |kind| *kind == EventKind::Hook, value: service },
    Field {
        name: "requestParameters",
        usual: is_record,
        value: || {
            let cluster = prop_oneof![text(CLUSTERS), cluster_arn()].boxed();
            members(vec![
                ("cluster", perhaps(true, cluster)),
                ("serviceName", perhaps(false, service())),
                ("service", perhaps(true, service())),
            ])
            .prop_map(Value::Object)
            .boxed()
        },
    },
    Field {
        name: "responseElements",
        usual: is_record,
        value: || {
            let failures = select(vec![json!([]), json!([{ "reason": "AGENT" }]), json!(null)]);
            let task = cluster_arn().prop_map(|arn| json!([{ "clusterArn": arn }]));
            members(vec![
                ("failures", perhaps(true, failures.boxed())),
                ("tasks", perhaps(false, task.boxed())),
            ])
            .prop_map(Value::Object)
            .boxed()
        },
    },
    Field {
        name: "serviceEventDetails",
        usual: |kind| *kind == EventKind::CloudTrailServiceEvent,
        value: || cluster_arn().prop_map(|arn| json!({ "clusterArn": arn })).boxed(),
    },
    Field { name: "errorCode", usual: |_| false, value: || text(&["AccessDenied", ""]) },
];

fn is_record(kind: &EventKind<'_>) -> bool {
    matches!(kind, EventKind::CloudTrail | EventKind::CloudTrailServiceEvent)
}

fn cluster_arn() -> BoxedStrategy<Value> {
    arn(one_of(CLUSTERS).prop_map(|name| format!("cluster/{name}")))
}

fn is_task(kind: &EventKind<'_>) -> bool {
    *kind == EventKind::Task
}

fn has_name(kind: &EventKind<'_>) -> bool {
    match kind {
        EventKind::Task | EventKind::ContainerInstance | EventKind::ContainerInstanceHealth => {
            false
        }
        EventKind::ServiceAction
        | EventKind::Deployment
        | EventKind::Hook
        | EventKind::DaemonServiceAction
        | EventKind::DaemonDeployment
        | EventKind::CloudTrail
        | EventKind::CloudTrailServiceEvent
        | EventKind::Other(_) => true,
    }
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> + Clone {
    select(texts)
}

fn text(texts: &'static [&'static str]) -> BoxedStrategy<Value> {
    one_of(texts).prop_map(Value::from).boxed()
}

fn arn(resource: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Value> {
    let region = one_of(&["us-east-1", "cn-north-1", "eusc-de-east-1"]);
    let parts = (one_of(PARTITIONS), region, one_of(&["123456789012", "111122223333"]), resource);
    let arn = |(partition, region, account, resource)| {
        json!(format!("arn:{partition}:ecs:{region}:{account}:{resource}"))
    };
    parts.prop_map(arn).boxed()
}

fn group() -> BoxedStrategy<Value> {
    let of_service = one_of(SERVICES).prop_map(|name| json!(format!("service:{name}")));
    prop_oneof![4 => of_service, 1 => text(GROUPS)].boxed()
}

fn service() -> BoxedStrategy<Value> {
    let resource = (one_of(CLUSTERS), one_of(SERVICES));
    let resource = resource.prop_map(|(cluster, name)| format!("service/{cluster}/{name}"));
    prop_oneof![text(SERVICES), arn(resource)].boxed()
}

/// Early and late versions, some in unusual spellings.
fn version() -> BoxedStrategy<Value> {
    let odd = select(vec![json!("3"), json!(3.0), json!(0), json!(true), json!(10)]);
    prop_oneof![3 => (1..9_u32).prop_map(Value::from), 1 => odd].boxed()
}

fn containers() -> BoxedStrategy<Value> {
    let codes = [json!(0), json!(137), json!(143), json!(1), json!("1"), json!("0"), Value::Null];
    let code = select(codes.to_vec());
    let name = one_of(&["app", "app", "log_router", "aws-guardduty-agent-x", ""]);
    let reason = prop_oneof![5 => text(REASONS), 1 => Just(Value::Null)];
    let container = (name, option::of(code), option::weighted(0.3, reason));
    let container = container.prop_map(|(name, code, reason)| {
        let fields = [("name", Some(json!(name))), ("exitCode", code), ("reason", reason)];
        let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(fields.collect())
    });
    prop::collection::vec(container, 0..3).prop_map(Value::Array).boxed()
}

/// ARNs of every resource of ECS, some without a cluster, and other texts.
fn resource() -> BoxedStrategy<Value> {
    let of_cluster: &[&str] = &[
        "service",
        "task",
        "container-instance",
        "service-deployment",
        "service-revision",
        "task-set",
        "container",
        "daemon",
        "daemon-deployment",
        "daemon-revision",
        "cluster",
    ];
    let new = (one_of(of_cluster), one_of(CLUSTERS), one_of(SERVICES));
    let new = new.prop_map(|(of, cluster, name)| format!("{of}/{cluster}/{name}"));
    let old = (one_of(&["service", "task", "cluster"]), one_of(CLUSTERS));
    let old = old.prop_map(|(of, name)| format!("{of}/{name}"));
    let without = one_of(&[
        "task-definition/prod:3",
        "capacity-provider/prod",
        "daemon-task-definition/dev:1",
    ]);
    let foreign = one_of(&[
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/prod/1",
        "prod",
        "",
    ]);
    prop_oneof![
        4 => arn(new),
        2 => arn(old),
        1 => arn(without.prop_map(str::to_owned)),
        1 => foreign.prop_map(Value::from),
        1 => Just(Value::Null),
    ]
    .boxed()
}

/// A value that is usually present, or usually absent, and sometimes null.
fn perhaps(is_usual: bool, value: BoxedStrategy<Value>) -> BoxedStrategy<Option<Value>> {
    let (absent, null, there) = if is_usual { (2, 1, 7) } else { (14, 1, 1) };
    let value = value.prop_map(Some);
    prop_oneof![absent => Just(None), null => Just(Some(Value::Null)), there => value].boxed()
}

fn members(
    fields: Vec<(&'static str, BoxedStrategy<Option<Value>>)>,
) -> BoxedStrategy<Map<String, Value>> {
    let fields = fields.into_iter().map(|(name, value)| {
        value.prop_map(move |value| value.map(|value| (name.to_owned(), value)))
    });
    let fields: Vec<_> = fields.collect();
    fields.prop_map(|fields| fields.into_iter().flatten().collect()).boxed()
}

fn event_of(kind: &EventKind<'static>) -> BoxedStrategy<Value> {
    let of_detail = FIELDS.iter().map(|field| {
        let value = perhaps((field.usual)(kind), (field.value)());
        (field.name, value)
    });
    let detail = prop_oneof![
        30 => members(of_detail.collect()).prop_map(Value::Object),
        1 => Just(json!("a text")),
    ];
    let resources = prop::collection::vec(resource(), 0..3).prop_map(Value::Array).boxed();
    let around = members(vec![
        ("resources", perhaps(true, resources)),
        ("detail", prop_oneof![30 => detail.prop_map(Some), 1 => Just(None)].boxed()),
    ]);
    let source = prop_oneof![8 => Just("aws.ecs"), 1 => one_of(SOURCES)];
    let detail_type = kind.detail_type().to_owned();
    let event = (source, around).prop_map(move |(source, mut event)| {
        event.insert("source".to_owned(), json!(source));
        event.insert("detail-type".to_owned(), json!(detail_type));
        Value::Object(event)
    });
    event.boxed()
}

/// An event of any kind.
pub(super) fn event() -> impl Strategy<Value = Value> {
    let known = EventKind::KNOWN;
    let unknown = UNKNOWN_KINDS.iter().map(|name| EventKind::from_detail_type((*name).into()));
    // The default settings drop records, so more of them are generated.
    let kind = |kind| (if is_record(&kind) { 2 } else { 1 }, event_of(&kind));
    prop::strategy::Union::new_weighted(known.into_iter().chain(unknown).map(kind).collect())
}

/// An event whose cluster or service has a name that ECS does not allow.
pub(super) fn event_with_odd_names() -> impl Strategy<Value = Value> {
    let names = one_of(&[
        "..",
        "prod/..",
        "../prod",
        "prod ",
        " prod",
        "prod\u{202e}",
        "pr\u{f6}d",
        "*",
        "",
        "/",
        "prod/",
        ":cluster/prod",
        "prod\n",
        "web.1",
        "web/prod",
    ]);
    let forms = one_of(&["{}", "arn:aws:ecs:us-east-1:123456789012:cluster/{}", ":cluster/{}"]);
    let form = (forms, names.clone()).prop_map(|(form, name)| json!(form.replace("{}", name)));
    let group = names.prop_map(|name| json!(format!("service:{name}")));
    let odd = prop_oneof![
        2 => form.clone().prop_map(|value| ("clusterArn", value)),
        2 => group.prop_map(|value| ("group", value)),
        1 => (one_of(&["serviceName", "service", "serviceArn"]), form),
    ];
    (event(), prop::collection::vec(odd, 1..3)).prop_map(|(mut event, odd)| {
        if let Some(detail) = event.get_mut("detail").and_then(Value::as_object_mut) {
            detail.extend(odd.into_iter().map(|(name, value)| (name.to_owned(), value)));
        }
        event
    })
}
