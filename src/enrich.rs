//! Step 6: message → message with the facts about the event, so that queries can use them.
//!
//! Logs Insights can neither subtract times that are written as text nor derive an event type.

use crate::event::{EcsEvent, StopCategory};
use crate::message::Message;
use std::fmt::Write;

/// Appends the `forwarder` object to a message. The object is flat and holds only what applies.
///
/// `event` is the classified event, or none if the policy adds no facts. `oversize_bytes` is the size
/// of the event if it was too large and the message is a stub.
pub fn enrich(
    message: Message,
    event: Option<&EcsEvent<'_>>,
    oversize_bytes: Option<usize>,
) -> Message {
    let mut text = message.into_string();
    text.truncate(text.len() - 1);
    put_key(&mut text, "forwarder");
    text.push('{');
    let message = &mut text;
    if let Some(event) = event {
        put_text(message, "eventType", Some(event.event_type.as_str()));
        put_text(message, "cluster", event.cluster.as_deref());
        put_text(message, "service", event.service.as_deref());
        put_text(message, "stopCategory", event.stop_category.map(StopCategory::as_str));
        put_number(message, "pullMs", event.durations.pull_ms);
        put_number(message, "startMs", event.durations.start_ms);
        put_number(message, "runMs", event.durations.run_ms);
        put_number(message, "stopMs", event.durations.stop_ms);
    }
    let oversize_bytes = oversize_bytes.and_then(|bytes| i64::try_from(bytes).ok());
    put_number(message, "oversizeBytes", oversize_bytes);
    text.push_str("}}");
    Message::of_step(text)
}

/// Adds a key, and a comma before it unless it is the first of its object.
fn put_key(out: &mut String, key: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    out.extend(["\"", key, "\":"]);
}

/// Adds a text, if there is one.
fn put_text(out: &mut String, key: &str, text: Option<&str>) {
    let Some(text) = text else { return };
    put_key(out, key);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if text.bytes().all(is_name) {
        out.extend(["\"", text, "\""]);
    } else {
        // A text can always be written as JSON.
        out.push_str(&serde_json::to_string(text).unwrap_or_default());
    }
}

/// Adds a number, if there is one.
fn put_number(out: &mut String, key: &str, number: Option<i64>) {
    let Some(number) = number else { return };
    put_key(out, key);
    // Writing to a String never fails.
    let _ = write!(out, "{number}");
}
