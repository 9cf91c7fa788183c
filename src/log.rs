//! The output: log events, their destinations, and the limits of CloudWatch Logs.

use crate::resource_name::ResourceName;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

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

impl Destination {
    /// Its log group and log stream.
    ///
    /// The cluster does not count: several clusters can share a group, which is tagged with the
    /// cluster of the batch's first event.
    pub(crate) fn stream(&self) -> (&str, &str) {
        (&self.log_group, self.log_stream)
    }
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

/// The number of a plan, which its batches and receipts carry: a receipt settles no other plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanNumber(u64);

impl PlanNumber {
    /// A number that no other plan in this process has.
    pub fn fresh() -> Self {
        static PLANS: AtomicU64 = AtomicU64::new(0);
        Self(PLANS.fetch_add(1, Ordering::Relaxed))
    }
}

/// One `PutLogEvents` request: never empty, within every limit, and in order of time.
///
/// [`batch`](crate::batch::batch) makes batches, and [`Batch::split`] makes smaller ones. Nothing else
/// does:
///
/// ```compile_fail,E0616
/// use ecs_event_forwarder::log::{Batch, LogEvent};
///
/// fn overfill(batch: &mut Batch, event: LogEvent) {
///     batch.events.push(event);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    plan: PlanNumber,
    destination: Destination,
    events: Vec<LogEvent>,
    /// The bytes that its log events take of a request's limit.
    bytes: usize,
}

impl Batch {
    /// A batch with one log event, whose message is at most [`limit::MESSAGE_BYTES`] long.
    pub(crate) fn begin(plan: PlanNumber, destination: Destination, event: LogEvent) -> Self {
        let bytes = event.request_bytes();
        Self { plan, destination, events: vec![event], bytes }
    }

    /// Adds a log event, or gives it back if the request has no place for it.
    pub(crate) fn add(
        &mut self,
        destination: Destination,
        event: LogEvent,
    ) -> Result<(), (Destination, LogEvent)> {
        let bytes = self.bytes + event.request_bytes();
        let is_of_stream = self.destination.stream() == destination.stream();
        if !is_of_stream || bytes > limit::REQUEST_BYTES || !self.has_room(event.timestamp_ms) {
            return Err((destination, event));
        }
        self.bytes = bytes;
        self.events.push(event);
        Ok(())
    }

    /// True if a log event of this time can be the next.
    fn has_room(&self, timestamp_ms: i64) -> bool {
        let time_ms = |event: Option<&LogEvent>| event.map_or(timestamp_ms, |it| it.timestamp_ms);
        let (first_ms, last_ms) = (time_ms(self.events.first()), time_ms(self.events.last()));
        self.events.len() < limit::REQUEST_EVENTS
            && last_ms <= timestamp_ms
            && timestamp_ms - first_ms < limit::REQUEST_SPAN_MS
    }

    /// Copies the batch into batches of at most `most` log events; at least one in each.
    pub fn split(&self, most: usize) -> impl Iterator<Item = Self> {
        self.events.chunks(most.max(1)).map(|events| Self {
            plan: self.plan,
            destination: self.destination.clone(),
            events: events.to_vec(),
            bytes: events.iter().map(LogEvent::request_bytes).sum(),
        })
    }

    /// The plan that it belongs to.
    pub fn plan(&self) -> PlanNumber {
        self.plan
    }

    /// The log stream that it goes to.
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Its log events, in order of time.
    pub fn events(&self) -> &[LogEvent] {
        &self.events
    }

    /// The positions of its log events among the arrivals.
    pub fn arrivals(&self) -> impl Iterator<Item = usize> {
        self.events.iter().map(|event| event.arrival)
    }

    /// Returns its log stream and its log events.
    pub fn into_parts(self) -> (Destination, Vec<LogEvent>) {
        (self.destination, self.events)
    }
}
