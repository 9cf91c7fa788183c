//! What a choice of one word keeps, beside the lists or rules.

use crate::event::{EcsEvent, EventKind, EventType};
use std::fmt;

/// Which events are kept of those that the rules keep.
///
/// Only what is known to be routine is ever left out: no WARN and no ERROR by `lifecycle`, and no
/// kind, status or name that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// All of them.
    Everything,
    /// What begins, ends or goes wrong, without what is routine between.
    Lifecycle,
    /// WARN and ERROR.
    Problems,
}

/// Statuses that a task passes through: `createdAt` and the times of the pull are in RUNNING, and
/// what stops a task is in its last RUNNING and in STOPPED.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html>.
pub const PASSING_STATUSES: [&str; 5] =
    ["PENDING", "ACTIVATING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"];

/// Names under which a service says, again and again, that all is as it should be. That a
/// deployment has come to rest is in `SERVICE_DEPLOYMENT_COMPLETED`.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>.
pub const STEADY_NAMES: [&str; 3] =
    ["SERVICE_STEADY_STATE", "TASKSET_STEADY_STATE", "CAPACITY_PROVIDER_STEADY_STATE"];

/// The status of a container instance whose changes are routine: of what its tasks leave free, and
/// of its agent's connection, which is lost several times an hour.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html>.
pub const STEADY_STATUS: &str = "ACTIVE";

/// `version` of the changes that tell of an instance's registration: each change counts one.
pub const FIRST_VERSIONS: [u64; 5] = [1, 2, 3, 4, 5];

impl Select {
    /// As it is configured.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Lifecycle => "lifecycle",
            Self::Problems => "problems",
        }
    }

    /// Whether it keeps the event.
    pub(super) fn keeps(self, event: &EcsEvent<'_>) -> bool {
        event.event_type != EventType::Info
            || match self {
                Self::Everything => true,
                Self::Lifecycle => !is_routine(event),
                Self::Problems => false,
            }
    }
}

/// What it means, in a sentence.
impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything leaves out nothing"),
            Self::Problems => f.write_str("problems leaves out events of the type INFO"),
            Self::Lifecycle => write!(
                f,
                "lifecycle leaves out, of events of the type INFO: tasks that are {}; service \
                 actions called {}; container instances that are {STEADY_STATUS}, but for their \
                 first {} changes",
                PASSING_STATUSES.join(", "),
                STEADY_NAMES.join(", "),
                FIRST_VERSIONS.len(),
            ),
        }
    }
}

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
