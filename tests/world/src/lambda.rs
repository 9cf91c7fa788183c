//! The Runtime API, which the function asks for its invocations.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::answer::Answer;
use super::clock::real_now_ms;
use super::connection::Reply;
use super::http::{Request, Response};
use super::server::Server;
use super::{ACCOUNT, REGION};

/// A started process must ask for its first invocation within this.
const STARTUP: Duration = Duration::from_mins(1);

/// The limit for a synchronous answer.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const RESPONSE_BYTES: usize = 6 * 1024 * 1024;

/// The Runtime API of one execution environment.
pub(crate) struct Lambda {
    desk: Arc<Desk>,
    server: Server,
}

/// The state that the test and the runtime share.
#[derive(Default)]
pub(crate) struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// True when the environment has ended: it answers no more requests.
    is_closed: bool,
    invocations: BTreeMap<u64, Invocation>,
    offered: u64,
    /// Invocations whose answer the test no longer waits for.
    given_up: BTreeSet<u64>,
    init_error: Option<(String, String)>,
    violations: Vec<String>,
}

struct Invocation {
    payload: Vec<u8>,
    deadline: Duration,
    taken_at: Option<Instant>,
    answer: Option<(Answer, Duration)>,
}

impl Lambda {
    /// An environment without a process yet.
    pub(crate) fn start() -> Self {
        let desk = Arc::new(Desk::default());
        let served = Arc::clone(&desk);
        Self { desk, server: Server::start(Arc::new(move |request, _| served.handle(request))) }
    }

    /// The value for `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The part that outlives a borrow, to close the environment when its process ends.
    pub(crate) fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.desk)
    }

    /// Queues an invocation. Its deadline begins to count when the runtime takes it.
    pub(crate) fn offer(&self, payload: impl Into<Vec<u8>>, deadline: Duration) -> u64 {
        let mut state = self.desk.lock();
        state.offered += 1;
        let id = state.offered;
        let payload = payload.into();
        let invocation = Invocation { payload, deadline, taken_at: None, answer: None };
        state.invocations.insert(id, invocation);
        self.desk.changed.notify_all();
        id
    }

    /// Waits for the end of an invocation. Returns it and the time that the runtime took.
    pub(crate) fn wait(&self, id: u64) -> (Answer, Duration) {
        let started = Instant::now();
        let mut state = self.desk.lock();
        loop {
            let is_closed = state.is_closed;
            let invocation = state.invocations.get_mut(&id).expect("an invocation is awaited once");
            let ends_at = match invocation.taken_at {
                Some(taken_at) => taken_at + invocation.deadline,
                None => started + STARTUP,
            };
            let now = Instant::now();
            let answer = invocation.answer.take().or_else(|| {
                let took = invocation.taken_at.map_or(Duration::ZERO, |taken_at| now - taken_at);
                (is_closed || now >= ends_at).then_some((Answer::NoAnswer, took))
            });
            if let Some(answer) = answer {
                state.invocations.remove(&id);
                if answer.0 == Answer::NoAnswer {
                    state.given_up.insert(id);
                }
                return answer;
            }
            let (guard, _) =
                self.desk.changed.wait_timeout(state, ends_at - now).expect(UNPOISONED);
            state = guard;
        }
    }

    /// The `errorType` and `errorMessage` that the runtime reported from its init phase.
    pub(crate) fn init_error(&self) -> Option<(String, String)> {
        self.desk.lock().init_error.clone()
    }

    /// Takes the list of violations of the Runtime API.
    pub(crate) fn violations(&self) -> Vec<String> {
        std::mem::take(&mut self.desk.lock().violations)
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        self.desk.close();
    }
}

const UNPOISONED: &str = "nobody panics with the state in hand";

impl Desk {
    /// Ends the environment, and wakes everybody who waits for it.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }

