//! The facts about an event that metrics count, beside where it ends.

use crate::event::{EcsEvent, EventKind, EventType, StopCategory};
use crate::resource_name::ResourceName;

/// The facts about one event that outlive its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its cluster, if the event has it.
    pub cluster: Option<ResourceName<'static>>,
    /// Its service, if the event has it.
    pub service: Option<ResourceName<'static>>,
    /// The occurrence in ECS that the event reports, if metrics count it.
    pub signal: Option<Signal>,
    /// True if its type is ERROR.
    pub is_error: bool,
}

impl Note {
    /// True if an alarm may wait for the event: it is a failed deployment, a failed placement, or a
    /// stop of the type ERROR.
    pub fn is_urgent(&self) -> bool {
        match self.signal {
            Some(Signal::FailedDeployment | Signal::PlacementFailure) => true,
            Some(Signal::StoppedTask(_)) => self.is_error,
            None => false,
        }
    }
}

/// An occurrence that ECS publishes as an event but not as a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A task has stopped; this is its last event.
    StoppedTask(StopCategory),
    /// A deployment, or its rollback, has failed.
    FailedDeployment,
    /// A task could not be placed.
    PlacementFailure,
}

/// Notes the facts about an event that metrics count.
pub fn note(event: &EcsEvent<'_>) -> Note {
    Note {
        cluster: event.cluster.as_ref().map(ResourceName::owned),
        service: event.service.as_ref().map(ResourceName::owned),
        signal: signal(event),
        is_error: event.event_type == EventType::Error,
    }
}

/// The occurrence that the event reports, if metrics count it.
///
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
