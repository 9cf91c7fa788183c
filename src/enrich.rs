//! Step 6: message → message with what we know of the event, so that queries can use it.
//!
//! Logs Insights cannot subtract times written as text, nor derive an event type.

use crate::event::{EcsEvent, StopCategory};
use serde::Serialize;

/// The `forwarder` object: flat, and only what applies.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Forwarder<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_category: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oversize_bytes: Option<usize>,
}

/// Appends the `forwarder` object to a JSON object.
///
/// `event` is what is known of the event, if that is wanted; `oversize_bytes` is the size of an
/// event that the message only stands for.
pub fn enrich(message: &mut String, event: Option<&EcsEvent<'_>>, oversize_bytes: Option<usize>) {
    let known = event.map_or_else(Forwarder::default, |event| Forwarder {
        event_type: Some(event.event_type.as_str()),
        cluster: event.cluster.as_deref(),
        service: event.service.as_deref(),
        stop_category: event.stop_category.map(StopCategory::as_str),
        pull_ms: event.durations.pull_ms,
        start_ms: event.durations.start_ms,
        run_ms: event.durations.run_ms,
        stop_ms: event.durations.stop_ms,
        oversize_bytes: None,
    });
    let forwarder = Forwarder {
        oversize_bytes,
        ..known
    };
    let mut text = std::mem::take(message).into_bytes();
    text.pop_if(|last| *last == b'}');
    text.extend_from_slice(b",\"forwarder\":");
    serde_json::to_writer(&mut text, &forwarder).expect("a flat struct of texts and numbers");
    text.push(b'}');
    *message = String::from_utf8(text).expect("JSON was appended to a text");
}
