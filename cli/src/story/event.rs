//! One event, reduced to the fields that the story needs.

use super::home::Home;
use super::stop::Stop;
use ecs_event_forwarder::event::EventType;
use std::sync::Arc;

/// One event, reduced. There can be millions, so what several of them say is kept once.
#[derive(Clone, Debug)]
pub(crate) struct StoryEvent {
    pub(crate) time_ms: i64,
    /// False if it has no readable time: then it comes after all others, at the time of the last.
    pub(crate) has_time: bool,
    /// The event's `id`; of an event without one, a hash of its text.
    pub(crate) id: Box<str>,
    pub(crate) event_type: EventType,
    pub(crate) cluster: Option<Arc<str>>,
    /// The service, or the daemon.
    pub(crate) service: Option<Arc<str>>,
    /// The beginning of the ARNs in it: `arn:aws:ecs:us-east-1:123456789012`.
    pub(super) account: Option<Arc<str>>,
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
    pub(crate) arn: Arc<str>,
    pub(crate) version: Option<u64>,
    pub(crate) group: Option<Arc<str>>,
    pub(crate) started_by: Option<Arc<str>>,
    /// Family and revision, as `web:42`.
    pub(crate) definition: Option<Arc<str>>,
    pub(crate) last_status: Arc<str>,
    pub(crate) desired_status: Arc<str>,
    /// The ARN of its container instance.
    pub(crate) instance: Option<Arc<str>>,
    pub(crate) created_ms: Option<i64>,
    pub(crate) started_ms: Option<i64>,
    /// When it began to stop.
    pub(crate) stopping_ms: Option<i64>,
    pub(crate) pull_ms: Option<i64>,
    pub(crate) start_ms: Option<i64>,
    pub(crate) run_ms: Option<i64>,
    pub(crate) stop: Option<Arc<Stop>>,
}

/// The state of a container instance, or of its health.
#[derive(Clone, Debug, Default)]
pub(crate) struct InstanceState {
    pub(crate) arn: Arc<str>,
    pub(crate) version: Option<u64>,
    pub(crate) ec2: Option<Arc<str>>,
    pub(crate) status: Option<Arc<str>>,
    pub(crate) agent_connected: Option<bool>,
    pub(crate) agent_update: Option<Arc<str>>,
    /// `overallStatus` of a health event.
    pub(crate) health: Option<Arc<str>>,
    /// The checks that are not OK, as `CONTAINER_RUNTIME, reason`.
    pub(crate) checks: Vec<String>,
    pub(crate) reason: Option<Arc<str>>,
    /// True if it registered in the same second as the event happened.
    pub(crate) is_new: bool,
}

impl InstanceState {
    /// True if it drains or is deregistered: then its agent may go.
    pub(crate) fn is_leaving(&self) -> bool {
        self.is_gone() || self.status.as_deref() == Some("DRAINING")
    }

    /// True once it is deregistered.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.status.as_deref(), Some("DEREGISTERING" | "INACTIVE"))
    }
}

/// A step of a deployment.
#[derive(Clone, Debug)]
pub(crate) struct DeploymentStep {
    pub(crate) id: Arc<str>,
    pub(crate) name: Arc<str>,
    pub(crate) step: Step,
    pub(crate) reason: Option<Arc<str>>,
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
    pub(crate) name: Arc<str>,
    pub(crate) reason: Option<Arc<str>>,
    /// The `errorCode` of an API call.
    pub(crate) code: Option<Arc<str>>,
    pub(crate) kind: ActionKind,
    /// The deployment that a hook belongs to.
    pub(crate) deployment: Option<Arc<str>>,
    /// The ARN of the task or instance that it names.
    pub(crate) names: Option<Arc<str>>,
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
    /// The ARN and version that make two events of a task or an instance the same.
    pub(super) fn revision(&self) -> Option<(&str, u64)> {
        let (arn, version) = match &self.about {
            About::Task(task) => (&task.arn, task.version?),
            About::Instance(it) => (&it.arn, it.version?),
            About::Deployment(_) | About::Action(_) => return None,
        };
        (!arn.is_empty()).then_some((arn, version))
    }

    pub(crate) fn home(&self) -> Home<'_> {
        Home { account: self.account.as_deref(), cluster: self.cluster.as_deref() }
    }

    /// `cluster/service`, as far as they are known.
    pub(crate) fn place(&self) -> String {
        place(self.cluster.as_deref(), self.service.as_deref())
    }
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

/// The part of an ARN that people look at.
pub(crate) fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

impl TaskState {
    /// The last part of its ARN.
    pub(crate) fn id(&self) -> &str {
        short(&self.arn)
    }
}

impl InstanceState {
    /// The last part of its ARN.
    pub(crate) fn id(&self) -> &str {
        short(&self.arn)
    }
}
