//! Where events come from, as the command line says it.

use crate::clock;
use clap::Args;
use jiff::{Span, SpanRelativeTo, Timestamp};
use std::ops::Range;
use std::path::PathBuf;

/// What may be given as PATH.
const PATHS: &str = "\
Files, folders, or - for standard input. Of folders, and the folders in them, .json, .jsonl, \
.ndjson and .gz files are read, hidden ones excepted. A file, plain or gzip, holds EventBridge \
events, SQS payloads or on-failure records: one, many (JSON Lines, or indented), an array, what \
`aws logs filter-log-events` or `aws logs get-query-results` (with @message) prints, or an export \
of CloudWatch Logs to S3";

/// Paths, a log group, or both.
#[derive(Args)]
pub(crate) struct Source {
    #[arg(required_unless_present = "from_log_group", value_name = "PATH", help = PATHS)]
    pub(crate) paths: Vec<PathBuf>,
    /// Read this log group, too, as the ECS console's own event capture fills it
    ///
    /// With the region, profile and credentials of the AWS CLI, which must allow
    /// logs:FilterLogEvents.
    #[arg(long, value_name = "NAME")]
    pub(crate) from_log_group: Option<String>,
    /// From when on: so long ago (90m, 24h, 7d), or a time as 2026-11-18T09:00:00Z
    #[arg(long, value_name = "WHEN", default_value = "24h", value_parser = moment)]
    since: i64,
    /// Until when, in the same ways [default: now]
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    until: Option<i64>,
}

impl Source {
    /// The times of the events of a log group, in milliseconds since 1970.
    pub(super) fn times_ms(&self) -> Range<i64> {
        self.since..self.until.unwrap_or_else(clock::now_ms)
    }
}

/// Milliseconds since 1970.
fn moment(text: &str) -> Result<i64, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time.as_millisecond());
    }
    let expected = || format!("{text:?} is neither a time nor how long ago, as 90m, 24h or 7d");
    let span: Span = text.parse().map_err(|_| expected())?;
    let ago = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| expected())?;
    if ago.is_negative() {
        return Err(expected());
    }
    Ok(clock::now_ms()
        .saturating_sub(i64::try_from(ago.as_millis()).map_err(|_| expected())?)
        .max(0))
}
