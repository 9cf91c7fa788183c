//! The input: arrivals, their envelopes, and the facts about an ECS event.

use crate::failure::Failure;
use crate::json::Compact;
use crate::resource_name::ResourceName;
use std::borrow::Cow;
use std::fmt;

/// The way an arrival came. It decides who hears of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was the payload of an invocation: its failure fails the invocation.
    Direct,
    /// It was a record of an SQS batch: its failure is listed in `batchItemFailures`.
    Sqs {
        /// The `messageId` of the record.
        message_id: String,
    },
}

/// One event as it reached us, readable or not.
#[derive(Clone)]
pub struct Arrival {
    /// The way it came.
    pub origin: Origin,
    /// The EventBridge event, or the reason why there is none.
    pub event: Result<Compact, Failure>,
    /// The bytes of the event as it arrived.
    pub bytes: usize,
}

// Events can hold secrets, and the runtime prints errors with `Debug`.
impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event = self.event.as_ref().map(|_| "…");
        f.debug_struct("Arrival")
            .field("origin", &self.origin)
            .field("event", &event)
            .field("bytes", &self.bytes)
            .finish()
    }
}

/// The `detail-type` of an event.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind<'a> {
    /// `ECS Task State Change`
    Task,
    /// `ECS Container Instance State Change`
    ContainerInstance,
    /// `ECS Container Instance Health Change`
    ContainerInstanceHealth,
    /// `ECS Service Action`
    ServiceAction,
    /// `ECS Deployment State Change`
    Deployment,
    /// `ECS Hook State Change`
    Hook,
    /// `ECS Daemon Service Action`
    DaemonServiceAction,
    /// `ECS Daemon Deployment State Change`
    DaemonDeployment,
    /// `AWS API Call via CloudTrail`
    CloudTrail,
    /// `AWS Service Event via CloudTrail`
    CloudTrailServiceEvent,
    /// Any other `detail-type`: AWS adds kinds without notice.
    Other(Cow<'a, str>),
}

impl<'a> EventKind<'a> {
    /// All known kinds.
    pub const KNOWN: [Self; 10] = [
        Self::Task,
        Self::ContainerInstance,
        Self::ContainerInstanceHealth,
        Self::ServiceAction,
        Self::Deployment,
        Self::Hook,
        Self::DaemonServiceAction,
        Self::DaemonDeployment,
        Self::CloudTrail,
        Self::CloudTrailServiceEvent,
    ];

    /// The kind with this `detail-type`.
    pub fn from_detail_type(detail_type: Cow<'a, str>) -> Self {
        let known = Self::KNOWN.into_iter().find(|kind| kind.detail_type() == detail_type);
        known.unwrap_or(Self::Other(detail_type))
    }

    /// The `detail-type` as EventBridge spells it.
    pub fn detail_type(&self) -> &str {
        if let Self::Other(detail_type) = self {
            return detail_type;
        }
        self.known_detail_type().unwrap_or_default()
    }

    /// The `detail-type` of a known kind. That of an unknown kind is event content.
    pub fn known_detail_type(&self) -> Option<&'static str> {
        match self {
            Self::Task => Some("ECS Task State Change"),
            Self::ContainerInstance => Some("ECS Container Instance State Change"),
            Self::ContainerInstanceHealth => Some("ECS Container Instance Health Change"),
            Self::ServiceAction => Some("ECS Service Action"),
            Self::Deployment => Some("ECS Deployment State Change"),
            Self::Hook => Some("ECS Hook State Change"),
            Self::DaemonServiceAction => Some("ECS Daemon Service Action"),
            Self::DaemonDeployment => Some("ECS Daemon Deployment State Change"),
            Self::CloudTrail => Some("AWS API Call via CloudTrail"),
            Self::CloudTrailServiceEvent => Some("AWS Service Event via CloudTrail"),
            Self::Other(_) => None,
        }
    }

    /// The log stream for events of this kind. Streams are few and long-lived.
    pub fn log_stream(&self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::ContainerInstance => "container-instance",
            Self::ContainerInstanceHealth => "container-instance-health",
            Self::ServiceAction => "service-action",
            Self::Deployment => "deployment",
            Self::Hook => "hook",
            Self::DaemonServiceAction => "daemon-service-action",
            Self::DaemonDeployment => "daemon-deployment",
            Self::CloudTrail | Self::CloudTrailServiceEvent => "cloudtrail",
            Self::Other(_) => "other",
        }
    }
}

