//! The way of a request: it is read, can meet a fault, is executed and is answered.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::fault::{Fault, Faults};
use super::input::Input;
use super::limits::{LogEvent, Rejected, span_ms};
use super::refusal::{Refusal, answer};
use super::store::Store;
use super::{Call, Outcome, protocol};
use crate::clock::Clock;
use crate::connection::{Connection, Reply};
use crate::http::{Request, Response};

/// The service that answers requests.
#[derive(Default)]
pub(super) struct Service {
    state: Mutex<State>,
    changed: Condvar,
}

/// Its state.
pub(super) struct State {
    pub store: Store,
    pub faults: Faults,
    pub clock: Clock,
    pub calls: Vec<Call>,
    pub violations: Vec<String>,
    /// The requests that call no operation.
    pub pings: Vec<Request>,
    pub on_ping: OnPing,
    /// The addresses of the clients that have connected.
    pub connections: BTreeSet<SocketAddr>,
}

/// The reaction to a request that calls no operation.
#[derive(Clone, Copy, Debug)]
pub enum OnPing {
    /// It is answered, and the connection stays open.
    Answer,
    /// It is answered, and then the connection closes.
    AnswerAndClose,
    /// The connection is reset.
    Reset,
    /// There is never an answer.
    Hang,
}

impl Default for State {
    fn default() -> Self {
        Self {
            store: Store::default(),
            faults: Faults::default(),
            clock: Clock::Real,
            calls: Vec::new(),
            violations: Vec::new(),
            pings: Vec::new(),
            on_ping: OnPing::Answer,
            connections: BTreeSet::new(),
        }
    }
}

const UNPOISONED: &str = "nobody panics with the state in hand";

