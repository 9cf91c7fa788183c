//! The output: log events, their destinations, and the limits of CloudWatch Logs.

use crate::resource_name::ResourceName;
use std::fmt;

/// Limits of `PutLogEvents`.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>.
pub mod limit {
    /// The most bytes in a request: the messages in UTF-8, and an overhead for each.
    pub const REQUEST_BYTES: usize = 1_048_576;
    /// The overhead that CloudWatch Logs adds to each message.
    pub const OVERHEAD_BYTES: usize = 26;
    /// The largest message: it fills a request alone, with its overhead.
    pub const MESSAGE_BYTES: usize = REQUEST_BYTES - OVERHEAD_BYTES;
    /// The most log events in a request.
    pub const REQUEST_EVENTS: usize = 10_000;
    /// The time between the first and the last log event of a request is less than this.
    pub const REQUEST_SPAN_MS: i64 = 24 * 60 * 60 * 1000;
    /// The longest name of a log group or stream.
    pub const NAME_BYTES: usize = 512;
    /// The days of retention that `PutRetentionPolicy` accepts.
    ///
    /// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>.
    pub const RETENTION_DAYS: [i32; 22] = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
        2922, 3288, 3653,
    ];
    /// The most tags of a log group.
    ///
    /// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>.
    pub const TAGS: usize = 50;
    /// The largest stub, which replaces an event that is too large to store.
    pub const STUB_BYTES: usize = 64 * 1024;
}

/// The tag that names the cluster of a log group.
pub const CLUSTER_TAG: &str = "ClusterName";

/// A log stream and its log group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Destination {
    /// The log group.
    pub log_group: String,
    /// The log stream.
    pub log_stream: &'static str,
    /// The cluster, for the group's `ClusterName` tag; none in the fallback group.
    pub cluster: Option<ResourceName<'static>>,
}

/// One `InputLogEvent`, and the arrival that it comes from.
#[derive(Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// Milliseconds since 1970.
    pub timestamp_ms: i64,
    /// One JSON object on one line.
    pub message: String,
    /// The position of the arrival in its payload.
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
    /// The bytes that it takes of a request's limit.
    pub fn request_bytes(&self) -> usize {
        self.message.len() + limit::OVERHEAD_BYTES
    }
}

/// One `PutLogEvents` request: within every limit, and in order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The log stream that it goes to.
    pub destination: Destination,
    /// Its log events; never empty.
    pub events: Vec<LogEvent>,
}
