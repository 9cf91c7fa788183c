//! The order of the story, which is not the order of arrival.

use super::fact::Fact;
use ecs_event_forwarder::event::EventType;
use std::cmp::Reverse;
use std::collections::{HashSet, VecDeque};

/// Sorts by time and removes duplicates: the same id, or the same task or instance at the same
/// version. The first in the story's order stays, so that the order of arrival decides nothing.
pub(super) fn order(mut facts: Vec<Fact>) -> Vec<Fact> {
    // In place: the buffer of a stable sort would hold half of the events.
    facts.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
    let mut ids = HashSet::new();
    let mut revisions = HashSet::new();
    let mut are_first = VecDeque::with_capacity(facts.len());
    for fact in &facts {
        let revision = fact.revision();
        let is_known = revision.is_some_and(|it| revisions.contains(&it));
        let is_first = !is_known && ids.insert(fact.id.as_str());
        if is_first {
            revisions.extend(revision);
        }
        are_first.push_back(is_first);
    }
    facts.retain(|_| are_first.pop_front() == Some(true));
    facts
}

/// At the same moment, a failure sorts before its consequences.
fn key(fact: &Fact) -> (i64, Reverse<EventType>, Option<(&str, u64)>, &str) {
    (fact.time_ms, Reverse(fact.event_type), fact.revision(), &fact.id)
}
