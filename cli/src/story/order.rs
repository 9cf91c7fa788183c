//! The order of the story, which is not the order of arrival.

use super::fact::Fact;
use ecs_event_forwarder::event::EventType;
use std::cmp::Reverse;
use std::collections::HashSet;

/// Sorts by time and removes duplicates: the same id, or the same task or instance at the same
/// version. The first in the story's order stays, so that the order of arrival decides nothing.
pub(super) fn order(mut facts: Vec<Fact>) -> Vec<Fact> {
    facts.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut ids = HashSet::new();
    let mut revisions = HashSet::new();
    facts.retain(|fact| {
        let revision = fact.revision().map(|(arn, version)| (arn.to_owned(), version));
        if ids.contains(&fact.id) || revision.as_ref().is_some_and(|it| revisions.contains(it)) {
            return false;
        }
        ids.insert(fact.id.clone());
        revisions.extend(revision);
        true
    });
    facts
}

/// A failure stands before what follows from it in the same moment.
fn key(fact: &Fact) -> (i64, Reverse<EventType>, Option<(&str, u64)>, &str) {
    (fact.time_ms, Reverse(fact.event_type), fact.revision(), &fact.id)
}
