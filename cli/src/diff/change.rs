//! One event before two policies.

use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::json::Json;
use ecs_event_forwarder::plan::judge;
use ecs_event_forwarder::policy::Policy;

/// What a policy makes of an event.
pub(super) enum Side {
    Kept { message: String, log_group: String },
    Dropped(&'static str),
    Undone(&'static str),
}

impl Side {
    fn of(policy: &Policy, event: &Json, now_ms: i64) -> Self {
        match judge(policy, event, now_ms).map(|judged| judged.ruling) {
            Ok(Ok(kept)) => {
                Self::Kept { message: kept.message, log_group: kept.destination.log_group }
            }
            Ok(Err(reason)) => Self::Dropped(reason.as_str()),
            Err(failure) => Self::Undone(failure.error_type()),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Kept { log_group, .. } => format!("kept in {log_group}"),
            Self::Dropped(reason) => format!("dropped by {reason}"),
            Self::Undone(error_type) => format!("undone, {error_type}"),
        }
    }
}

/// An event, and what both make of it.
pub(super) struct Change {
    pub(super) before: Side,
    pub(super) after: Side,
    pub(super) timestamp_ms: Option<i64>,
    /// The event in some words.
    pub(super) what: String,
}

impl Change {
    pub(super) fn of(before: &Policy, after: &Policy, event: &Json, now_ms: i64) -> Self {
        let known = classify(event);
        let place = [known.cluster.as_deref(), known.service.as_deref()];
        let name = known.event_name.as_deref().or(known.last_status.as_deref());
        let words = [known.kind.detail_type(), known.event_type.as_str()].into_iter().chain(name);
        Self {
            before: Side::of(before, event, now_ms),
            after: Side::of(after, event, now_ms),
            timestamp_ms: known.timestamp_ms,
            what: format!(
                "{} ({})",
                words.collect::<Vec<_>>().join(" "),
                place.into_iter().flatten().collect::<Vec<_>>().join("/")
            ),
        }
    }

    /// Where it goes instead, if it changes sides or places.
    pub(super) fn words(&self) -> Option<String> {
        let (before, after) = (self.before.words(), self.after.words());
        let both_drop = matches!((&self.before, &self.after), (Side::Dropped(_), Side::Dropped(_)));
        (before != after && !both_drop).then(|| format!("{before} → {after}"))
    }
}
