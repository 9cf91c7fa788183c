//! One event, reduced to the fields that the story needs.

use super::stop::{self, Stop};
use ecs_event_forwarder::event::{EcsEvent, EventKind, EventType};
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::{Json, Value};
use jiff::Timestamp;
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

/// One event, reduced.
#[derive(Clone, Debug)]
pub(crate) struct StoryEvent {
    pub(crate) time_ms: i64,
    /// The event's `id`; of an event without one, a hash of its text.
    pub(crate) id: String,
    pub(crate) event_type: EventType,
    pub(crate) cluster: Option<String>,
    /// The service, or the daemon.
    pub(crate) service: Option<String>,
    /// Partition and region of the ARNs in it.
    pub(super) arn: Option<(String, String)>,
    pub(crate) about: About,
}

/// The subject of an event.
#[derive(Clone, Debug)]
pub(crate) enum About {
    Task(TaskState),
    Instance(InstanceState),
    Deployment(DeploymentStep),
    /// A named happening: service actions, hooks, API calls and kinds that nobody knows yet.
    Action(Action),
}

/// The state of a task.
#[derive(Clone, Debug, Default)]
pub(crate) struct TaskState {
    /// The last part of its ARN.
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) version: Option<u64>,
    pub(crate) group: Option<String>,
    pub(crate) started_by: Option<String>,
    /// Family and revision, as `web:42`.
    pub(crate) definition: Option<String>,
    pub(crate) last_status: String,
    pub(crate) desired_status: String,
    pub(crate) instance: Option<String>,
    pub(crate) created_ms: Option<i64>,
    pub(crate) started_ms: Option<i64>,
    /// When it began to stop.
    pub(crate) stopping_ms: Option<i64>,
    pub(crate) pull_ms: Option<i64>,
    pub(crate) start_ms: Option<i64>,
    pub(crate) run_ms: Option<i64>,
    pub(crate) stop: Option<Stop>,
}

/// The state of a container instance, or of its health.
#[derive(Clone, Debug, Default)]
pub(crate) struct InstanceState {
    /// The last part of its ARN.
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) version: Option<u64>,
    pub(crate) ec2: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) agent_connected: Option<bool>,
    pub(crate) agent_update: Option<String>,
    /// `overallStatus` of a health event.
    pub(crate) health: Option<String>,
    /// The checks that are not OK, as `CONTAINER_RUNTIME, reason`.
    pub(crate) checks: Vec<String>,
    pub(crate) reason: Option<String>,
    /// True if it registered in the same second as the event happened.
    pub(crate) is_new: bool,
}

/// A step of a deployment.
#[derive(Clone, Debug)]
pub(crate) struct DeploymentStep {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) step: Step,
    pub(crate) reason: Option<String>,
}

/// The step of a deployment that an event reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Begun,
    /// A daemon deployment rolls back under its own id.
    RollingBack,
    RolledBack,
    Completed,
    Failed,
    Other,
}

/// Something that happened to a service, by name.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) name: String,
    pub(crate) reason: Option<String>,
    pub(crate) kind: ActionKind,
    /// The deployment that a hook belongs to.
    pub(crate) deployment: Option<String>,
    /// The task or instance that it names.
    pub(crate) names: Option<String>,
}

/// Which kind of named happening it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActionKind {
    Service,
    Hook,
    Call,
    Other,
}

impl StoryEvent {
    /// Reads an event; one without a time happened at `now_ms`.
    pub(crate) fn of(event: &Json, known: &EcsEvent<'_>, sidecars: &Patterns, now_ms: i64) -> Self {
        let detail = event.root().get("detail");
        let is_instance = known.kind == EventKind::ContainerInstance
            || known.kind == EventKind::ContainerInstanceHealth;
        let is_deployment =
            known.kind == EventKind::Deployment || known.kind == EventKind::DaemonDeployment;
        let about = if known.kind == EventKind::Task {
            About::Task(task(detail, known, sidecars))
        } else if is_instance {
            About::Instance(instance(detail))
        } else {
            let deployment = is_deployment.then(|| deployment(detail, known)).flatten();
            deployment.map_or_else(|| About::Action(action(detail, known)), About::Deployment)
        };
        let daemon = || {
            let arn = text(detail, "daemonArn").map(|arn| short(&arn).to_owned());
            arn.or_else(|| Some(text(detail, "group")?.strip_prefix("daemon:")?.to_owned()))
        };
        Self {
            time_ms: known.timestamp_ms.unwrap_or(now_ms),
            id: known.envelope.id.as_deref().map_or_else(|| hash(event.text()), str::to_owned),
            event_type: known.event_type,
            cluster: known.cluster.as_deref().map(str::to_owned),
            service: known.service.as_deref().map(str::to_owned).or_else(daemon),
            arn: partition(event.root(), detail),
            about,
        }
    }

    /// The ARN and version that make two events of a task or an instance the same.
    pub(super) fn revision(&self) -> Option<(&str, u64)> {
        match &self.about {
            About::Task(task) => Some((&task.arn, task.version?)),
            About::Instance(it) => Some((&it.arn, it.version?)),
            About::Deployment(_) | About::Action(_) => None,
        }
    }

    /// `cluster/service`, as far as they are known.
    pub(crate) fn place(&self) -> String {
        place(self.cluster.as_deref(), self.service.as_deref())
    }
}

fn partition(event: Value<'_>, detail: Option<Value<'_>>) -> Option<(String, String)> {
    let resource = || event.get("resources")?.elements().next()?.string().map(Cow::into_owned);
    let arn = text(detail, "clusterArn").or_else(resource)?;
    let mut parts = arn.strip_prefix("arn:")?.split(':');
    let (partition, _service, region) = (parts.next()?, parts.next()?, parts.next()?);
    Some((partition.to_owned(), region.to_owned()))
}

