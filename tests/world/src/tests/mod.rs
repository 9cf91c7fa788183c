//! The world is as strict as it says: each rule has a test that fails without it.

mod batches;
mod chaos;
mod clock;
mod faults;
mod http;
mod lambda;
mod members;
mod payload;
mod process;
mod protocol;
mod store;

use serde_json::{Value, json};

use super::client::{Client, Reply};
use super::logs::{Call, CloudWatchLogs, Operation};
use super::{Clock, World};

const GROUP: &str = "/world/group";
const STREAM: &str = "task";

/// The whole of a call: what it was refused with, or nothing. A violation must come with a refusal.
fn check(logs: &CloudWatchLogs, operation: Operation, input: &Value) -> String {
    let reply = Client::of(logs).call(operation, input).expect("an answer");
    let (kind, message) = reply.error();
    let violations = logs.violations();
    let noted = if violations.is_empty() { "" } else { "violation: " };
    if reply.status == 200 { "done".to_owned() } else { format!("{noted}{kind}: {message}") }
}

/// As `check`, cut after the error's type.
fn check_kind(logs: &CloudWatchLogs, operation: Operation, input: &Value) -> String {
    let said = check(logs, operation, input);
    said.split("Exception").next().unwrap_or_default().to_owned()
}

const INVALID: &str = "violation: InvalidParameter";
const WRONG_SHAPE: &str = "violation: Serialization";

/// A world with one group and one stream, in which time does not count.
fn timeless() -> World {
    let world = World::new();
    world.logs.set_clock(Clock::Timeless);
    world.logs.create_stream(GROUP, STREAM);
    world
}

/// A `PutLogEvents` of these events.
fn put(events: &[(i64, &str)]) -> Value {
    let event =
        |(timestamp, message): &(i64, &str)| json!({"timestamp": timestamp, "message": message});
    let events: Vec<Value> = events.iter().map(event).collect();
    json!({"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": events})
}

/// Puts these events on a connection of its own.
fn send(logs: &CloudWatchLogs, events: &[(i64, &str)]) -> std::io::Result<Reply> {
    Client::of(logs).call(Operation::PutLogEvents, &put(events))
}

/// A call that came, by its position.
fn call(logs: &CloudWatchLogs, position: usize) -> Call {
    logs.calls().into_iter().nth(position).expect("so many calls came")
}

/// The messages in the stream, as they came.
fn messages(logs: &CloudWatchLogs) -> Vec<String> {
    logs.stored(GROUP, STREAM).into_iter().map(|(_, message)| message).collect()
}
