//! Why a task stopped, and the words for it.

use super::shared::Shared;
use ecs_event_forwarder::event::{EcsEvent, EventType};
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// Why a task stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    /// The classified reason, as `out_of_memory`.
    pub(crate) category: &'static str,
    pub(crate) event_type: EventType,
    /// The container that explains it.
    pub(crate) container: Option<Arc<str>>,
    pub(crate) exit_code: Option<i64>,
    pub(crate) reason: Option<Arc<str>>,
}

/// Reads the stop of a task event; none while the task is not stopping.
pub(super) fn stop(
    detail: Option<Value<'_>>,
    known: &EcsEvent<'_>,
    sidecars: &Patterns,
    shared: &mut Shared,
) -> Option<Stop> {
    let category = known.stop_category?.as_str();
    let containers = detail.and_then(|detail| detail.get("containers"));
    let of_task = detail.and_then(|detail| detail.get_string("stoppedReason"));
    // A routine stop ends its containers with 143 or 137: that explains nothing.
    let is_routine = known.event_type == EventType::Info;
    let containers = containers.into_iter().flat_map(Value::elements).filter(|_| !is_routine);
    let is_exit = category == "essential_container_exited";
    let containers = containers.filter_map(Culprit::read);
    let containers: Vec<_> = containers.filter(|it| is_exit || it.is_suspect()).collect();
    // Of equals, the first in the task definition.
    let culprit = containers.into_iter().rev().max_by_key(|it| it.weight(sidecars));
    // A container's reason is more specific than the scheduler's.
    let is_vague = of_task.as_deref().is_none_or(is_vague);
    let of_container = culprit.as_ref().and_then(|it| it.reason.clone()).filter(|_| is_vague);
    let names_container = matches!(
        category,
        "out_of_memory" | "image_pull" | "essential_container_exited" | "failed_to_start"
    );
    let named = culprit.filter(|_| names_container);
    Some(Stop {
        category,
        event_type: known.event_type,
        exit_code: named.as_ref().and_then(|it| it.exit_code),
        container: named.map(|it| shared.text(&it.name)),
        reason: of_container.map(Cow::Owned).or(of_task).map(|it| shared.text(&it)),
    })
}

/// True for a reason that says no more than the category does.
pub(super) fn is_vague(reason: &str) -> bool {
    reason.starts_with("Essential container")
        || reason.trim_end_matches('.') == "Task failed to start"
}

impl Stop {
    /// How a task ended whose stop is routine.
    pub(super) fn routine(&self, is_replaced: bool) -> &'static str {
        match self.category {
            "essential_container_exited" => "finished",
            "scaling" if self.is_of_scaling() && is_replaced => "stopped for a deployment",
            "scaling" if self.is_of_scaling() => "stopped by scaling in",
            category => verb(category),
        }
    }

    /// True if the task was told to stop, so that it did not end by itself.
    pub(super) fn is_told(&self) -> bool {
        !matches!(
            self.category,
            "essential_container_exited"
                | "out_of_memory"
                | "failed_to_start"
                | "image_pull"
                | "secrets_or_init"
        )
    }

    /// True if the scheduler stopped the task to have fewer. ECS writes the same reason for a service
    /// that scales in and for a deployment that replaces the task; the deployment that it names is
    /// the task's own.
    pub(super) fn is_of_scaling(&self) -> bool {
        self.reason.as_deref().is_some_and(|reason| reason.contains("Scaling activity"))
    }
}

/// A container that may have stopped the task.
struct Culprit {
    name: String,
    exit_code: Option<i64>,
    reason: Option<String>,
}

impl Culprit {
    fn read(container: Value<'_>) -> Option<Self> {
        let exit_code = container.get("exitCode").and_then(|code| code.text().parse().ok());
        let reason = container.get_string("reason").map(Cow::into_owned);
        let name = container.get_string("name")?.into_owned();
        Some(Self { name, exit_code, reason })
    }

    fn is_suspect(&self) -> bool {
        self.exit_code.is_some_and(|code| code != 0) || self.reason.is_some()
    }

    /// An application before a sidecar, a reason before a code, and a code of its own before those
    /// of a container that was told to stop.
    fn weight(&self, sidecars: &Patterns) -> (bool, bool, bool, bool) {
        let is_sidecar = sidecars.hold(Some(&self.name));
        let was_told = matches!(self.exit_code, None | Some(0 | 137 | 143));
        (self.is_suspect(), !is_sidecar, self.reason.is_some(), !was_told)
    }
}

/// Returns the verb for a stop category: `ran out of memory`.
pub(crate) fn verb(category: &str) -> &'static str {
    match category {
        "out_of_memory" => "ran out of memory",
        "image_pull" => "could not pull an image",
        "secrets_or_init" => "could not get secrets, network or volumes",
        "elb_health_check" => "failed ELB health checks",
        "container_health_check" => "failed container health checks",
        "spot_interruption" => "stopped for a Spot interruption",
        "infrastructure" => "stopped with the host",
        "failed_to_start" => "failed to start",
        "essential_container_exited" => "exited",
        "rebalancing" => "stopped to move to another Availability Zone",
        "scaling" => "stopped by the scheduler",
        "user" => "stopped by a user",
        _ => "stopped for another reason",
    }
}
