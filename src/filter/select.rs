//! The selection: one word that narrows the filter, beside its rules.

use crate::event::{EcsEvent, EventKind, EventType};
use std::fmt;

/// The selection among the events that the rules keep.
///
/// Only INFO events are ever left out. [`Select::Lifecycle`] leaves out only those that are known to
/// be routine; events of an unknown kind, status or name stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// All of them.
    Everything,
    /// Beginnings, endings and problems, without the routine steps between.
    Lifecycle,
    /// WARN and ERROR.
    Problems,
}

/// The statuses that a task passes through. They add nothing: the event with RUNNING has `createdAt`
/// and the times of the pull, and those with the last RUNNING and STOPPED have the reason for the
/// stop.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html>.
pub const PASSING_STATUSES: [&str; 5] =
    ["PENDING", "ACTIVATING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"];

/// The names of the events that services repeat while nothing happens. The end of a deployment has an
/// event of its own, `SERVICE_DEPLOYMENT_COMPLETED`.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>.
pub const STEADY_NAMES: [&str; 3] =
    ["SERVICE_STEADY_STATE", "TASKSET_STEADY_STATE", "CAPACITY_PROVIDER_STEADY_STATE"];

/// The status of a container instance whose changes are routine: its free resources change with each
/// task, and its agent reconnects several times an hour.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html>.
pub const STEADY_STATUS: &str = "ACTIVE";

/// The first values of `version`, which counts the changes of an instance. These show its
/// registration.
pub const FIRST_VERSIONS: [u64; 5] = [1, 2, 3, 4, 5];

impl Select {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Everything, Self::Lifecycle, Self::Problems];

    /// Its spelling in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Lifecycle => "lifecycle",
            Self::Problems => "problems",
        }
    }

    /// True if the selection keeps the event.
    pub(super) fn keeps(self, event: &EcsEvent<'_>) -> bool {
        event.event_type != EventType::Info
            || match self {
                Self::Everything => true,
                Self::Lifecycle => !is_routine(event),
                Self::Problems => false,
            }
    }
}

/// Describes the selection in a sentence.
impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything keeps every event"),
            Self::Problems => f.write_str("problems drops INFO events"),
            Self::Lifecycle => write!(
                f,
                "lifecycle drops these INFO events: tasks that are {}; service actions called {}; \
                 container instances that are {STEADY_STATUS}, except for their first {} changes",
                PASSING_STATUSES.join(", "),
                STEADY_NAMES.join(", "),
                FIRST_VERSIONS.len(),
            ),
        }
    }
}

/// True if the event is known to be routine.
fn is_routine(event: &EcsEvent<'_>) -> bool {
    match event.kind {
        EventKind::Task => is_one_of(&PASSING_STATUSES, event.last_status.as_deref()),
        EventKind::ServiceAction => is_one_of(&STEADY_NAMES, event.event_name.as_deref()),
        EventKind::ContainerInstance => {
            let version = event.revision.as_ref().map(|(_, version)| *version);
            let version = version.and_then(|version| version.parse().ok());
            let is_first = version.is_some_and(|version| FIRST_VERSIONS.contains(&version));
            event.instance_status.as_deref() == Some(STEADY_STATUS) && !is_first
        }
        EventKind::ContainerInstanceHealth
        | EventKind::Deployment
        | EventKind::Hook
        | EventKind::DaemonServiceAction
        | EventKind::DaemonDeployment
        | EventKind::CloudTrail
        | EventKind::CloudTrailServiceEvent
        | EventKind::Other(_) => false,
    }
}

fn is_one_of(texts: &[&str], text: Option<&str>) -> bool {
    text.is_some_and(|text| texts.contains(&text))
}
