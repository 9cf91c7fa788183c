//! Step 9: batch → receipt. The only place that knows the CloudWatch Logs client.

mod attempts;
mod client;
mod fault;
mod network;
mod no_connection;
mod rejected;
mod trust;
mod tunnel;
mod variable;
mod warm;

pub use client::{check_endpoint, endpoint_flags, from_environment, logs_client};
pub use network::{check_proxies, https_client};
pub use no_connection::why_unsent;
pub use trust::{AMAZON_ROOTS, Trust};

use crate::failure::{Caller, Failure};
use crate::log::{Batch, CLUSTER_TAG, Destination, LogEvent};
use crate::policy::{Delivery, LogClass, OnRejected};
use attempts::before;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{InputLogEvent, LogGroupClass, RejectedLogEventsInfo};
use fault::{Fault, Operation};
use rejected::rejected;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// Access to CloudWatch Logs.
#[derive(Clone, Debug)]
pub struct CloudWatchLogs {
    client: Client,
    delivery: Delivery,
    caller: Caller,
}

/// The receipt of one or more batches.
#[derive(Debug, Default)]
pub struct Delivered {
    /// The arrivals whose log events were not stored.
    pub failed: Vec<(usize, Failure)>,
    /// Log events that CloudWatch Logs rejected for their time.
    pub rejected: usize,
    /// Rejected log events that were then stored with the time of delivery.
    pub restamped: usize,
    /// Log groups that were created.
    pub log_groups_created: usize,
    /// The time from the first request to the last answer; none if there was no request.
    pub took: Option<Duration>,
}

/// A part of a batch. `stamp_ms` replaces the time of its events.
#[derive(Clone, Copy)]
struct Part<'a> {
    events: &'a [LogEvent],
    stamp_ms: Option<i64>,
}

/// The pauses between a creation and the next put. A new stream is not always visible at once, and
/// a group can be deleted in the meantime.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_millis(900),
];

/// Setting the retention of a new group may take this part (one in four) of the time that is left.
const RETENTION_SHARE: u32 = 4;

/// The most requests for one batch while searching for invalid events.
///
/// This finds a few invalid events among thousands, and ends the search if the request itself is
/// invalid.
const SEARCH_REQUESTS: usize = 256;

impl CloudWatchLogs {
    /// Returns the function's access, which uses `client`.
    pub fn new(client: Client, delivery: Delivery) -> Self {
        Self { client, delivery, caller: Caller::Role }
    }

    /// Returns the command line's access: its errors name your credentials, not the function's role.
    #[must_use]
    pub fn for_person(self) -> Self {
        Self { caller: Caller::Person, ..self }
    }

    /// Opens a connection before the first event arrives, and waits at most a second for it.
    ///
    /// No API is called. A failure is ignored, because the first event would meet it again.
    pub async fn warm_up(&self) {
        warm::warm_up(&self.client).await;
    }

    fn region(&self) -> &str {
        self.client.config().region().map_or("*", AsRef::as_ref)
    }

    /// Stores a batch before `deadline`, and creates the log group and log stream if they are missing.
    ///
    /// Afterwards each event is stored or listed in the receipt as failed.
    pub async fn deliver(&self, batch: &Batch, deadline: Instant) -> Delivered {
        let mut receipt = Delivered::default();
        let mut parts = vec![Part { events: batch.events(), stamp_ms: None }];
        let mut requests = 0;
        while let Some(part) = parts.pop() {
            requests += 1;
            match self.store(batch.destination(), part, deadline, &mut receipt).await {
                Ok(info) => {
                    let is_restamped = part.stamp_ms.is_some();
                    let parts_rejected = info.map(|it| rejected(part.events, &it));
                    let mut stored = part.events.len();
                    for (events, cause) in parts_rejected.unwrap_or_default() {
                        stored -= events.len();
                        receipt.rejected += if is_restamped { 0 } else { events.len() };
                        match (is_restamped, self.delivery.on_rejected) {
                            (false, OnRejected::Restamp) => {
                                parts.push(Part { events, stamp_ms: Some(now_ms()) });
                            }
                            _ => receipt.refuse(events, &Failure::Rejected { cause }),
                        }
                    }
                    receipt.restamped += if is_restamped { stored } else { 0 };
                }
                Err(Fault::Invalid) if part.events.len() > 1 && requests < SEARCH_REQUESTS => {
                    let (first, second) = part.events.split_at(part.events.len() / 2);
                    parts.push(Part { events: second, ..part });
                    parts.push(Part { events: first, ..part });
                }
                Err(fault) => {
                    let failure = fault.failure(self.region(), batch.destination(), self.caller);
                    receipt.refuse(part.events, &failure);
                }
            }
        }
        receipt
    }

