//! Step 8: log events → requests within every limit.

use crate::log::{Batch, Destination, LogEvent, limit};
use std::collections::BTreeMap;

/// The fewest requests that hold the log events, each for one log stream and in order of time.
///
/// No message is larger than [`limit::MESSAGE_BYTES`]: the plan sees to that.
pub fn batch(log_events: Vec<(Destination, LogEvent)>) -> Vec<Batch> {
    let mut streams: BTreeMap<Destination, Vec<LogEvent>> = BTreeMap::new();
    for (destination, event) in log_events {
        streams.entry(destination).or_default().push(event);
    }
    let mut batches = Vec::with_capacity(streams.len());
    for (destination, mut events) in streams {
        // Stable: what happened at the same time stays as it came.
        events.sort_by_key(|event| event.timestamp_ms);
        split(destination, events, &mut batches);
    }
    batches
}

fn split(destination: Destination, events: Vec<LogEvent>, batches: &mut Vec<Batch>) {
    let mut bytes = 0;
    let mut batch = Batch {
        destination,
        events: Vec::new(),
    };
    for event in events {
        if !has_room(&batch, bytes, &event) {
            let next = Batch {
                destination: batch.destination.clone(),
                events: Vec::new(),
            };
            batches.push(std::mem::replace(&mut batch, next));
            bytes = 0;
        }
        bytes += event.request_bytes();
        batch.events.push(event);
    }
    if !batch.events.is_empty() {
        batches.push(batch);
    }
}

fn has_room(batch: &Batch, bytes: usize, event: &LogEvent) -> bool {
    let Some(first) = batch.events.first() else {
        return true;
    };
    batch.events.len() < limit::REQUEST_EVENTS
        && bytes + event.request_bytes() <= limit::REQUEST_BYTES
        && event.timestamp_ms - first.timestamp_ms < limit::REQUEST_SPAN_MS
}
