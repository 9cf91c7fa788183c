//! An event of the preview for programs. The field names are an interface.

use super::fate::Fate;
use crate::tally::Tally;
use ecs_event_forwarder::event::{EventType, StopCategory};
use ecs_event_forwarder::filter::DropReason;
use ecs_event_forwarder::line::End;
use ecs_event_forwarder::respond::EndCounts;
use serde::Serialize;
use serde_json::value::RawValue;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row<'a> {
    file: &'a str,
    line: usize,
    item: usize,
    matched: bool,
    end: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp_ms: Option<i64>,
    bytes_in: usize,
    bytes_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_stream: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a RawValue>,
}

impl<'a> Row<'a> {
    pub(super) fn of(fate: &'a Fate<'_>, has_message: bool) -> Self {
        let event = fate.event.as_ref();
        let kept = fate.kept.as_ref();
        let message = kept.filter(|_| has_message);
        Self {
            file: &fate.location.file,
            line: fate.location.line,
            item: fate.location.item,
            matched: fate.is_matched,
            end: word(fate.entry.end()),
            reason: reason(fate.entry.end()).map(DropReason::as_str),
            error_type: error_type(fate.entry.end()),
            detail_type: event.map(|event| event.kind.detail_type()),
            event_name: event.and_then(|event| event.event_name.as_deref()),
            cluster: event.and_then(|event| event.cluster.as_deref()),
            service: event.and_then(|event| event.service.as_deref()),
            event_type: event.map(|event| EventType::as_str(event.event_type)),
            stop_category: event.and_then(|event| event.stop_category.map(StopCategory::as_str)),
            timestamp_ms: kept.map(|kept| kept.timestamp_ms),
            bytes_in: fate.entry.bytes_in(),
            bytes_out: fate.entry.bytes_out(),
            log_group: kept.map(|kept| kept.destination.log_group.as_str()),
            log_stream: kept.map(|kept| kept.destination.log_stream),
            message: message.and_then(|kept| serde_json::from_str(&kept.message).ok()),
        }
    }
}

/// The last line.
#[derive(Serialize)]
pub(super) struct Last {
    pub(super) summary: Totals,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Totals {
    received: usize,
    matched: usize,
    saved_invocations: usize,
    kept: usize,
    dropped: usize,
    duplicates: usize,
    failed: usize,
    bytes_in: usize,
    bytes_out: usize,
}

impl Totals {
    pub(super) fn of(tally: &Tally) -> Self {
        let EndCounts { received, stored: kept, dropped, duplicates, failed, bytes_in, bytes_out } =
            tally.summary;
        let matched = tally.matched.unwrap_or_default();
        let saved_invocations = tally.saved();
        Self {
            received,
            matched,
            saved_invocations,
            kept,
            dropped,
            duplicates,
            failed,
            bytes_in,
            bytes_out,
        }
    }
}

/// Returns the end of an arrival in one word.
pub(super) fn word(end: &End) -> &'static str {
    match end {
        End::Stored => "kept",
        End::Dropped(_) => "dropped",
        End::Duplicate => "duplicate",
        End::Failed(_) => "failed",
    }
}

fn reason(end: &End) -> Option<DropReason> {
    match end {
        End::Dropped(reason) => Some(*reason),
        End::Stored | End::Duplicate | End::Failed(_) => None,
    }
}

fn error_type(end: &End) -> Option<&'static str> {
    match end {
        End::Failed(failure) => Some(failure.error_type()),
        End::Stored | End::Duplicate | End::Dropped(_) => None,
    }
}
