//! The reason why ECS stopped a task, by its stop code and by ECS's own phrases.
//!
//! Stop codes: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>.
//! Phrases: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>.

use super::containers::is_error;
use crate::event::StopCategory;
use memchr::memmem;

/// The cause of a stop: one variant for each line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It never started.
    FailedToStart,
    /// Its host failed.
    HostFailed,
    /// Spot capacity was taken back.
    SpotInterruption,
    /// Its host was drained, deregistered or under maintenance.
    HostLeft,
    /// It failed the health checks of this category.
    Unhealthy(StopCategory),
    /// A person or a service wanted fewer tasks, or different ones.
    Routine(StopCategory),
    /// The service scheduler stopped it for another reason.
    Scheduler,
    /// An essential container ended.
    EssentialContainerExited,
    /// The stop code is unknown.
    OtherCode,
    /// There is neither a stop code nor a phrase of ECS.
    Unknown,
}

/// The beginning of the reason for a routine stop. Only names follow it, never a cause.
const SCALING: &str = "Scaling activity initiated by";

/// ECS's phrases for a host that leaves.
const HOST_LEAVES: [&str; 3] =
    ["ECS is performing maintenance", "deregistration forced by", "in DRAINING state"];

/// ECS's word for a move to another Availability Zone.
const REBALANCING: &str = "rebalancing";

impl Stop {
    /// Finds the first line of the table that matches. An empty text counts as absent.
    pub(super) fn of(stop_code: &str, reason: &str) -> Self {
        let has_no_code = stop_code.is_empty();
        let by_scheduler = stop_code == "ServiceSchedulerInitiated";
        if stop_code == "UserInitiated" {
            return Self::Routine(StopCategory::User);
        }
        if (by_scheduler || has_no_code) && reason.starts_with(SCALING) {
            return Self::routine(reason);
        }
        let has = |words: &str| memmem::find(reason.as_bytes(), words.as_bytes()).is_some();
        // Without a stop code, the phrase decides.
        let is = |code, words| stop_code == code || has_no_code && has(words);
        if is("TaskFailedToStart", "Task failed to start") || has_no_code && is_error(reason) {
            return Self::FailedToStart;
        }
        if stop_code == "InfrastructureHealth" || has("Host EC2") {
            return Self::HostFailed;
        }
        if is("SpotInterruption", "Spot Task was interrupted") || stop_code == "TerminationNotice" {
            return Self::SpotInterruption;
        }
        if HOST_LEAVES.into_iter().any(has) {
            return Self::HostLeft;
        }
        let is_unhealthy = has("is unhealthy in")
            || by_scheduler && has("health checks")
            || has("failed ELB health checks")
            || has("failed container health checks");
        if (by_scheduler || has_no_code) && is_unhealthy {
            return Self::unhealthy(has("is unhealthy in") || has_outside_names(reason, "ELB"));
        }
        let is_routine = by_scheduler && (reason.is_empty() || has("Scaling activity"))
            || has_no_code && has(SCALING)
            || (by_scheduler || has_no_code) && has_outside_names(reason, REBALANCING);
        if is_routine {
            return Self::routine(reason);
        }
        if is("EssentialContainerExited", "Essential container in task exited") {
            return Self::EssentialContainerExited;
        }
        match stop_code {
            "" => Self::Unknown,
            "ServiceSchedulerInitiated" => Self::Scheduler,
            _ => Self::OtherCode,
        }
    }

    /// A stop because of failed health checks, by the load balancer or by a container.
    fn unhealthy(by_elb: bool) -> Self {
        Self::Unhealthy(if by_elb {
            StopCategory::ElbHealthCheck
        } else {
            StopCategory::ContainerHealthCheck
        })
    }

    /// A routine stop by the service scheduler.
    fn routine(reason: &str) -> Self {
        let is_rebalancing = has_outside_names(reason, REBALANCING);
        Self::Routine(if is_rebalancing {
            StopCategory::Rebalancing
        } else {
            StopCategory::Scaling
        })
    }
}

/// True if the reason has the word outside parentheses. ECS puts names inside them, as in
/// `(service rebalancing-api)`; phrases of several words need no such care.
fn has_outside_names(reason: &str, word: &str) -> bool {
    let mut parts = reason.split('(');
    let before = parts.next().unwrap_or_default();
    let after = parts.filter_map(|part| part.rsplit_once(')').map(|(_, after)| after));
    std::iter::once(before).chain(after).any(|text| text.contains(word))
}
