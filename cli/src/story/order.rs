//! The order of the story, which is not the order of arrival.

use super::event::StoryEvent;
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
        let is_first = !is_known && ids.insert(event.id.as_str());
        if is_first {
            revisions.extend(revision);
        }
        are_first.push_back(is_first);
    }
    events.retain(|_| are_first.pop_front() == Some(true));
    events
}

/// At the same moment, a failure sorts before its consequences.
fn key(event: &StoryEvent) -> (bool, i64, Reverse<EventType>, Option<(&str, u64)>, &str) {
    let has_no_time = !event.has_time;
    (has_no_time, event.time_ms, Reverse(event.event_type), event.revision(), &event.id)
}