    fn handle(&self, request: &Request) -> Reply {
        let path = request.path.strip_prefix("/2018-06-01/runtime/").unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["invocation", "next"]) => self.next(),
            ("POST", ["invocation", id, "response"]) => self.answered(id, self.response(request)),
            ("POST", ["invocation", id, "error"]) => self.answered(id, self.error(request)),
            ("POST", ["init", "error"]) => {
                if let Ok((error_type, error_message)) = self.diagnosis(request) {
                    self.lock().init_error = Some((error_type, error_message));
                }
                status(202, "OK")
            }
            _ => self.refuse(404, format!("no such call: {} {}", request.method, request.path)),
        }
    }

    /// Waits for an invocation, as long as it takes.
    fn next(&self) -> Reply {
        let mut state = self.lock();
        if state.invocations.values().any(|it| it.taken_at.is_some() && it.answer.is_none()) {
            state.violations.push("asked for an invocation before it answered the last".to_owned());
        }
        loop {
            if state.is_closed {
                return Reply::Reset;
            }
            let waiting = state.invocations.iter_mut().find(|(_, it)| it.taken_at.is_none());
            if let Some((id, invocation)) = waiting {
                invocation.taken_at = Some(Instant::now());
                let response = invocation_response(*id, invocation);
                self.changed.notify_all();
                return Reply::Send(response);
            }
            state = self.changed.wait(state).expect(UNPOISONED);
        }
    }

    fn response(&self, request: &Request) -> Result<Answer, Reply> {
        if request.body.len() > RESPONSE_BYTES {
            return Err(self.refuse(413, format!("a response of {} bytes", request.body.len())));
        }
        match serde_json::from_slice(&request.body) {
            Ok(value) => Ok(Answer::Response(value)),
            Err(_) => Err(self.refuse(400, "a response that is not JSON".to_owned())),
        }
    }

    fn error(&self, request: &Request) -> Result<Answer, Reply> {
        let (error_type, error_message) = self.diagnosis(request)?;
        Ok(Answer::Error { error_type, error_message })
    }

    /// Reads the body of an error.
    fn diagnosis(&self, request: &Request) -> Result<(String, String), Reply> {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let text = |key| body.get(key).and_then(Value::as_str).map(str::to_owned);
        match (text("errorType"), text("errorMessage")) {
            (Some(error_type), Some(error_message)) => Ok((error_type, error_message)),
            _ => Err(self.refuse(400, "an error without errorType and errorMessage".to_owned())),
        }
    }

    fn answered(&self, id: &str, answer: Result<Answer, Reply>) -> Reply {
        let answer = match answer {
            Ok(answer) => answer,
            Err(refusal) => return refusal,
        };
        let mut state = self.lock();
        let number = number(id);
        let invocation = number.and_then(|number| state.invocations.get_mut(&number));
        let Some((invocation, taken_at)) = invocation.and_then(|it| {
            let taken_at = it.taken_at.filter(|_| it.answer.is_none())?;
            Some((it, taken_at))
        }) else {
            let is_late = number.is_some_and(|number| state.given_up.contains(&number));
            drop(state);
            if is_late {
                return status(400, "InvalidRequestID");
            }
            return self.refuse(400, format!("an answer to nothing: {id}"));
        };
        invocation.answer = Some((answer, taken_at.elapsed()));
        self.changed.notify_all();
        status(202, "OK")
    }

    fn refuse(&self, code: u16, violation: String) -> Reply {
        self.lock().violations.push(violation);
        status(code, "Refused")
    }
}

fn status(code: u16, text: &str) -> Reply {
    let headers = vec![("Content-Type", "application/json".to_owned())];
    let body = json!({ "status": text }).to_string().into_bytes();
    Reply::Send(Response { status: code, headers, body })
}

const REQUEST_ID_PREFIX: &str = "8476a536-e9f4-11e8-9739-";

fn number(request_id: &str) -> Option<u64> {
    let digits = request_id.strip_prefix(REQUEST_ID_PREFIX)?;
    u64::from_str_radix(digits, 16).ok()
}

fn invocation_response(id: u64, invocation: &Invocation) -> Response {
    let allowed_ms = i64::try_from(invocation.deadline.as_millis()).expect("a short deadline");
    let deadline_ms = real_now_ms() + allowed_ms;
    let headers = vec![
        ("Content-Type", "application/json".to_owned()),
        ("Lambda-Runtime-Aws-Request-Id", format!("{REQUEST_ID_PREFIX}{id:012x}")),
        ("Lambda-Runtime-Deadline-Ms", deadline_ms.to_string()),
        (
            "Lambda-Runtime-Invoked-Function-Arn",
            format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:ecs-event-forwarder"),
        ),
        (
            "Lambda-Runtime-Trace-Id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0".to_owned(),
        ),
    ];
    Response { status: 200, headers, body: invocation.payload.clone() }
}
