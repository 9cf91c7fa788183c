//! Step 8: log events → requests within every limit.

use crate::log::{Batch, Destination, LogEvent, limit};

/// Sorts log events into requests, and fills each before it begins the next. A request is for one log
/// stream and in order of time.
///
/// Every message must be at most [`limit::MESSAGE_BYTES`] long; [`judge`](crate::judge) sees to that.
pub fn batch(mut log_events: Vec<(Destination, LogEvent)>) -> Vec<Batch> {
    // The sort is stable: events of the same time stay in the order of arrival.
    log_events.sort_by(|(a, first), (b, second)| {
        stream(a).cmp(&stream(b)).then(first.timestamp_ms.cmp(&second.timestamp_ms))
    });
    let mut batches: Vec<Batch> = Vec::new();
    let mut bytes = 0;
    for (destination, event) in log_events {
        let event_bytes = event.request_bytes();
        match batches.last_mut() {
            Some(batch)
                if stream(&batch.destination) == stream(&destination)
                    && has_room(batch, bytes, &event) =>
            {
                bytes += event_bytes;
                batch.events.push(event);
            }
            _ => {
                bytes = event_bytes;
                batches.push(Batch { destination, events: vec![event] });
            }
        }
    }
    batches
}

/// The log group and log stream of a destination.
///
/// The cluster does not count: several clusters can share a group, which is tagged with the cluster
/// of the batch's first event.
fn stream(destination: &Destination) -> (&str, &str) {
    (&destination.log_group, destination.log_stream)
}

/// True if the log event fits into the batch, which holds `bytes` so far.
fn has_room(batch: &Batch, bytes: usize, event: &LogEvent) -> bool {
    let first_ms = batch.events.first().map_or(event.timestamp_ms, |first| first.timestamp_ms);
    batch.events.len() < limit::REQUEST_EVENTS
        && bytes + event.request_bytes() <= limit::REQUEST_BYTES
        && event.timestamp_ms - first_ms < limit::REQUEST_SPAN_MS
}
