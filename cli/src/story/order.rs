//! The order of the story, which is not the order of arrival.

use super::event::{About, DeploymentStep, Step, StoryEvent};
use ecs_event_forwarder::event::EventType;
use std::cmp::Reverse;
use std::collections::{HashSet, VecDeque};

/// Sorts by time and removes duplicates: the same id, or the same task or instance at the same
/// version. The first in the story's order stays, so that the order of arrival decides nothing.
pub(super) fn order(mut events: Vec<StoryEvent>) -> Vec<StoryEvent> {
    let last_ms = events.iter().filter(|event| event.has_time).map(|event| event.time_ms).max();
    for event in events.iter_mut().filter(|event| !event.has_time) {
        event.time_ms = last_ms.unwrap_or_default();
    }
    // In place: the buffer of a stable sort would hold half of the events.
    events.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
    let mut ids = HashSet::new();
    let mut revisions = HashSet::new();
    let mut are_first = VecDeque::with_capacity(events.len());
    for event in &events {
        let revision = event.revision();
        let is_known = revision.is_some_and(|it| revisions.contains(&it));
        let is_first = !is_known && ids.insert(&*event.id);
        if is_first {
            revisions.extend(revision);
        }
        are_first.push_back(is_first);
    }
    events.retain(|_| are_first.pop_front() == Some(true));
    events
}

/// What orders two events.
type Key<'a> = ((bool, i64), bool, Reverse<EventType>, u8, Option<(&'a str, u64)>, &'a str);

/// At the same moment, a deployment begins before it ends, and a failure sorts before its
/// consequences, of which a rollback is one.
fn key(event: &StoryEvent) -> Key<'_> {
    let step = match &event.about {
        About::Deployment(step) => Some(step),
        About::Task(_) | About::Instance(_) | About::Action(_) => None,
    };
    let is_consequence = |step: &DeploymentStep| {
        step.reason.as_deref().is_some_and(|it| it.contains("rolling back"))
    };
    let rank = step.map_or(2, |step| match step.step {
        Step::Begun if step.name.ends_with("_PENDING") => 0,
        Step::Begun => 1,
        Step::RollingBack | Step::Other => 2,
        Step::RolledBack | Step::Completed | Step::Failed => 3,
    });
    let begins = step.is_some_and(|it| it.step == Step::Begun && !is_consequence(it));
    let (time, worst) = ((!event.has_time, event.time_ms), Reverse(event.event_type));
    (time, !begins, worst, rank, event.revision(), &event.id)
}
