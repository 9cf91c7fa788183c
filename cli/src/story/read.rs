//! Reads the fields of an event.

use super::event::{
    About, Action, ActionKind, DeploymentStep, InstanceState, Step, StoryEvent, TaskState, short,
};
use super::stop;
use ecs_event_forwarder::event::{EcsEvent, EventKind};
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::{Json, Value};
use jiff::Timestamp;
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

impl StoryEvent {
    /// Reads an event.
    pub(crate) fn of(event: &Json, known: &EcsEvent<'_>, sidecars: &Patterns) -> Self {
        let detail = event.root().get("detail");
        let is_instance = known.kind == EventKind::ContainerInstance
            || known.kind == EventKind::ContainerInstanceHealth;
        let is_deployment =
            known.kind == EventKind::Deployment || known.kind == EventKind::DaemonDeployment;
        let about = if known.kind == EventKind::Task {
            About::Task(task(event.root(), known, sidecars))
        } else if is_instance {
            About::Instance(instance(event.root()))
        } else {
            let deployment = is_deployment.then(|| deployment(detail, known)).flatten();
            deployment.map_or_else(|| About::Action(action(detail, known)), About::Deployment)
        };
        let daemon = || {
            let arn = text(detail, "daemonArn").map(|arn| short(&arn).to_owned());
            arn.or_else(|| Some(text(detail, "group")?.strip_prefix("daemon:")?.to_owned()))
        };
        Self {
            time_ms: known.timestamp_ms.unwrap_or_default(),
            has_time: known.timestamp_ms.is_some(),
            id: known.envelope.id.as_deref().map_or_else(|| hash(event.text()), str::to_owned),
            event_type: known.event_type,
            cluster: known.cluster.as_deref().map(str::to_owned),
            service: known.service.as_deref().map(str::to_owned).or_else(daemon),
            account: account(event.root(), detail),
            about,
        }
    }
}

/// The beginning of an ARN in the event, up to the account.
fn account(event: Value<'_>, detail: Option<Value<'_>>) -> Option<String> {
    let resource = || event.get("resources")?.strings().next().map(Cow::into_owned);
    let arn = text(detail, "clusterArn").or_else(resource)?;
    let (end, _) = arn.match_indices(':').nth(4).filter(|_| arn.starts_with("arn:"))?;
    arn.get(..end).map(str::to_owned)
}

/// The ARN in this field, else the one of this kind in `resources`; empty if there is none.
fn arn(event: Value<'_>, name: &str, kind: &str) -> String {
    let resource = || {
        let mut resources = event.get("resources")?.strings();
        resources.find(|arn| arn.contains(kind)).map(Cow::into_owned)
    };
    let named = text(event.get("detail"), name).filter(|arn| !arn.is_empty());
    named.or_else(resource).unwrap_or_default()
}

fn task(event: Value<'_>, known: &EcsEvent<'_>, sidecars: &Patterns) -> TaskState {
    let detail = event.get("detail");
    let arn = arn(event, "taskArn", ":task/");
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
        instance: text(detail, "containerInstanceArn"),
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

fn instance(event: Value<'_>) -> InstanceState {
    let detail = event.get("detail");
    let arn = arn(event, "containerInstanceArn", ":container-instance/");
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
    let named = ["taskArn", "containerInstanceArn"];
    Action {
        name: known.event_name.as_deref().unwrap_or(known.kind.detail_type()).to_owned(),
        reason: reason.into_iter().find_map(|name| text(detail, name)),
        kind,
        deployment: text(detail, "serviceDeploymentArn").map(|arn| short(&arn).to_owned()),
        names: named.into_iter().find_map(|name| text(detail, name)),
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

/// The same text has the same hash in every run.
fn hash(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
