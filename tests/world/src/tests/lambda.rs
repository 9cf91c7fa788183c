//! The Runtime API, with a thread in the place of a runtime.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Answer;
use crate::client::{Client, Reply};
use crate::lambda::Lambda;
use crate::real_now_ms;

const DEADLINE: Duration = Duration::from_secs(30);
const PREFIX: &str = "/2018-06-01/runtime";

/// A runtime that takes one invocation, and answers it with this.
fn run(address: SocketAddr, end: &'static str, body: &'static [u8]) -> thread::JoinHandle<Reply> {
    thread::spawn(move || {
        let mut client = Client::connect(address);
        let next = next(&mut client);
        let id = next.header("Lambda-Runtime-Aws-Request-Id");
        let path = format!("{PREFIX}/invocation/{id}/{end}");
        client.send("POST", &path, &[], body).expect("an answer")
    })
}

fn next(client: &mut Client) -> Reply {
    client.send("GET", &format!("{PREFIX}/invocation/next"), &[], b"").expect("an invocation")
}

#[test]
fn an_invocation_carries_its_payload_and_the_headers_of_lambda() {
    let lambda = Lambda::start();
    let before_ms = real_now_ms();
    lambda.offer("{\"a\":1}", DEADLINE);
    let next = next(&mut Client::connect(lambda.address()));
    assert_eq!(next.body, b"{\"a\":1}");
    let deadline_ms: i64 = next.header("Lambda-Runtime-Deadline-Ms").parse().expect("a number");
    assert!((before_ms + 30_000..=real_now_ms() + 30_000).contains(&deadline_ms));
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:ecs-event-forwarder";
    assert_eq!(next.header("Lambda-Runtime-Invoked-Function-Arn"), arn);
    assert!(next.header("Lambda-Runtime-Trace-Id").starts_with("Root=1-"));
}

#[test]
fn a_response_is_an_answer() {
    let lambda = Lambda::start();
    let runtime = run(lambda.address(), "response", b"{\"stored\":1}");
    let (answer, took) = lambda.wait(lambda.offer("{}", DEADLINE));
    assert_eq!(answer.response(), &json!({"stored": 1}));
    assert!(took < DEADLINE);
    assert_eq!(runtime.join().expect("no panic").status, 202);
    assert!(lambda.violations().is_empty());
}

#[test]
fn an_error_is_an_answer() {
    let lambda = Lambda::start();
    let body = br#"{"errorType":"Forwarder.Undelivered","errorMessage":"no","stackTrace":[]}"#;
    let runtime = run(lambda.address(), "error", body);
    let (answer, _) = lambda.wait(lambda.offer("{}", DEADLINE));
    assert_eq!((answer.error_type(), answer.error_message()), ("Forwarder.Undelivered", "no"));
    assert_eq!(runtime.join().expect("no panic").status, 202);
}

#[test]
fn failed_message_ids_are_read_from_the_answer_to_a_queue() {
    let failures = json!([{"itemIdentifier": "b"}, {"itemIdentifier": "a"}]);
    let answer = Answer::Response(json!({ "batchItemFailures": failures }));
    assert_eq!(answer.failed_message_ids(), ["b", "a"]);
}

#[test]
fn invocations_wait_their_turn() {
    let lambda = Lambda::start();
    let ids = [lambda.offer("1", DEADLINE), lambda.offer("2", DEADLINE)];
    for (number, id) in [1, 2].into_iter().zip(ids) {
        let runtime = run(lambda.address(), "response", b"true");
        assert_eq!(lambda.wait(id).0, Answer::Response(Value::Bool(true)), "{number}");
        runtime.join().expect("no panic");
    }
}

#[test]
fn a_missed_deadline_is_no_answer_and_what_comes_later_is_not_heard() {
    let lambda = Lambda::start();
    let id = lambda.offer("{}", Duration::from_millis(20));
    let mut client = Client::connect(lambda.address());
    let request_id = next(&mut client).header("Lambda-Runtime-Aws-Request-Id").to_owned();
    let (answer, took) = lambda.wait(id);
    assert_eq!(answer, Answer::NoAnswer);
    assert!(took >= Duration::from_millis(20));
    let path = format!("{PREFIX}/invocation/{request_id}/response");
    assert_eq!(client.send("POST", &path, &[], b"{}").expect("an answer").status, 400);
    assert!(lambda.violations().is_empty(), "lateness is no violation");
}

#[test]
fn an_ended_environment_answers_nothing() {
    let lambda = Lambda::start();
    let id = lambda.offer("{}", DEADLINE);
    lambda.desk().close();
    assert_eq!(lambda.wait(id).0, Answer::NoAnswer);
}

#[test]
fn an_error_of_the_init_phase_is_kept() {
    let lambda = Lambda::start();
    let body = br#"{"errorType":"Runtime.X","errorMessage":"bad configuration"}"#;
    let reply =
        Client::connect(lambda.address()).send("POST", &format!("{PREFIX}/init/error"), &[], body);
    assert_eq!(reply.expect("an answer").status, 202);
    assert_eq!(lambda.init_error(), Some(("Runtime.X".to_owned(), "bad configuration".to_owned())));
}

#[test]
fn what_the_runtime_api_does_not_allow_is_noted() {
    let refused = |end: &'static str, body: &'static [u8]| {
        let lambda = Lambda::start();
        lambda.offer("{}", DEADLINE);
        let status = run(lambda.address(), end, body).join().expect("no panic").status;
        (status, lambda.violations().len())
    };
    assert_eq!(refused("response", b"{\"a\":"), (400, 1));
    assert_eq!(refused("error", b"{\"errorType\":\"x\"}"), (400, 1));
    assert_eq!(refused("error", b"{\"errorMessage\":\"x\"}"), (400, 1));
    assert_eq!(refused("nowhere", b"{}"), (404, 1));
    let large: &'static [u8] =
        Box::leak([b"\"", "x".repeat(6 << 20).as_bytes(), b"\""].concat().into());
    assert_eq!(refused("response", large), (413, 1));
}

#[test]
fn an_invocation_is_answered_once_and_before_the_next() {
    let lambda = Lambda::start();
    lambda.offer("1", DEADLINE);
    lambda.offer("2", DEADLINE);
    let mut client = Client::connect(lambda.address());
    let request_id = next(&mut client).header("Lambda-Runtime-Aws-Request-Id").to_owned();
    assert!(lambda.violations().is_empty());
    next(&mut client);
    assert_eq!(lambda.violations(), ["asked for an invocation before it answered the last"]);
    let path = format!("{PREFIX}/invocation/{request_id}/response");
    assert_eq!(client.send("POST", &path, &[], b"{}").expect("an answer").status, 202);
    assert_eq!(client.send("POST", &path, &[], b"{}").expect("an answer").status, 400);
    assert_eq!(lambda.violations().len(), 1);
}
