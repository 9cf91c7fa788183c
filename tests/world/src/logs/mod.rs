//! CloudWatch Logs, as strict as AWS documents it.
//!
//! `protocol` reads a request, `input` checks the members of an `operation`, `limits` a batch;
//! `store` executes a call; `fault`, `gate` and `chaos` disturb `service`; this file is what tests use.

pub mod chaos;
pub mod fault;
pub mod gate;
mod input;
mod limits;
mod operation;
mod protocol;
mod refusal;
mod service;
mod store;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

pub use self::limits::Rejected;
pub use self::operation::Operation;
pub use self::service::OnPing;
pub use self::store::{LogGroup, StoredEvent};

use self::chaos::Chaos;
use self::fault::{Fault, FaultRule};
use self::service::Service;
use super::clock::Clock;
use super::http::Request;
use super::server::Server;

/// The longest wait of a test.
const PATIENCE: Duration = Duration::from_mins(1);

/// The outcome of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has not ended yet.
    Pending,
    /// It was done, perhaps with rejected events.
    Done,
    /// It failed with this error type, and nothing was done.
    Refused(&'static str),
    /// Nothing was done, and there was no answer.
    Ignored,
}

/// A call, as CloudWatch Logs received it.
#[derive(Clone, Debug)]
pub struct Call {
    pub operation: Operation,
    pub group: String,
    /// Empty for an operation on a group.
    pub stream: String,
    /// The number of events.
    pub events: usize,
    /// The bytes that AWS counts: UTF-8 and 26 for each event.
    pub bytes: usize,
    /// The time from the first event to the last.
    pub span_ms: i64,
    /// The terms of the filter pattern.
    pub terms: Vec<String>,
    /// The number of events that were rejected in an answer with status 200.
    pub rejected: usize,
    pub at: Instant,
    /// The name of the fault that the call met.
    pub fault: Option<&'static str>,
    pub outcome: Outcome,
    /// True if the call was done but its answer was lost.
    pub is_answer_lost: bool,
}

/// A CloudWatch Logs on a port of its own.
pub struct CloudWatchLogs {
    service: Arc<Service>,
    server: Server,
}

impl CloudWatchLogs {
    /// An empty CloudWatch Logs with the real clock and without faults.
    pub fn new() -> Self {
        let service = Arc::new(Service::default());
        let serving = Arc::clone(&service);
        let server = Server::start(Arc::new(move |request, from| serving.handle(request, from)));
        Self { service, server }
    }

    /// Its address.
    pub fn address(&self) -> std::net::SocketAddr {
        self.server.address()
    }

    /// The value for `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Sets the clock that decides which events are too old or too new.
    pub fn set_clock(&self, clock: Clock) {
        self.service.lock().clock = clock;
    }

    // ── groups, streams and events ──

    /// The groups that exist, in order of name.
    pub fn groups(&self) -> Vec<LogGroup> {
        self.service.lock().store.groups()
    }

    /// A group, if it exists.
    pub fn group(&self, name: &str) -> Option<LogGroup> {
        self.groups().into_iter().find(|group| group.name == name)
    }

    /// The events of a stream in the order of their arrival: time and message. Empty if the stream is
    /// missing.
    pub fn stored(&self, group: &str, stream: &str) -> Vec<(i64, String)> {
        self.service.lock().store.stored(group, stream)
    }

    /// Every event ever stored, in the order of arrival, those of deleted groups included.
    pub fn ever_stored(&self) -> Vec<StoredEvent> {
        self.service.lock().store.ever_stored()
    }

    /// Keeps only this part of each message from now on, to save memory in a soak.
    pub fn keep_only(&self, part: impl Fn(&str) -> String + Send + 'static) {
        self.service.lock().store.keep_only(Box::new(part));
    }

    /// Creates a group, as somebody else would.
    pub fn create_group(&self, group: &str, retention_days: Option<i64>) {
        self.service.lock().store.put_group(group, retention_days);
    }

    /// Creates a stream, and its group if it is missing, as somebody else would.
    pub fn create_stream(&self, group: &str, stream: &str) {
        self.service.lock().store.put_stream(group, stream);
    }

    /// Stores an event in the group's stream `captured`, as somebody else would.
    pub fn keep(&self, group: &str, timestamp_ms: i64, message: &str) {
        self.create_stream(group, "captured");
        self.service.lock().store.keep(group, "captured", timestamp_ms, message);
    }

    /// Deletes a group with all its streams.
    pub fn delete_group(&self, group: &str) {
        self.service.lock().store.delete_group(group);
    }

    /// Deletes a stream.
    pub fn delete_stream(&self, group: &str, stream: &str) {
        self.service.lock().store.delete_stream(group, stream);
    }

    // ── calls ──

    /// Every valid call, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.service.lock().calls.clone()
    }

    /// The calls of one operation, in order.
    pub fn calls_of(&self, operation: Operation) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.operation == operation).collect()
    }

    /// Waits for this many calls of an operation. The test fails if they do not come.
    pub fn wait_for_calls(&self, operation: Operation, count: usize) {
        self.wait_until(|calls| {
            calls.iter().filter(|call| call.operation == operation).count() >= count
        });
    }

    /// Waits until the calls meet a condition. The test fails if they never do.
    pub fn wait_until(&self, is_so: impl Fn(&[Call]) -> bool) {
        let happened = self.service.wait_for(PATIENCE, is_so);
        assert!(happened, "it did not come to pass; the calls: {:#?}", self.calls());
    }

    /// The requests that call no operation, such as that for `/ping`.
    pub fn pings(&self) -> Vec<Request> {
        self.service.lock().pings.clone()
    }

    /// The number of connections with a request.
    pub fn connections(&self) -> usize {
        self.service.lock().connections.len()
    }

    /// Sets the reaction to requests that call no operation.
    pub fn on_ping(&self, on_ping: OnPing) {
        self.service.lock().on_ping = on_ping;
    }

    /// Takes the list of the client's violations of AWS's rules.
    pub fn violations(&self) -> Vec<String> {
        std::mem::take(&mut self.service.lock().violations)
    }

    // ── faults ──

    /// Makes the next call of an operation fail.
    pub fn fail(&self, operation: Operation, fault: Fault) {
        self.inject(fault.on(operation));
    }

    /// Makes calls fail by a rule. The first rule that matches a call decides.
    pub fn inject(&self, rule: FaultRule) {
        self.service.lock().faults.rules.push(rule);
    }

    /// Refuses every batch with a message that contains this, without naming the message.
    pub fn poison(&self, text: &str) {
        let rule = Fault::InvalidParameter.on(Operation::PutLogEvents);
        self.inject(rule.always().containing(text));
    }

    /// Makes calls that match no rule fail at random.
    pub fn unleash(&self, chaos: Chaos) {
        self.service.lock().faults.chaos = Some(chaos);
    }

    /// Removes all rules and all random faults.
    pub fn heal(&self) {
        self.service.lock().faults = fault::Faults::default();
    }

    /// The number of faults so far, by name.
    pub fn faults_injected(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for name in self.service.lock().calls.iter().filter_map(|call| call.fault) {
            *counts.entry(name).or_default() += 1;
        }
        counts
    }
}

impl Drop for CloudWatchLogs {
    fn drop(&mut self) {
        let violations = self.violations();
        if !thread::panicking() {
            assert!(violations.is_empty(), "against CloudWatch Logs: {violations:#?}");
        }
    }
}