/// `cluster/service`, as far as they are known.
pub(crate) fn place(cluster: Option<&str>, service: Option<&str>) -> String {
    match (cluster, service) {
        (Some(cluster), Some(service)) => format!("{cluster}/{service}"),
        (Some(cluster), None) => cluster.to_owned(),
        (None, Some(service)) => service.to_owned(),
        (None, None) => "no cluster".to_owned(),
    }
}

fn task(detail: Option<Value<'_>>, known: &EcsEvent<'_>, sidecars: &Patterns) -> TaskState {
    let arn = text(detail, "taskArn").unwrap_or_default();
    let moment = |name| millis(&text(detail, name)?);
    let stopping = ["stoppingAt", "executionStoppedAt", "stoppedAt"];
    TaskState {
        id: short(&arn).to_owned(),
        version: version(detail),
        group: text(detail, "group"),
        started_by: text(detail, "startedBy"),
        definition: text(detail, "taskDefinitionArn").map(|arn| short(&arn).to_owned()),
        last_status: text(detail, "lastStatus").unwrap_or_default(),
        desired_status: text(detail, "desiredStatus").unwrap_or_default(),
        instance: text(detail, "containerInstanceArn").map(|arn| short(&arn).to_owned()),
        created_ms: moment("createdAt"),
        started_ms: moment("startedAt"),
        stopping_ms: stopping.into_iter().filter_map(moment).min(),
        pull_ms: known.durations.pull_ms,
        start_ms: known.durations.start_ms,
        run_ms: known.durations.run_ms,
        stop: stop::stop(detail, known, sidecars),
        arn,
    }
}

fn instance(detail: Option<Value<'_>>) -> InstanceState {
    let arn = text(detail, "containerInstanceArn").unwrap_or_default();
    let checks = detail.and_then(|detail| detail.get("healthChecks"));
    let failed = |check: Value<'_>| {
        let status = check.get_string("status").filter(|status| status != "OK")?;
        let name = check.get_string("type").unwrap_or(status);
        let reason = check.get_string("statusReason");
        Some(reason.map_or_else(|| name.to_string(), |reason| format!("{name}, {reason}")))
    };
    let second = |name| Some(millis(&text(detail, name)?)? / 1000);
    InstanceState {
        id: short(&arn).to_owned(),
        version: version(detail),
        ec2: text(detail, "ec2InstanceId"),
        status: text(detail, "status"),
        agent_connected: detail
            .and_then(|it| it.get("agentConnected"))
            .map(|it| it.text() == "true"),
        agent_update: text(detail, "agentUpdateStatus"),
        health: text(detail, "overallStatus"),
        checks: checks.into_iter().flat_map(Value::elements).filter_map(failed).collect(),
        reason: text(detail, "statusReason"),
        is_new: second("registeredAt").is_some_and(|at| Some(at) == second("updatedAt")),
        arn,
    }
}

fn deployment(detail: Option<Value<'_>>, known: &EcsEvent<'_>) -> Option<DeploymentStep> {
    let arn = || {
        let of_service = text(detail, "serviceDeploymentArn");
        let arn = of_service.or_else(|| text(detail, "daemonDeploymentArn"));
        arn.map(|arn| short(&arn).to_owned())
    };
    let name = known.event_name.as_deref()?.to_owned();
    let step = match name.as_str() {
        it if it.ends_with("_ROLLBACK_FAILED") => Step::Failed,
        it if it.contains("_ROLLBACK_") && !it.ends_with("_IN_PROGRESS") => Step::RolledBack,
        it if it.contains("_ROLLBACK_") => Step::RollingBack,
        it if it.ends_with("_COMPLETED") || it.ends_with("_SUCCESSFUL") => Step::Completed,
        it if it.ends_with("_FAILED") || it.ends_with("_STOPPED") => Step::Failed,
        it if it.ends_with("_IN_PROGRESS") || it.ends_with("_PENDING") => Step::Begun,
        _ => Step::Other,
    };
    let id = text(detail, "deploymentId").or_else(arn)?;
    Some(DeploymentStep { id, name, step, reason: text(detail, "reason") })
}

fn action(detail: Option<Value<'_>>, known: &EcsEvent<'_>) -> Action {
    let is_action =
        known.kind == EventKind::ServiceAction || known.kind == EventKind::DaemonServiceAction;
    let kind = if known.kind == EventKind::Hook {
        ActionKind::Hook
    } else if known.kind.detail_type().ends_with("via CloudTrail") {
        ActionKind::Call
    } else if is_action {
        ActionKind::Service
    } else {
        ActionKind::Other
    };
    let reason = ["reason", "lifecycleStage", "errorMessage", "errorCode", "statusReason"];
    let named = ["taskArn", "containerInstanceArn"].into_iter().find_map(|name| text(detail, name));
    Action {
        name: known.event_name.as_deref().unwrap_or(known.kind.detail_type()).to_owned(),
        reason: reason.into_iter().find_map(|name| text(detail, name)),
        kind,
        deployment: text(detail, "serviceDeploymentArn").map(|arn| short(&arn).to_owned()),
        names: named.map(|arn| short(&arn).to_owned()),
    }
}

fn text(detail: Option<Value<'_>>, name: &str) -> Option<String> {
    Some(detail?.get_string(name)?.into_owned())
}

fn version(detail: Option<Value<'_>>) -> Option<u64> {
    detail?.get("version")?.text().parse().ok()
}

fn millis(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// The part of an ARN that people look at.
pub(crate) fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The same text has the same hash in every run.
fn hash(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
