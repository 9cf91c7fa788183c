//! The line without delivery: every batch gets a receipt for all its events.

use ecs_event_forwarder::event::Arrival;
use ecs_event_forwarder::judge::Kept;
use ecs_event_forwarder::line::{Entry, Line, Receipt};

/// An arrival with the end that it would have.
pub(crate) struct Rehearsed {
    pub(crate) entry: Entry,
    /// The log event that would be stored.
    pub(crate) kept: Option<Kept>,
}

/// Returns how each arrival would end if CloudWatch Logs stored everything that is kept.
///
/// The line remembers what it would have stored.
pub(crate) fn rehearse<'a>(
    line: &mut Line,
    arrivals: impl IntoIterator<Item = &'a Arrival, IntoIter: ExactSizeIterator>,
    now_ms: i64,
) -> Vec<Rehearsed> {
    let mut plan = line.plan(arrivals.into_iter().cloned(), now_ms);
    let batches = plan.take_batches();
    let receipts: Vec<_> = batches.iter().map(Receipt::stored).collect();
    let entries = line.settle(plan, receipts);
    let mut rehearsed: Vec<_> =
        entries.into_iter().map(|entry| Rehearsed { entry, kept: None }).collect();
    for batch in batches {
        let (destination, events) = batch.into_parts();
        for event in events {
            if let Some(rehearsed) = rehearsed.get_mut(event.arrival) {
                rehearsed.kept = Some(Kept {
                    destination: destination.clone(),
                    timestamp_ms: event.timestamp_ms,
                    message: event.message,
                });
            }
        }
    }
    rehearsed
}
