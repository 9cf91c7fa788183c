//! Reads the fields of an event.

use super::event::{
    About, Action, ActionKind, DeploymentStep, InstanceState, Step, StoryEvent, TaskState, short,
};
use super::shared::Shared;
use super::stop;
use ecs_event_forwarder::event::{EcsEvent, EventKind};
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::{Json, Value};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

impl StoryEvent {
    /// Reads an event.
    pub(crate) fn of(
        event: &Json,
        known: &EcsEvent<'_>,
        sidecars: &Patterns,
        shared: &mut Shared,
    ) -> Self {
        let mut detail = Detail { detail: event.root().get("detail"), shared };
        let is_instance = known.kind == EventKind::ContainerInstance
            || known.kind == EventKind::ContainerInstanceHealth;
        let is_deployment =
            known.kind == EventKind::Deployment || known.kind == EventKind::DaemonDeployment;
        let about = if known.kind == EventKind::Task {
            About::Task(detail.task(event.root(), known, sidecars))
        } else if is_instance {
            About::Instance(detail.instance(event.root()))
        } else {
            let deployment = if is_deployment { detail.deployment(known) } else { None };
            match deployment {
                Some(deployment) => About::Deployment(deployment),
                None => About::Action(detail.action(known)),
            }
        };
        Self {
            time_ms: known.timestamp_ms.unwrap_or_default(),
            has_time: known.timestamp_ms.is_some(),
            id: known.envelope.id.as_deref().map_or_else(|| hash(event.text()), Box::from),
            event_type: known.event_type,
            cluster: known.cluster.as_deref().map(|it| detail.shared.text(it)),
            service: match known.service.as_deref() {
                Some(service) => Some(detail.shared.text(service)),
                None => detail.daemon(),
            },
            account: detail.account(event.root()),
            about,
        }
    }
}

/// The details of an event while they are read.
struct Detail<'a> {
    detail: Option<Value<'a>>,
    shared: &'a mut Shared,
}

