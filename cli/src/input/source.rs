//! The arguments that name the events to read.

use crate::clock;
use crate::times::Window;
use clap::Args;
use jiff::tz::TimeZone;
use std::ops::Range;
use std::path::PathBuf;

const PATHS: &str = "Files, folders, or - for standard input";
const PATHS_IN_FULL: &str = "\
Files, folders, or - for standard input. In a folder and its subfolders, .json, .jsonl, .ndjson, .gz \
and .zst files are read, except hidden ones.

A file, plain, gzip or zstd, in UTF-8 or UTF-16, holds EventBridge events, SQS payloads or on-failure \
records: one, many (JSON Lines, or indented), or an array. It can also be the output of `aws logs \
filter-log-events --output json`, `aws logs get-query-results --output json` (with @message), `aws \
logs tail` or `aws sqs receive-message --output json`, a CSV file of Logs Insights (with @message), \
records of a subscription (logEvents), or an export of CloudWatch Logs to S3";

/// Paths, log groups, or both.
#[derive(Args, Clone)]
pub(crate) struct Source {
    #[arg(
        required_unless_present = "from_log_group",
        value_name = "PATH",
        help = PATHS,
        long_help = PATHS_IN_FULL
    )]
    pub(crate) paths: Vec<PathBuf>,
    /// Read this log group, too; repeatable
    ///
    /// A log group that this function or the ECS console's event capture fills. It is read with the
    /// region, profile and credentials of the AWS CLI, which must allow logs:FilterLogEvents.
    #[arg(long, value_name = "NAME")]
    pub(crate) from_log_group: Vec<String>,
    #[command(flatten)]
    pub(super) window: Window,
    /// Filter pattern for the log groups; none reads all events.
    #[arg(skip)]
    pub(crate) filter: Option<String>,
}

/// How far back a log group is read without `--since`.
const LOG_GROUP_MS: i64 = 24 * 60 * 60 * 1000;

impl Source {
    /// Returns `--since`, in milliseconds since 1970.
    pub(crate) fn since_ms(&self) -> Option<i64> {
        self.window.since_ms()
    }

    /// Returns the zone of times that are printed.
    pub(crate) fn zone(&self) -> TimeZone {
        self.window.zone()
    }

    /// Returns the times of the log events to request, in milliseconds since 1970.
    pub(super) fn log_times_ms(&self) -> Range<i64> {
        let until = self.window.until_ms().unwrap_or_else(clock::now_ms);
        self.window.since_ms().unwrap_or(until.saturating_sub(LOG_GROUP_MS).max(0))..until
    }
}
