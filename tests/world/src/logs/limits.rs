//! The limits of `PutLogEvents`.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>

use std::ops::Range;

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// "The maximum batch size is 1,048,576 bytes."
pub(super) const REQUEST_BYTES: usize = 1_048_576;
/// "... plus 26 bytes for each log event."
pub(super) const EVENT_OVERHEAD_BYTES: usize = 26;
/// "The maximum number of log events in a batch is 10,000."
pub(super) const REQUEST_EVENTS: usize = 10_000;
/// "The time span in a single batch cannot exceed 24 hours."
pub(super) const SPAN_MS: i64 = DAY_MS;
/// "Events older than 14 days ... are rejected."
pub(super) const TOO_OLD_MS: i64 = 14 * DAY_MS;
/// "Events more than 2 hours in the future are rejected."
pub(super) const TOO_NEW_MS: i64 = 2 * 60 * 60 * 1000;
/// A day.
pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// One event of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    pub timestamp_ms: i64,
    pub message: String,
}

impl LogEvent {
    /// The bytes that AWS counts.
    pub fn bytes(&self) -> usize {
        self.message.len() + EVENT_OVERHEAD_BYTES
    }
}

/// Checks everything that needs no clock: number, sizes, times and order.
pub(super) fn check_batch(events: &[LogEvent]) -> Result<(), Refusal> {
    if events.is_empty() {
        return Err(Refusal::constraint(
            "[]",
            "logEvents",
            "have length greater than or equal to 1",
        ));
    }
    if events.len() > REQUEST_EVENTS {
        let count = events.len().to_string();
        let constraint = format!("have length less than or equal to {REQUEST_EVENTS}");
        return Err(Refusal::constraint(&count, "logEvents", &constraint));
    }
    for (index, event) in events.iter().enumerate() {
        let member = |name: &str| format!("logEvents.{}.member.{name}", index + 1);
        if event.message.is_empty() {
            let constraint = "have length greater than or equal to 1";
            return Err(Refusal::constraint("", &member("message"), constraint));
        }
        if event.timestamp_ms < 0 {
            let constraint = "have value greater than or equal to 0";
            let value = event.timestamp_ms.to_string();
            return Err(Refusal::constraint(&value, &member("timestamp"), constraint));
        }
        if event.bytes() > REQUEST_BYTES {
            let bytes = event.bytes();
            let message =
                format!("Log event too large: {bytes} bytes exceeds limit of {REQUEST_BYTES}");
            return Err(Refusal::invalid(message));
        }
    }
    let bytes: usize = events.iter().map(LogEvent::bytes).sum();
    if bytes > REQUEST_BYTES {
        let message = format!("Upload too large: {bytes} bytes exceeds limit of {REQUEST_BYTES}");
        return Err(Refusal::invalid(message));
    }
    if !events.is_sorted_by_key(|event| event.timestamp_ms) {
        let message = "Log events in a single PutLogEvents request must be in chronological order.";
        return Err(Refusal::invalid(message));
    }
    Ok(())
}

/// Checks the span of the events that are neither too old nor too new.
pub(super) fn check_span(valid: &[LogEvent]) -> Result<(), Refusal> {
    if span_ms(valid) > SPAN_MS {
        let message = "The batch of log events in a single PutLogEvents request cannot span more \
                       than 24 hours.";
        return Err(Refusal::invalid(message));
    }
    Ok(())
}

/// The time from the first event to the last.
pub(super) fn span_ms(events: &[LogEvent]) -> i64 {
    match (events.first(), events.last()) {
        (Some(first), Some(last)) => last.timestamp_ms.saturating_sub(first.timestamp_ms),
        _ => 0,
    }
}

/// `rejectedLogEventsInfo`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rejected {
    /// The first event that is too new.
    pub too_new_start: Option<usize>,
    /// One past the last event that is too old.
    pub too_old_end: Option<usize>,
    /// One past the last event that is older than the group's retention.
    pub expired_end: Option<usize>,
}

impl Rejected {
    /// Finds the rejected events in a batch that is in order of time.
    pub fn of(events: &[LogEvent], now_ms: i64, retention_days: Option<i64>) -> Self {
        let older_than = |age_ms: i64| {
            let end = events.partition_point(|event| event.timestamp_ms < now_ms - age_ms);
            (end > 0).then_some(end)
        };
        let start = events.partition_point(|event| event.timestamp_ms <= now_ms + TOO_NEW_MS);
        Self {
            too_new_start: (start < events.len()).then_some(start),
            too_old_end: older_than(TOO_OLD_MS),
            expired_end: retention_days.and_then(|days| older_than(days * DAY_MS)),
        }
    }

    /// The range of the stored events.
    pub fn stored(&self, count: usize) -> Range<usize> {
        let start = self.too_old_end.max(self.expired_end).unwrap_or(0).min(count);
        let end = self.too_new_start.unwrap_or(count).min(count);
        start..end.max(start)
    }

    /// The member of the answer, or none if nothing was rejected.
    pub fn to_json(self) -> Option<Value> {
        let indexes = [
            ("tooNewLogEventStartIndex", self.too_new_start),
            ("tooOldLogEventEndIndex", self.too_old_end),
            ("expiredLogEventEndIndex", self.expired_end),
        ];
        let object: Map<String, Value> = indexes
            .into_iter()
            .filter_map(|(name, index)| Some((name.to_owned(), Value::from(index?))))
            .collect();
        (!object.is_empty()).then_some(Value::Object(object))
    }
}