impl Service {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }

    /// Waits until the calls meet a condition. Returns false if time runs out first.
    pub(super) fn wait_for(&self, patience: Duration, is_so: impl Fn(&[Call]) -> bool) -> bool {
        let waited =
            self.changed.wait_timeout_while(self.lock(), patience, |state| !is_so(&state.calls));
        is_so(&waited.expect(UNPOISONED).0.calls)
    }

    pub(super) fn handle(&self, request: &Request, connection: &Connection) -> Reply {
        self.lock().connections.extend(connection.peer());
        if request.path == "/ping" {
            return self.ping(request);
        }
        let input = match protocol::read(request) {
            Ok(input) => input,
            Err(refusal) => {
                let target = request.header("x-amz-target").unwrap_or_default();
                self.lock().note(target, &refusal);
                return Reply::Send(refusal.response());
            }
        };
        let (call, fault) = self.begin(&input);
        match fault {
            None => self.deliver(call, connection, self.act(call, &input, None)),
            Some(fault) => self.suffer(call, &input, fault, connection),
        }
    }

    fn ping(&self, request: &Request) -> Reply {
        let mut state = self.lock();
        state.pings.push(request.clone());
        let healthy = Response { status: 200, headers: vec![], body: b"healthy".to_vec() };
        match state.on_ping {
            OnPing::Answer => Reply::Send(healthy),
            OnPing::AnswerAndClose => Reply::SendLast(healthy),
            OnPing::Reset => Reply::Reset,
            OnPing::Hang => Reply::Silence,
        }
    }

    /// Records the call, and chooses its fault.
    fn begin(&self, input: &Input) -> (usize, Option<Fault>) {
        let mut state = self.lock();
        let fault = state.faults.strike(input);
        state.calls.push(Call {
            operation: input.operation(),
            group: input.group.clone(),
            stream: input.stream.clone(),
            events: input.events().len(),
            bytes: input.events().iter().map(LogEvent::bytes).sum(),
            span_ms: span_ms(input.events()),
            terms: input.terms().to_vec(),
            rejected: 0,
            at: Instant::now(),
            fault: fault.as_ref().map(Fault::name),
            outcome: Outcome::Pending,
            is_answer_lost: false,
        });
        self.changed.notify_all();
        (state.calls.len() - 1, fault)
    }

    fn suffer(&self, call: usize, input: &Input, fault: Fault, connection: &Connection) -> Reply {
        if let Some(refusal) = fault.refusal(input) {
            self.end(call, Outcome::Refused(refusal.kind));
            return Reply::Send(refusal.response());
        }
        match fault {
            Fault::BadGateway => {
                self.end(call, Outcome::Refused("BadGateway"));
                Reply::Send(page(502))
            }
            Fault::ResetBefore => {
                self.end(call, Outcome::Ignored);
                Reply::Reset
            }
            Fault::Hang => {
                self.end(call, Outcome::Ignored);
                Reply::Silence
            }
            Fault::ResetAfter => {
                self.act(call, input, None);
                self.lose(call);
                Reply::Reset
            }
            Fault::HalfAnswer => {
                let response = self.act(call, input, None);
                self.lose(call);
                Reply::SendHalf(response)
            }
            Fault::Slow(duration) => {
                let response = self.act(call, input, None);
                connection.stays_for(Some(duration));
                self.deliver(call, connection, response)
            }
            Fault::Reject(rejected) => {
                self.deliver(call, connection, self.act(call, input, Some(rejected)))
            }
            Fault::DeleteGroupBefore => {
                self.lock().store.delete_group(&input.group);
                self.deliver(call, connection, self.act(call, input, None))
            }
            Fault::DeleteGroupAfter => {
                let response = self.act(call, input, None);
                self.lock().store.delete_group(&input.group);
                self.deliver(call, connection, response)
            }
            Fault::MadeByAnother => {
                self.act(call, input, None);
                self.deliver(call, connection, self.act(call, input, None))
            }
            Fault::Wait(barrier) => {
                barrier.pass();
                self.deliver(call, connection, self.act(call, input, None))
            }
            Fault::Throttle
            | Fault::ServiceUnavailable
            | Fault::InternalFailure
            | Fault::AccessDenied
            | Fault::AccessDeniedTo(_)
            | Fault::AccessDeniedTersely
            | Fault::Refused(..)
            | Fault::OperationAborted
            | Fault::LimitExceeded
            | Fault::InvalidParameter
            | Fault::KmsKeyInvalid
            | Fault::KmsKeyRefused
            | Fault::GroupNotFound
            | Fault::StreamNotFound => unreachable!("these are refusals"),
        }
    }

    /// Executes the call. Returns the answer.
    fn act(&self, call: usize, input: &Input, forced: Option<Rejected>) -> Response {
        let mut state = self.lock();
        let now_ms = state.clock.now_ms();
        let result = state.store.apply(input, call, now_ms, forced);
        let (outcome, rejected, response) = match result {
            Ok(done) => (Outcome::Done, done.rejected, answer(200, &done.body)),
            Err(refusal) => {
                state.note(input.operation().name(), &refusal);
                (Outcome::Refused(refusal.kind), 0, refusal.response())
            }
        };
        if let Some(call) = state.calls.get_mut(call) {
            call.outcome = outcome;
            call.rejected = rejected;
        }
        self.changed.notify_all();
        response
    }

    /// Answers, and records if the client has left before.
    fn deliver(&self, call: usize, connection: &Connection, response: Response) -> Reply {
        if connection.is_gone() {
            self.lose(call);
        }
        Reply::Send(response)
    }

    fn lose(&self, call: usize) {
        if let Some(call) = self.lock().calls.get_mut(call) {
            call.is_answer_lost = call.outcome == Outcome::Done;
        }
        self.changed.notify_all();
    }

    fn end(&self, call: usize, outcome: Outcome) {
        if let Some(call) = self.lock().calls.get_mut(call) {
            call.outcome = outcome;
        }
        self.changed.notify_all();
    }
}

impl State {
    /// Records a violation.
    fn note(&mut self, operation: &str, refusal: &Refusal) {
        if refusal.is_violation {
            let message: String = refusal.message.chars().take(500).collect();
            self.violations.push(format!("{operation}: {}: {message}", refusal.kind));
        }
    }
}

fn page(status: u16) -> Response {
    let headers = vec![("Content-Type", "text/html".to_owned())];
    Response { status, headers, body: b"<html><body>Bad Gateway</body></html>".to_vec() }
}
