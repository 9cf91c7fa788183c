//! Lambda's Invoke API, for programs that call a deployed function.
//!
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::answer::Answer;
use super::connection::Reply;
use super::http::{Request, Response};
use super::server::Server;

/// The result of a call.
pub enum Invoked {
    /// The function ran, and ended like this.
    Ended(Answer),
    /// The call was refused, and no function ran.
    Refused(u16, &'static str),
    /// The function failed without an answer of its own.
    Unhandled(&'static str),
    /// The connection is reset, so the caller cannot know whether the function ran.
    Lost,
}

/// An endpoint with one function behind it.
pub struct Invoke {
    server: Server,
    payloads: Arc<Mutex<Vec<String>>>,
}

const UNPOISONED: &str = "nobody panics with the payloads in hand";

impl Invoke {
    /// An endpoint for the function of that name. `behind` gets the number of each call, from 0, and its
    /// payload.
    pub fn start(
        name: &'static str,
        behind: impl Fn(usize, &str) -> Invoked + Send + Sync + 'static,
    ) -> Self {
        let payloads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&payloads);
        let calls = AtomicUsize::new(0);
        let handler = move |request: &Request, _: &_| {
            let path = format!("/2015-03-31/functions/{name}/invocations");
            let signature = request.header("authorization").unwrap_or_default();
            if request.method != "POST" || request.path != path {
                return error(404, "ResourceNotFoundException");
            }
            if !signature.contains("/lambda/aws4_request") {
                return error(403, "InvalidSignatureException");
            }
            let payload = String::from_utf8_lossy(&request.body).into_owned();
            kept.lock().expect(UNPOISONED).push(payload.clone());
            match behind(calls.fetch_add(1, Ordering::SeqCst), &payload) {
                Invoked::Ended(Answer::Response(value)) => ended(value.to_string(), false),
                Invoked::Ended(Answer::Error { error_type, error_message }) => {
                    let body = json!({ "errorType": error_type, "errorMessage": error_message });
                    ended(body.to_string(), true)
                }
                Invoked::Ended(Answer::NoAnswer) | Invoked::Lost => Reply::Reset,
                Invoked::Unhandled(error_type) => {
                    ended(json!({ "errorType": error_type, "errorMessage": "" }).to_string(), true)
                }
                Invoked::Refused(status, kind) => error(status, kind),
            }
        };
        Self { server: Server::start(Arc::new(handler)), payloads }
    }

    /// The value for `AWS_ENDPOINT_URL_LAMBDA`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The payloads of all calls, in order.
    pub fn payloads(&self) -> Vec<String> {
        self.payloads.lock().expect(UNPOISONED).clone()
    }
}

fn ended(body: String, is_error: bool) -> Reply {
    let mut headers = vec![("X-Amz-Executed-Version", "$LATEST".to_owned())];
    headers.extend(is_error.then(|| ("X-Amz-Function-Error", "Unhandled".to_owned())));
    Reply::Send(Response { status: 200, headers, body: body.into_bytes() })
}

fn error(status: u16, kind: &str) -> Reply {
    let headers = vec![("x-amzn-ErrorType", kind.to_owned())];
    let body = json!({ "Type": "User", "message": "no" }).to_string().into_bytes();
    Reply::Send(Response { status, headers, body })
}