impl<'a> Detail<'a> {
    fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        self.detail?.get_string(name)
    }

    fn text(&mut self, name: &str) -> Option<Arc<str>> {
        let text = self.get(name)?;
        Some(self.shared.text(&text))
    }

    /// The last part of an ARN.
    fn last(&mut self, name: &str) -> Option<Arc<str>> {
        let arn = self.get(name)?;
        Some(self.shared.text(short(&arn)))
    }

    /// The beginning of an ARN in the event, up to the account.
    fn account(&mut self, event: Value<'_>) -> Option<Arc<str>> {
        let cluster = self.get("clusterArn");
        let arn = match &cluster {
            Some(arn) => Cow::Borrowed(arn.as_ref()),
            None => event.get("resources")?.strings().next()?,
        };
        let (end, _) = arn.match_indices(':').nth(4).filter(|_| arn.starts_with("arn:"))?;
        Some(self.shared.text(arn.get(..end)?))
    }

    /// The ARN in this field, else the one of this kind in `resources`; empty if there is none.
    fn arn(&mut self, event: Value<'_>, name: &str, kind: &str) -> Arc<str> {
        if let Some(arn) = self.get(name).filter(|arn| !arn.is_empty()) {
            return self.shared.text(&arn);
        }
        let mut resources = event.get("resources").into_iter().flat_map(Value::strings);
        let arn = resources.find(|arn| arn.contains(kind));
        arn.map(|arn| self.shared.text(&arn)).unwrap_or_default()
    }

    fn daemon(&mut self) -> Option<Arc<str>> {
        let of_arn = self.last("daemonArn");
        of_arn.or_else(|| {
            let group = self.get("group")?;
            Some(self.shared.text(group.strip_prefix("daemon:")?))
        })
    }

    fn task(&mut self, event: Value<'_>, known: &EcsEvent<'_>, sidecars: &Patterns) -> TaskState {
        let stopping = ["stoppingAt", "executionStoppedAt", "stoppedAt"];
        TaskState {
            arn: self.arn(event, "taskArn", ":task/"),
            version: self.version(),
            group: self.text("group"),
            started_by: self.text("startedBy"),
            definition: self.last("taskDefinitionArn"),
            last_status: self.text("lastStatus").unwrap_or_default(),
            desired_status: self.text("desiredStatus").unwrap_or_default(),
            instance: self.text("containerInstanceArn"),
            created_ms: self.moment("createdAt"),
            started_ms: self.moment("startedAt"),
            stopping_ms: stopping.into_iter().filter_map(|name| self.moment(name)).min(),
            pull_ms: known.durations.pull_ms,
            start_ms: known.durations.start_ms,
            run_ms: known.durations.run_ms,
            stop: stop::stop(self.detail, known, sidecars, self.shared).map(Arc::new),
        }
    }

    fn instance(&mut self, event: Value<'_>) -> InstanceState {
        let checks = self.detail.and_then(|detail| detail.get("healthChecks"));
        let failed = |check: Value<'_>| {
            let status = check.get_string("status").filter(|status| status != "OK")?;
            let name = check.get_string("type").unwrap_or(status);
            let reason = check.get_string("statusReason");
            Some(reason.map_or_else(|| name.to_string(), |reason| format!("{name}, {reason}")))
        };
        let second = |name| Some(self.moment(name)? / 1000);
        let is_new = second("registeredAt").is_some_and(|at| Some(at) == second("updatedAt"));
        InstanceState {
            arn: self.arn(event, "containerInstanceArn", ":container-instance/"),
            version: self.version(),
            ec2: self.text("ec2InstanceId"),
            status: self.text("status"),
            agent_connected: self
                .detail
                .and_then(|it| it.get("agentConnected"))
                .map(|it| it.text() == "true"),
            agent_update: self.text("agentUpdateStatus"),
            health: self.text("overallStatus"),
            checks: checks.into_iter().flat_map(Value::elements).filter_map(failed).collect(),
            reason: self.text("statusReason"),
            is_new,
        }
    }

    fn deployment(&mut self, known: &EcsEvent<'_>) -> Option<DeploymentStep> {
        let name = self.shared.text(known.event_name.as_deref()?);
        let step = match &*name {
            it if it.ends_with("_ROLLBACK_FAILED") => Step::Failed,
            it if it.contains("_ROLLBACK_") && !it.ends_with("_IN_PROGRESS") => Step::RolledBack,
            it if it.contains("_ROLLBACK_") => Step::RollingBack,
            it if it.ends_with("_COMPLETED") || it.ends_with("_SUCCESSFUL") => Step::Completed,
            it if it.ends_with("_FAILED") || it.ends_with("_STOPPED") => Step::Failed,
            it if it.ends_with("_IN_PROGRESS") || it.ends_with("_PENDING") => Step::Begun,
            _ => Step::Other,
        };
        let id = self.text("deploymentId").or_else(|| {
            let of_service = self.last("serviceDeploymentArn");
            of_service.or_else(|| self.last("daemonDeploymentArn"))
        })?;
        Some(DeploymentStep { id, name, step, reason: self.text("reason") })
    }

    fn action(&mut self, known: &EcsEvent<'_>) -> Action {
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
        let name = known.event_name.as_deref().unwrap_or(known.kind.detail_type());
        let failure = self.detail.filter(|_| kind == ActionKind::Call);
        let failure = failure.and_then(|detail| failures(detail, name));
        let (name, failures) = match &failure {
            Some((name, reasons)) => (name.as_str(), reasons.as_deref()),
            None => (name, None),
        };
        Action {
            name: self.shared.text(name),
            reason: match failures {
                Some(reasons) => Some(self.shared.text(reasons)),
                None => reason.into_iter().find_map(|name| self.text(name)),
            },
            code: self.text("errorCode"),
            kind,
            deployment: self.last("serviceDeploymentArn"),
            names: named.into_iter().find_map(|name| self.text(name)),
        }
    }

    fn version(&self) -> Option<u64> {
        self.detail?.get("version")?.text().parse().ok()
    }

    fn moment(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
    }
}

/// A call that started nothing, or not all that it should, and why: `RunTask of nightly:7 started
/// nothing`. Such a call succeeds, and its failures are the only trace of tasks that never were.
fn failures(detail: Value<'_>, call: &str) -> Option<(String, Option<String>)> {
    let response = detail.get("responseElements")?;
    let elements = |name| response.get(name).into_iter().flat_map(Value::elements);
    let (failed, started) = (elements("failures").count(), elements("tasks").count());
    let is_start = matches!(call, "RunTask" | "StartTask");
    if failed == 0 || !is_start {
        return None;
    }
    let reasons = elements("failures").filter_map(|it| it.get_string("reason"));
    let reasons: BTreeSet<_> = reasons.map(Cow::into_owned).collect();
    let reasons = reasons.into_iter().collect::<Vec<_>>().join(", ");
    let request = detail.get("requestParameters");
    let definition = request.and_then(|it| it.get_string("taskDefinition"));
    let of = definition.map(|it| format!(" of {}", short(&it))).unwrap_or_default();
    let what = if started == 0 { "nothing" } else { "not all of its tasks" };
    Some((format!("{call}{of} started {what}"), (!reasons.is_empty()).then_some(reasons)))
}

/// The same text has the same hash in every run.
fn hash(text: &str) -> Box<str> {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish()).into()
}