    /// Puts a part of a batch; if the stream or the group is missing, creates it and puts again.
    async fn store(
        &self,
        destination: &Destination,
        part: Part<'_>,
        deadline: Instant,
        receipt: &mut Delivered,
    ) -> Result<Option<RejectedLogEventsInfo>, Fault> {
        for pause in PAUSES {
            match self.put(destination, part, deadline).await {
                Err(Fault::Missing) => {}
                done => return done,
            }
            match self.create_stream(destination, deadline, receipt).await {
                Ok(()) | Err(Fault::Missing) => {}
                Err(fault) => return Err(fault),
            }
            let paused = timeout_at(deadline, sleep(pause)).await;
            paused.map_err(|_| Fault::Late { cause: None })?;
        }
        self.put(destination, part, deadline).await
    }

    async fn put(
        &self,
        destination: &Destination,
        part: Part<'_>,
        deadline: Instant,
    ) -> Result<Option<RejectedLogEventsInfo>, Fault> {
        let events = part.events.iter().map(|event| {
            InputLogEvent::builder()
                .timestamp(part.stamp_ms.unwrap_or(event.timestamp_ms))
                .message(&event.message)
                .build()
                .expect("timestamp and message are set")
        });
        let request = self
            .client
            .put_log_events()
            .log_group_name(&destination.log_group)
            .log_stream_name(destination.log_stream)
            .set_log_events(Some(events.collect()));
        match before(deadline, request.send()).await? {
            Ok(answer) => Ok(answer.rejected_log_events_info),
            Err(error) => Err(Fault::of(Operation::PutLogEvents, &error)),
        }
    }

    async fn create_stream(
        &self,
        destination: &Destination,
        deadline: Instant,
        receipt: &mut Delivered,
    ) -> Result<(), Fault> {
        let create = || {
            let request = self.client.create_log_stream();
            request.log_group_name(&destination.log_group).log_stream_name(destination.log_stream)
        };
        let operation = Operation::CreateLogStream;
        match once(operation, deadline, create().send()).await {
            Err(Fault::Missing) => {
                let is_new = self.create_group(destination, deadline).await?;
                receipt.log_groups_created += usize::from(is_new);
                once(operation, deadline, create().send()).await.map(|_| ())
            }
            done => done.map(|_| ()),
        }
    }

    /// Returns false if somebody else has just created it.
    async fn create_group(
        &self,
        destination: &Destination,
        deadline: Instant,
    ) -> Result<bool, Fault> {
        let new = &self.delivery.new_log_group;
        let mut request = self.client.create_log_group().log_group_name(&destination.log_group);
        request = request.set_kms_key_id(new.kms_key_arn().map(str::to_owned));
        if new.log_class() == LogClass::InfrequentAccess {
            request = request.log_group_class(LogGroupClass::InfrequentAccess);
        }
        for (key, value) in new.tags() {
            request = request.tags(key, value);
        }
        if let Some(cluster) = destination.cluster.as_deref() {
            request = request.tags(CLUSTER_TAG, cluster);
        }
        let is_new = once(Operation::CreateLogGroup, deadline, request.send()).await?;
        // A group that somebody else created may have another retention.
        if is_new {
            self.set_retention(destination, deadline).await;
        }
        Ok(is_new)
    }

    /// Sets the retention of a new group. A failure is a warning, because the events matter more.
    ///
    /// The retention is set before the first put: CloudWatch Logs then rejects events that are older
    /// than it, where it would otherwise accept them and delete them.
    async fn set_retention(&self, destination: &Destination, deadline: Instant) {
        let days = self.delivery.new_log_group.retention().days();
        let request = self.client.put_retention_policy();
        let request = request.log_group_name(&destination.log_group).retention_in_days(days);
        let operation = Operation::PutRetentionPolicy;
        let share = left(deadline) / RETENTION_SHARE;
        let call = timeout(share, once(operation, deadline, request.send()));
        let late = Fault::Other { operation, cause: "the answer took too long".to_owned() };
        if let Err(fault) = call.await.unwrap_or(Err(late)) {
            let failure = fault.failure(self.region(), destination, self.caller);
            tracing::warn!(
                log_group = destination.log_group,
                retention_days = days,
                "the new log group has no retention: {failure}"
            );
        }
    }
}

/// Makes a call that creates something; returns false if it exists already.
async fn once<T, E>(
    operation: Operation,
    deadline: Instant,
    call: impl Future<Output = Result<T, fault::Error<E>>>,
) -> Result<bool, Fault>
where
    E: aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata,
{
    match before(deadline, call).await? {
        Ok(_) => Ok(true),
        Err(error) => {
            let fault = Fault::of(operation, &error);
            if fault == Fault::Exists { Ok(false) } else { Err(fault) }
        }
    }
}

impl Delivered {
    /// Adds the receipt of another batch.
    pub fn add(&mut self, other: Self) {
        self.failed.extend(other.failed);
        self.rejected += other.rejected;
        self.restamped += other.restamped;
        self.log_groups_created += other.log_groups_created;
    }

    fn refuse(&mut self, events: &[LogEvent], failure: &Failure) {
        self.failed.extend(events.iter().map(|event| (event.arrival, failure.clone())));
    }
}

#[expect(clippy::disallowed_methods, reason = "the time of delivery is known here alone")]
fn now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long the next call may take is known here alone"
)]
fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}
