//! What metrics tell of an event, beside where it ends.

use crate::event::{EcsEvent, EventKind, EventType, StopCategory};

/// Of one event, what stays when its text is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its cluster, if that can be told.
    pub cluster: Option<String>,
    /// Its service, if it is called as ECS allows: other names are event content.
    pub service: Option<String>,
    /// What it says of ECS itself.
    pub signal: Option<Signal>,
    /// Whether its type is ERROR.
    pub is_error: bool,
}

impl Note {
    /// True if an alarm may wait for it: a failed deployment, a failed placement, a stop that is an error.
    pub fn is_urgent(&self) -> bool {
        match self.signal {
            Some(Signal::FailedDeployment | Signal::PlacementFailure) => true,
            Some(Signal::StoppedTask(_)) => self.is_error,
            None => false,
        }
    }
}

/// What ECS publishes as an event and not as a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A task has stopped: its last event.
    StoppedTask(StopCategory),
    /// A deployment, or its rollback, has failed.
    FailedDeployment,
    /// A task could not be placed.
    PlacementFailure,
}

/// What is to be remembered of an event for metrics.
pub fn note(event: &EcsEvent<'_>) -> Note {
    let service = event.service.as_deref().filter(|name| is_name(name));
    Note {
        cluster: event.cluster.as_deref().map(str::to_owned),
        service: service.map(str::to_owned),
        signal: signal(event),
        is_error: event.event_type == EventType::Error,
    }
}

/// Event names: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>
/// and <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html>.
fn signal(event: &EcsEvent<'_>) -> Option<Signal> {
    let is_named = |end: &str| event.event_name.as_deref().is_some_and(|name| name.ends_with(end));
    match event.kind {
        EventKind::Task if event.last_status.as_deref() == Some("STOPPED") => {
            event.stop_category.map(Signal::StoppedTask)
        }
        EventKind::Deployment | EventKind::DaemonDeployment => {
            is_named("_FAILED").then_some(Signal::FailedDeployment)
        }
        EventKind::ServiceAction | EventKind::DaemonServiceAction => {
            is_named("_PLACEMENT_FAILURE").then_some(Signal::PlacementFailure)
        }
        EventKind::Task
        | EventKind::ContainerInstance
        | EventKind::ContainerInstanceHealth
        | EventKind::Hook
        | EventKind::CloudTrail
        | EventKind::CloudTrailServiceEvent
        | EventKind::Other(_) => None,
    }
}

/// See <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>.
fn is_name(text: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=255).contains(&text.len()) && text.bytes().all(is_of_name)
}
