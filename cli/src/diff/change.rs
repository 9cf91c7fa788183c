//! One event under two policies.

use crate::rehearsal::Rehearsed;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::Json;
use ecs_event_forwarder::line::End;

/// Where an event ends under one policy.
pub(super) enum Side {
    Kept { message: String, log_group: String },
    Dropped(&'static str),
    Duplicate,
    Failed(&'static str),
}

impl Side {
    fn of(Rehearsed { entry, kept }: Rehearsed) -> Self {
        match (entry.end(), kept) {
            (End::Stored, Some(kept)) => {
                Self::Kept { message: kept.message, log_group: kept.destination.log_group }
            }
            (End::Dropped(reason), _) => Self::Dropped(reason.as_str()),
            (End::Failed(failure), _) => Self::Failed(failure.error_type()),
            (End::Stored, None) | (End::Duplicate, _) => Self::Duplicate,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Kept { log_group, .. } => format!("kept in {log_group}"),
            Self::Dropped(reason) => format!("dropped by {reason}"),
            Self::Duplicate => "duplicate".to_owned(),
            Self::Failed(error_type) => format!("failed, {error_type}"),
        }
    }
}

/// An event, and where it ends under both policies.
pub(super) struct Change {
    pub(super) before: Side,
    pub(super) after: Side,
    pub(super) timestamp_ms: Option<i64>,
    /// A short description of the event.
    pub(super) what: String,
}

impl Change {
    /// Compares the two ends of an event, whose event type depends on the sidecars.
    pub(super) fn of(
        event: &Json,
        before: Rehearsed,
        after: Rehearsed,
        sidecars: &Patterns,
    ) -> Self {
        let known = classify(event, sidecars);
        let place = [known.cluster.as_deref(), known.service.as_deref()];
        let name = known.event_name.as_deref().or(known.last_status.as_deref());
        let words = [known.kind.detail_type(), known.event_type.as_str()].into_iter().chain(name);
        Self {
            before: Side::of(before),
            after: Side::of(after),
            timestamp_ms: known.timestamp_ms,
            what: format!(
                "{} ({})",
                words.collect::<Vec<_>>().join(" "),
                place.into_iter().flatten().collect::<Vec<_>>().join("/")
            ),
        }
    }

    /// Returns the change in words, if the event ends differently.
    pub(super) fn words(&self) -> Option<String> {
        let (before, after) = (self.before.words(), self.after.words());
        let both_drop = matches!((&self.before, &self.after), (Side::Dropped(_), Side::Dropped(_)));
        (before != after && !both_drop).then(|| format!("{before} → {after}"))
    }
}