/// The severity of an event: ECS's own `eventType`, or ours for the kinds without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventType {
    /// Routine.
    Info,
    /// Worth a look.
    Warn,
    /// Something went wrong.
    Error,
}

impl EventType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warn, Self::Error];

    /// Its spelling in stored events and in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

/// The reason why a task stopped, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopCategory {
    /// A container used more memory than it was allowed.
    OutOfMemory,
    /// An image could not be pulled.
    ImagePull,
    /// Secrets, network or volumes could not be set up.
    SecretsOrInit,
    /// The load balancer found the task unhealthy.
    ElbHealthCheck,
    /// A container's own health check failed.
    ContainerHealthCheck,
    /// Spot capacity was taken back.
    SpotInterruption,
    /// The host failed, or AWS or an operator took it out of service.
    Infrastructure,
    /// The task never started.
    FailedToStart,
    /// An essential container ended.
    EssentialContainerExited,
    /// The service moved the task to another Availability Zone.
    Rebalancing,
    /// The service needed fewer tasks, or a deployment replaced the task.
    Scaling,
    /// Somebody stopped the task.
    User,
    /// None of these.
    Unknown,
}

impl StopCategory {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::OutOfMemory,
        Self::ImagePull,
        Self::SecretsOrInit,
        Self::ElbHealthCheck,
        Self::ContainerHealthCheck,
        Self::SpotInterruption,
        Self::Infrastructure,
        Self::FailedToStart,
        Self::EssentialContainerExited,
        Self::Rebalancing,
        Self::Scaling,
        Self::User,
        Self::Unknown,
    ];

    /// Its spelling in stored events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OutOfMemory => "out_of_memory",
            Self::ImagePull => "image_pull",
            Self::SecretsOrInit => "secrets_or_init",
            Self::ElbHealthCheck => "elb_health_check",
            Self::ContainerHealthCheck => "container_health_check",
            Self::SpotInterruption => "spot_interruption",
            Self::Infrastructure => "infrastructure",
            Self::FailedToStart => "failed_to_start",
            Self::EssentialContainerExited => "essential_container_exited",
            Self::Rebalancing => "rebalancing",
            Self::Scaling => "scaling",
            Self::User => "user",
            Self::Unknown => "unknown",
        }
    }
}

/// The durations of the parts of a task's life. Each is known if both of its ends are known and in
/// order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// Pulling images.
    pub pull_ms: Option<i64>,
    /// Starting: from creation to running.
    pub start_ms: Option<i64>,
    /// Running.
    pub run_ms: Option<i64>,
    /// Stopping: from the decision to the end.
    pub stop_ms: Option<i64>,
}

/// The fields that EventBridge puts around `detail`.
///
/// See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>.
#[derive(Clone, Default)]
pub struct Envelope<'a> {
    /// `id`: unique, but the same when EventBridge delivers an event twice.
    pub id: Option<Cow<'a, str>>,
    /// `source`, such as `aws.ecs`.
    pub source: Cow<'a, str>,
    /// `detail-type`.
    pub detail_type: Cow<'a, str>,
    /// `account`, twelve digits.
    pub account: Option<Cow<'a, str>>,
    /// `region`.
    pub region: Option<Cow<'a, str>>,
    /// `time` in milliseconds since 1970.
    pub time_ms: Option<i64>,
}

/// The facts about an event.
#[derive(Clone)]
pub struct EcsEvent<'a> {
    /// The envelope.
    pub envelope: Envelope<'a>,
    /// The kind.
    pub kind: EventKind<'a>,
    /// The cluster's name, if the event has it.
    pub cluster: Option<ResourceName<'a>>,
    /// The service's name, if the event has it.
    pub service: Option<ResourceName<'a>>,
    /// The event type, set by ECS or derived.
    pub event_type: EventType,
    /// `eventName`.
    pub event_name: Option<Cow<'a, str>>,
    /// `lastStatus` of a task.
    pub last_status: Option<Cow<'a, str>>,
    /// `status` of a container instance.
    pub instance_status: Option<Cow<'a, str>>,
    /// The reason why the task stopped or is stopping.
    pub stop_category: Option<StopCategory>,
    /// The durations of the parts of the task's life.
    pub durations: Durations,
    /// The ARN of the task or container instance, and its `version`. Two events with the same pair are
    /// the same.
    pub revision: Option<(Cow<'a, str>, &'a str)>,
    /// The time of the event in milliseconds since 1970; none if the event has no time.
    pub timestamp_ms: Option<i64>,
}
