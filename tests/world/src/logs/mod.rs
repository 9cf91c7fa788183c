//! CloudWatch Logs, as strict as AWS documents it.
//!
//! `protocol` reads a request, `input` checks the members of an `operation`, `limits` a batch;
//! `store` does what was asked; `fault`, `gate` and `chaos` get in the way of `service`;
//! this file is what a test holds.

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

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has not ended yet.
    Pending,
    /// It was done, though perhaps with rejected events.
    Done,
    /// It was answered with this error type, and nothing was done.
    Refused(&'static str),
    /// Nothing was done, and nothing answered.
    Ignored,
}

/// One call, as CloudWatch Logs saw it.
#[derive(Clone, Debug)]
pub struct Call {
    pub operation: Operation,
    pub group: String,
    /// Empty for an operation on a group.
    pub stream: String,
    /// How many events came.
    pub events: usize,
    /// What AWS counts: UTF-8 bytes and 26 for each event.
    pub bytes: usize,
    /// From the first event to the last.
    pub span_ms: i64,
    /// The terms of the filter that was asked for.
    pub terms: Vec<String>,
    /// How many events were rejected in a 200.
    pub rejected: usize,
    pub at: Instant,
    /// The name of the fault that was made to happen.
    pub fault: Option<&'static str>,
    pub outcome: Outcome,
    /// It was done, but the client cannot know.
    pub is_answer_lost: bool,
}

/// A CloudWatch Logs on a port of its own.
pub struct CloudWatchLogs {
    service: Arc<Service>,
    server: Server,
}

impl CloudWatchLogs {
    /// An empty one, on the real clock, without faults.
    pub fn new() -> Self {
        let service = Arc::new(Service::default());
        let serving = Arc::clone(&service);
        let server = Server::start(Arc::new(move |request, from| serving.handle(request, from)));
        Self { service, server }
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.server.address()
    }

    /// What goes into `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Sets the clock that tells old events from new ones.
    pub fn set_clock(&self, clock: Clock) {
        self.service.lock().clock = clock;
    }

    // ── what is there ──

    /// The groups that exist, in order of name.
    pub fn groups(&self) -> Vec<LogGroup> {
        self.service.lock().store.groups()
    }

    /// A group, if it exists.
    pub fn group(&self, name: &str) -> Option<LogGroup> {
        self.groups().into_iter().find(|group| group.name == name)
    }

    /// The events of a stream as they came: time and message. Empty where nothing exists.
    pub fn stored(&self, group: &str, stream: &str) -> Vec<(i64, String)> {
        self.service.lock().store.stored(group, stream)
    }

    /// Every event ever stored, as they came, those of deleted groups too.
    pub fn ever_stored(&self) -> Vec<StoredEvent> {
        self.service.lock().store.ever_stored()
    }

    /// From now on keeps only this of each message, so that a soak need not hold them all.
    pub fn keep_only(&self, part: impl Fn(&str) -> String + Send + 'static) {
        self.service.lock().store.keep_only(Box::new(part));
    }

    /// Makes a group, as if someone else had.
    pub fn create_group(&self, group: &str, retention_days: Option<i64>) {
        self.service.lock().store.put_group(group, retention_days);
    }

    /// Makes a stream, and its group if it is missing, as if someone else had.
    pub fn create_stream(&self, group: &str, stream: &str) {
        self.service.lock().store.put_stream(group, stream);
    }

    /// Stores an event in the group's stream `captured`, as if someone else had.
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

    // ── what was asked ──

    /// Every call that could be read, as they came.
    pub fn calls(&self) -> Vec<Call> {
        self.service.lock().calls.clone()
    }

    /// The calls of one operation, as they came.
    pub fn calls_of(&self, operation: Operation) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.operation == operation).collect()
    }

    /// Waits until this many calls of an operation have come; fails when they do not.
    pub fn wait_for_calls(&self, operation: Operation, count: usize) {
        self.wait_until(|calls| {
            calls.iter().filter(|call| call.operation == operation).count() >= count
        });
    }

    /// Waits until the calls are like this; fails when they do not become so.
    pub fn wait_until(&self, is_so: impl Fn(&[Call]) -> bool) {
        let happened = self.service.wait_for(PATIENCE, is_so);
        assert!(happened, "it did not come to pass; the calls: {:#?}", self.calls());
    }

    /// The requests that asked for nothing but an answer.
    pub fn pings(&self) -> Vec<Request> {
        self.service.lock().pings.clone()
    }

    /// How many connections have asked for something.
    pub fn connections(&self) -> usize {
        self.service.lock().connections.len()
    }

    /// Says what becomes of requests that ask for nothing but an answer.
    pub fn on_ping(&self, on_ping: OnPing) {
        self.service.lock().on_ping = on_ping;
    }

    /// What the client did that AWS does not allow. Reading it takes it.
    pub fn violations(&self) -> Vec<String> {
        std::mem::take(&mut self.service.lock().violations)
    }

    // ── what goes wrong ──

    /// Makes the next call of an operation fail.
    pub fn fail(&self, operation: Operation, fault: Fault) {
        self.inject(fault.on(operation));
    }

    /// Makes calls fail by a rule. The first rule that fits a call decides.
    pub fn inject(&self, rule: FaultRule) {
        self.service.lock().faults.rules.push(rule);
    }

    /// Refuses every batch with a message that contains this, and says nothing about which it is.
    pub fn poison(&self, text: &str) {
        let rule = Fault::InvalidParameter.on(Operation::PutLogEvents);
        self.inject(rule.always().containing(text));
    }

    /// Makes calls that no rule touches fail at random.
    pub fn unleash(&self, chaos: Chaos) {
        self.service.lock().faults.chaos = Some(chaos);
    }

    /// Ends all rules and all chaos.
    pub fn heal(&self) {
        self.service.lock().faults = fault::Faults::default();
    }

    /// How many faults happened, by name.
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
