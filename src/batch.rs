//! Step 8: log events → requests within every limit.

use crate::log::{Batch, Destination, LogEvent, PlanNumber};

/// Sorts a plan's log events into requests, and fills each before it begins the next. A request is for
/// one log stream and in order of time.
///
/// Every message must be at most [`limit::MESSAGE_BYTES`](crate::log::limit::MESSAGE_BYTES) long;
/// [`judge`](crate::judge) sees to that.
pub fn batch(plan: PlanNumber, mut log_events: Vec<(Destination, LogEvent)>) -> Vec<Batch> {
    // The sort is stable: events of the same time stay in the order of arrival.
    log_events.sort_by(|(a, first), (b, second)| {
        a.stream().cmp(&b.stream()).then(first.timestamp_ms.cmp(&second.timestamp_ms))
    });
    let mut batches: Vec<Batch> = Vec::new();
    for (destination, event) in log_events {
        let left_over = match batches.last_mut() {
            Some(batch) => batch.add(destination, event),
            None => Err((destination, event)),
        };
        if let Err((destination, event)) = left_over {
            batches.push(Batch::begin(plan, destination, event));
        }
    }
    batches
}
