//! The largest events and batches that fit, and one byte or event more.

use std::collections::HashSet;
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Event, Harness, sqs};
use world::{Clock, Operation, real_now_ms};

/// The size of the largest message, which fills a request alone.
const MESSAGE_BYTES: usize = 1_048_576 - 26;
/// Lambda's limit for a payload, from a caller or from a queue.
const PAYLOAD_BYTES: usize = 6 * 1024 * 1024;
/// The memory that the template gives the function.
const MEMORY_BYTES: u64 = 128 * 1024 * 1024;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const PATIENCE: Duration = Duration::from_secs(20);

/// Stores an event without redacting or enriching it. Returns the stored message.
fn store(event: &Event) -> String {
    let as_it_is = [("FORWARDER_REDACT", "off"), ("FORWARDER_ENRICH", "off")];
    let harness = Harness::with(&as_it_is);
    assert_eq!(harness.answer_within(PATIENCE, event.clone()), "= stored 1");
    let stored = harness.world.logs.ever_stored();
    stored.into_iter().next().expect("one event").message
}

fn of_bytes(bytes: usize) -> Event {
    Event::task(1).of_kind("ECS Kind To Come").of_bytes(bytes)
}

#[test]
fn an_event_at_the_limit_is_stored_whole() {
    let event = of_bytes(MESSAGE_BYTES);
    assert_eq!(store(&event), event.text());
}

#[test]
fn an_event_one_byte_past_the_limit_becomes_a_stub() {
    let stub = store(&of_bytes(MESSAGE_BYTES + 1));
    assert!(stub.len() <= 64 * 1024, "{} bytes", stub.len());
    let stub: Value = serde_json::from_str(&stub).expect("JSON");
    assert_eq!(stub["id"], "00000000-0000-4000-8000-000000000001");
    assert_eq!(stub["detail"]["stopCode"], "EssentialContainerExited");
    assert_eq!(stub["detail"]["containers"][0]["exitCode"], 1);
    let length = stub["detail"]["stoppedReason"].as_str().expect("a text");
    assert!(length.starts_with("(1047") && length.ends_with(" bytes)"), "{length}");
    assert_eq!(stub["forwarder"], json!({"oversizeBytes": MESSAGE_BYTES + 1}));
}

#[test]
fn an_event_that_fits_only_when_trimmed_is_stored_trimmed() {
    let harness = Harness::with(&[("FORWARDER_TRIM", "full")]);
    let large = json!([{"name": "app", "command": ["x".repeat(MESSAGE_BYTES)]}]);
    let event = Event::task(1).with_detail("overrides", json!({"containerOverrides": large}));
    assert_eq!(harness.answer_within(PATIENCE, event), "= stored 1");
    let stored = harness.world.logs.ever_stored();
    let message = &stored.first().expect("one event").message;
    assert!(message.len() < 2000 && message.contains("stoppedReason"), "{} bytes", message.len());
}

/// Offers `count` events of the smallest size in one SQS batch. Returns the transcript.
fn puts_of(count: usize) -> String {
    let variables = [("FORWARDER_ENRICH", "off"), ("FORWARDER_DETAIL_TYPES", "*")];
    let harness = Harness::with(&variables);
    let fallback = "/aws/events/ecs/containerinsights/_unresolved/performance";
    harness.world.logs.create_stream(fallback, "other");
    let record = |number: usize| {
        let body = json!({"id": number.to_string(), "detail-type": "E", "source": "aws.ecs"});
        let message_id = number.to_string();
        json!({"messageId": message_id, "eventSource": "aws:sqs", "body": body.to_string()})
    };
    let records: Vec<Value> = (0..count).map(record).collect();
    let payload = json!({ "Records": records }).to_string();
    assert!(payload.len() <= PAYLOAD_BYTES, "{} bytes", payload.len());
    let story = harness.transcript(payload);
    let stored = harness.world.logs.ever_stored();
    let messages: HashSet<&str> = stored.iter().map(|event| event.message.as_str()).collect();
    assert_eq!((stored.len(), messages.len()), (count, count), "each is stored once");
    story
}

#[test]
fn ten_thousand_small_events_are_one_request() {
    assert_snapshot!(puts_of(10_000), @r"
    PutLogEvents _unresolved/other (10000): done
    = all done
    ");
}

#[test]
fn one_more_than_ten_thousand_small_events_are_two_requests() {
    let story = puts_of(10_001);
    // Both requests run at the same time, so they can end in any order.
    let mut lines: Vec<&str> = story.lines().collect();
    lines.sort_unstable();
    assert_snapshot!(lines.join("\n"), @r"
    = all done
    PutLogEvents _unresolved/other (1): done
    PutLogEvents _unresolved/other (10000): done
    ");
}

/// The puts that warm a function: one that finds no group, and one after its creation.
const PUTS_OF_WARMING: usize = 2;

/// The number of puts for two events whose times differ by `span_ms`.
fn puts_of_span(span_ms: i64) -> usize {
    let harness = Harness::warm();
    harness.world.logs.set_clock(Clock::Timeless);
    let now_ms = real_now_ms();
    let batch = [Event::task(1).at(now_ms + span_ms), Event::task(2).at(now_ms)];
    assert_eq!(harness.answer_within(PATIENCE, sqs(&batch)), "= all done");
    assert_eq!(harness.stored(), [0, 1, 2]);
    let puts = harness.world.logs.calls_of(Operation::PutLogEvents);
    puts.len() - PUTS_OF_WARMING
}

#[test]
fn events_just_less_than_a_day_apart_are_one_request() {
    assert_eq!(puts_of_span(DAY_MS - 1), 1);
}

#[test]
fn events_exactly_a_day_apart_are_two_requests() {
    assert_eq!(puts_of_span(DAY_MS), 2);
}

#[test]
fn events_more_than_a_day_apart_are_two_requests() {
    assert_eq!(puts_of_span(DAY_MS + 1), 2);
}

fn assert_fits_the_memory(harness: &Harness) {
    if let Some(peak) = harness.function.peak_memory_bytes() {
        assert!(peak < MEMORY_BYTES, "{peak} bytes at the peak");
    }
}

#[test]
fn the_largest_synchronous_payload_is_stored_as_a_stub() {
    let harness = Harness::new();
    assert_eq!(
        harness.answer_within(PATIENCE, Event::task(1).of_bytes(PAYLOAD_BYTES)),
        "= stored 1"
    );
    assert_eq!(harness.stored(), [1]);
    assert_fits_the_memory(&harness);
}

#[test]
fn the_largest_sqs_batch_is_stored_whole() {
    let harness = Harness::new();
    let batch: Vec<Event> = (1..=98).map(|number| Event::task(number).of_bytes(63_000)).collect();
    let payload = sqs(&batch);
    assert!(
        (PAYLOAD_BYTES - 100_000..=PAYLOAD_BYTES).contains(&payload.len()),
        "{}",
        payload.len()
    );
    assert_eq!(harness.answer_within(PATIENCE, payload), "= all done");
    assert!(harness.stored().into_iter().eq(1..=98), "each is stored once");
    assert_fits_the_memory(&harness);
}

#[test]
fn the_largest_payload_of_the_smallest_values_fits_the_memory() {
    let harness = Harness::new();
    let many = "{},".repeat(PAYLOAD_BYTES / 3 - 1000);
    let event = Event::task(1).with("newField", "@").text().replace("\"@\"", &format!("[{many}0]"));
    assert!(event.len() < PAYLOAD_BYTES, "{} bytes", event.len());
    assert_eq!(harness.answer_within(PATIENCE, event), "= stored 1");
    assert_fits_the_memory(&harness);
}
