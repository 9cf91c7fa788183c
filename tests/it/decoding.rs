//! The forms in which events arrive. Each is recognised by a field of its own.

use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::event::Origin;
use ecs_event_forwarder::line::{Intent, Line};
use serde::Deserialize;

const EVENT: &str = r#"{"detail-type":"ECS Service Action","source":"aws.ecs","detail":{}}"#;
const FOREIGN: &str = r#"{"detail-type":"ECS Service Action","source":"aws.ec2","detail":{}}"#;

/// The end of each arrival in a payload, after the `messageId` of a record.
fn check(payload: &str) -> String {
    // The Lambda runtime reads a payload this way.
    let payload = Payload::deserialize(&mut serde_json::Deserializer::from_str(payload));
    let policy = config([]).expect("no problems").policy;
    let plan = Line::new(policy.clone()).plan(decode(payload.expect("total")), 0);
    let ends = plan.entries().iter().map(|entry| {
        let end = match &entry.intent {
            Intent::Deliver => "stored",
            Intent::Drop(reason) => reason.as_str(),
            Intent::Skip(_) => "duplicate",
            Intent::Fail(failure) => failure.error_type(),
        };
        match &entry.origin {
            Origin::Direct => end.to_owned(),
            Origin::Sqs { message_id } => format!("{message_id} {end}"),
        }
    });
    ends.collect::<Vec<_>>().join(", ")
}

fn on_failure(inner: &str) -> String {
    format!(
        r#"{{"version":"1.0","requestContext":{{}},"requestPayload":{inner},"responsePayload":{EVENT}}}"#
    )
}

fn record(message_id: &str, body: &str) -> String {
    let body = serde_json::to_string(body).expect("a string");
    format!(r#"{{"messageId":"{message_id}","body":{body},"eventSource":"aws:sqs"}}"#)
}

fn sqs(records: &[String]) -> String {
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

#[test]
fn an_event_has_a_detail_type_and_a_source() {
    assert_eq!(check(EVENT), "stored");
    assert_eq!(check(FOREIGN), "Forwarder.ForeignSource");
    for other in [
        r#"{"detail-type":"ECS Service Action"}"#,
        r#"{"source":"aws.ecs"}"#,
        r#"{"detail-type":1,"source":"aws.ecs"}"#,
        r#"{"detail-type":"ECS Service Action","source":null}"#,
        r#"{"detail-type":"ECS Service Action","source":["aws.ecs"]}"#,
        r#"{"Detail-Type":"ECS Service Action","source":"aws.ecs"}"#,
        &format!(r#"{{"event":{EVENT}}}"#),
        "{}",
        "[]",
        "null",
        "true",
        "1",
        "\"\"",
    ] {
        assert_eq!(check(other), "Forwarder.UnknownPayload", "{other}");
    }
    for other in
        ["", " ", "{", "nope", "{\"detail-type\":\"x\",\"source\":\"aws.ecs\"", "\u{feff}{}"]
    {
        assert_eq!(check(other), "Forwarder.UnreadablePayload", "{other:?}");
    }
}

#[test]
fn an_on_failure_record_holds_the_event() {
    assert_eq!(check(&on_failure(EVENT)), "stored");
    assert_eq!(check(&on_failure(FOREIGN)), "Forwarder.ForeignSource");
    // A drain that failed in its turn.
    assert_eq!(check(&on_failure(&on_failure(&on_failure(EVENT)))), "stored");
    for inner in ["null", "{}", "\"text\"", "[]", &format!("[{EVENT}]")] {
        assert_eq!(check(&on_failure(inner)), "Forwarder.UnknownPayload", "{inner}");
    }
    let without = on_failure(EVENT).replace("requestContext", "context");
    assert_eq!(check(&without), "Forwarder.UnknownPayload");
}

#[test]
fn each_record_of_a_batch_ends_on_its_own() {
    let records = [
        record("one", EVENT),
        record("two", &on_failure(EVENT)),
        record("three", "{\"detail-type\":"),
        record("four", ""),
        record("five", FOREIGN),
        record("six", "{}"),
        record("seven", &EVENT.replace("ECS Service Action", "AWS API Call via CloudTrail")),
        record("eight", &sqs(&[record("inner", EVENT)])),
        r#"{"messageId":"nine","eventSource":"aws:sqs"}"#.to_owned(),
        record("ten", &format!(" {EVENT}\n")),
        // Text behind an event makes the whole unreadable.
        record("eleven", &format!("{EVENT}{{}}")),
        // Half of a surrogate pair is not a character.
        record("twelve", EVENT).replacen("ECS", r"\ud800ECS", 1),
    ];
    let expected = "one stored, two stored, three Forwarder.UnreadablePayload, \
        four Forwarder.UnreadablePayload, five Forwarder.ForeignSource, \
        six Forwarder.UnknownPayload, seven detailType, eight Forwarder.UnknownPayload, \
        nine Forwarder.UnreadablePayload, ten stored, eleven Forwarder.UnreadablePayload, \
        twelve Forwarder.UnreadablePayload";
    assert_eq!(check(&sqs(&records)), expected);
}

#[test]
fn records_of_another_service_are_not_a_batch() {
    for records in [
        r#"{"Records":[]}"#.to_owned(),
        r#"{"Records":{}}"#.to_owned(),
        r#"{"Records":null}"#.to_owned(),
        sqs(&[record("one", EVENT).replace("aws:sqs", "aws:s3")]),
        sqs(&[record("one", EVENT), record("two", EVENT).replace("aws:sqs", "aws:sns")]),
        sqs(&[record("one", EVENT).replace("eventSource", "EventSource")]),
    ] {
        assert_eq!(check(&records), "Forwarder.UnknownPayload", "{records}");
    }
}

#[test]
fn text_behind_a_payload_is_ignored() {
    // This is wrong, but cannot happen: Lambda accepts only one JSON value as a payload, and the
    // runtime reads one value, so `Payload` never sees the rest.
    assert_eq!(check(&format!("{EVENT} nope")), "stored");
}
