//! What goes out: log events, where they go, and the limits of CloudWatch Logs.

use crate::resource_name::ResourceName;
use std::fmt;

/// Limits of `PutLogEvents`.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>.
pub mod limit {
    /// A request holds at most so many bytes, counted as messages in UTF-8 and an overhead each.
    pub const REQUEST_BYTES: usize = 1_048_576;
    /// What every log event adds to its message.
    pub const OVERHEAD_BYTES: usize = 26;
    /// The largest message: alone in a request, with its overhead.
    pub const MESSAGE_BYTES: usize = REQUEST_BYTES - OVERHEAD_BYTES;
    /// A request holds at most so many log events.
    pub const REQUEST_EVENTS: usize = 10_000;
    /// First and last log event of a request lie less than this apart.
    pub const REQUEST_SPAN_MS: i64 = 24 * 60 * 60 * 1000;
    /// The longest name of a log group or stream.
    pub const NAME_BYTES: usize = 512;
    /// The days of retention that `PutRetentionPolicy` takes.
    ///
    /// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>.
    pub const RETENTION_DAYS: [i32; 22] = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
        2922, 3288, 3653,
    ];
    /// A log group has at most so many tags.
    ///
    /// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>.
    pub const TAGS: usize = 50;
    /// The largest stub that stands for an event too large to store.
    pub const STUB_BYTES: usize = 64 * 1024;
}

/// The tag by which the cluster of a log group is found.
pub const CLUSTER_TAG: &str = "ClusterName";

/// A log stream and the group it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Destination {
    /// The log group.
    pub log_group: String,
    /// The log stream.
    pub log_stream: &'static str,
    /// The cluster, for the group's `ClusterName` tag; none in the fallback group.
    pub cluster: Option<ResourceName<'static>>,
}

/// One `InputLogEvent`, and whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// Milliseconds since 1970.
    pub timestamp_ms: i64,
    /// One JSON object on one line.
    pub message: String,
    /// The position of its arrival.
    pub arrival: usize,
}

// Messages can hold secrets.
impl fmt::Debug for LogEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogEvent")
            .field("timestamp_ms", &self.timestamp_ms)
            .field("bytes", &self.message.len())
            .field("arrival", &self.arrival)
            .finish()
    }
}

impl LogEvent {
    /// What it counts in a request.
    pub fn request_bytes(&self) -> usize {
        self.message.len() + limit::OVERHEAD_BYTES
    }
}

/// One `PutLogEvents` request: within every limit and in order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Where it goes.
    pub destination: Destination,
    /// What it holds; never empty.
    pub events: Vec<LogEvent>,
}
