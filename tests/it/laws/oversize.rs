//! Events that are too large for a request lose as little as possible, and never half a text.

use super::{messages, planned, policy};
use crate::tree::Tree;
use ecs_event_forwarder::line::Intent;

const LARGEST_MESSAGE: usize = 1_048_550;
const LARGEST_STUB: usize = 65_536;

const KINDS: [&str; 4] = [
    "ECS Task State Change",
    "ECS Container Instance State Change",
    "ECS Service Action",
    "ECS New Kind",
];

/// Events with one large place. `{kind}` and `{large}` are filled in.
const PLACES: &[(&str, &str)] = &[
    (
        "an unknown member of the envelope",
        r#"{"odd":"{large}","id":"1","detail-type":"{kind}","source":"aws.ecs","detail":{"taskArn":"a"}}"#,
    ),
    (
        "the name of a member",
        r#"{"{large}":1,"id":"1","detail-type":"{kind}","source":"aws.ecs","detail":{"taskArn":"a"}}"#,
    ),
    ("the id", r#"{"id":"{large}","detail-type":"{kind}","source":"aws.ecs","detail":{}}"#),
    ("the detail-type", r#"{"id":"1","detail-type":"{large}","source":"aws.ecs","detail":{}}"#),
    (
        "the time",
        r#"{"id":"1","time":"{large}","detail-type":"{kind}","source":"aws.ecs","detail":{}}"#,
    ),
    (
        "the resources",
        r#"{"resources":["{large}"],"id":"1","detail-type":"{kind}","source":"aws.ecs","detail":{}}"#,
    ),
    (
        "the service ARN",
        r#"{"resources":["arn:aws:ecs:us-east-1:123456789012:service/prod/{large}"],"detail-type":"{kind}","source":"aws.ecs","detail":{}}"#,
    ),
    (
        "the group",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":{"group":"service:{large}","stopCode":"UserInitiated"}}"#,
    ),
    (
        "the service",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":{"serviceName":"{large}"}}"#,
    ),
    (
        "the cluster ARN",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":{"clusterArn":"x/{large}"}}"#,
    ),
    (
        "the event type",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":{"eventType":"{large}"}}"#,
    ),
    (
        "the stop code",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":{"stopCode":"{large}"}}"#,
    ),
    (
        "the stop reason",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":{"stoppedReason":"{large}","group":"service:web"}}"#,
    ),
    (
        "the reason of a container",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":{"containers":[{"name":"web","exitCode":1,"reason":"{large}"}]}}"#,
    ),
    (
        "an environment",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":{"overrides":{"environment":[{"name":"{large}","value":"S3CR3T"}]}}}"#,
    ),
    (
        "an unknown field",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":{"new":{"new":["{large}"]},"taskArn":"a"}}"#,
    ),
    (
        "a detail that is a text",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":"{large}"}"#,
    ),
    (
        "a signed URL",
        r#"{"detail-type":"{kind}","source":"aws.ecs","detail":{"reason":"{large} https://x?X-Amz-Signature=S3CR3T","stoppedReason":"https://x?Signature=S3CR3T"}}"#,
    ),
];

fn payload(template: &str, kind: &str, large: &str) -> String {
    template.replace("{kind}", kind).replace("{large}", large)
}

/// Checks the message for an event that is too large.
fn check_stub(event: &Tree, message: &str) {
    assert!(message.len() <= LARGEST_STUB, "{} bytes", message.len());
    let stub = Tree::read(message);
    let count = stub.get("forwarder").and_then(|it| it.get("oversizeBytes"));
    assert_eq!(count, Some(&Tree::Atom(event.write().len().to_string())));
    for name in ["id", "detail-type", "source", "account", "region", "time"] {
        check_part(event.get(name), stub.get(name));
    }
    let detail = event.get("detail");
    for (key, value) in stub.get("detail").map(Tree::members).unwrap_or_default() {
        let name = key.trim_matches('"');
        if name != "containers" {
            check_part(detail.and_then(|it| it.get(name)), Some(value));
        }
    }
}

/// True if the text is the same except for signatures, or is replaced by its length.
fn check_part(given: Option<&Tree>, found: Option<&Tree>) {
    let [given, found] = [given, found].map(|it| it.map(Tree::write));
    let length = given.as_ref().map(|it| format!("\"({} bytes)\"", it.len()));
    let redacted = given.map(|it| it.replace("?Signature=S3CR3T", "?***"));
    assert!(found == redacted || found == length, "{found:?}");
}

#[test]
fn no_message_is_larger_than_a_request_takes_wherever_the_bytes_are() {
    let policies = [
        &[("FORWARDER_TRIM", "full"), ("FORWARDER_DETAIL_TYPES", "*")][..],
        &[("FORWARDER_DETAIL_TYPES", "*")],
        &[("FORWARDER_DETAIL_TYPES", "*"), ("FORWARDER_ENRICH", "off")],
    ]
    .map(policy);
    let larges = [
        "x".repeat(1_048_300),
        "x".repeat(1_200_000),
        // Each takes six bytes in a message that spells it as an escape.
        "\\u0001".repeat(200_000),
        "é".repeat(600_000),
    ];
    for (place, template) in PLACES {
        for kind in [KINDS[0], KINDS[2]] {
            for (large, policy) in larges.iter().zip(policies.iter().cycle()) {
                let payload = payload(template, kind, large);
                let plan = planned(policy, &payload);
                assert_eq!(plan.entries()[0].intent, Intent::Deliver, "{place}");
                let message = messages(&plan).next().unwrap();
                assert!(message.len() <= LARGEST_MESSAGE, "{place}: {}", message.len());
                assert!(!message.contains("S3CR3T"), "{place}");
                if message.contains("\"oversizeBytes\"") {
                    check_stub(&Tree::read(&payload), message);
                }
            }
        }
    }
}

#[test]
fn an_event_becomes_a_stub_only_if_minimal_is_too_large() {
    let large = "x".repeat(1_048_550);
    let full = policy(&[("FORWARDER_TRIM", "full")]);
    let minimal = policy(&[("FORWARDER_TRIM", "minimal")]);
    for (at, (place, template)) in PLACES.iter().enumerate() {
        for kind in [KINDS[0], KINDS[1 + at % 3]] {
            let payload = payload(template, kind, &large);
            let [full, minimal] = [&full, &minimal].map(|it| planned(it, &payload));
            let [full, minimal] = [&full, &minimal].map(|it| messages(it).next());
            assert_eq!(full, minimal, "{place}");
        }
    }
}

#[test]
fn the_last_byte_of_a_message_is_used() {
    let event = |bytes: usize| {
        let template = r#"{"detail-type":"ECS New Kind","source":"aws.ecs","new":"{large}"}"#;
        payload(template, "", &"x".repeat(bytes - (template.len() - "{large}".len())))
    };
    let policy = policy(&[("FORWARDER_ENRICH", "off")]);
    let largest = event(LARGEST_MESSAGE);
    assert_eq!(messages(&planned(&policy, &largest)).next(), Some(largest.as_str()));
    let too_large = event(LARGEST_MESSAGE + 1);
    let plan = planned(&policy, &too_large);
    check_stub(&Tree::read(&too_large), messages(&plan).next().unwrap());
}

#[test]
fn a_stub_of_many_containers_is_small_and_complete() {
    let container = r#"{"name":"web","lastStatus":"STOPPED","exitCode":1,"reason":"OutOfMemoryError: killed","image":"x"}"#;
    let containers = vec![container; 40_000].join(",");
    let event = format!(
        r#"{{"id":"1","detail-type":"ECS Task State Change","source":"aws.ecs","detail":{{"taskArn":"a","stopCode":"EssentialContainerExited","containers":[{containers}]}}}}"#
    );
    let plan = planned(&policy(&[]), &event);
    let message = messages(&plan).next().unwrap();
    check_stub(&Tree::read(&event), message);
    let stub = Tree::read(message);
    let facts = stub.get("forwarder").unwrap();
    assert_eq!(facts.get("stopCategory").unwrap().text().unwrap(), "out_of_memory");
    let Some(Tree::Array(containers)) = stub.get("detail").unwrap().get("containers") else {
        panic!("containers");
    };
    let whole = Tree::read(container);
    let whole = whole.filtered(&|name: &str| name != "image");
    assert!(containers.len() > 100 && containers.iter().all(|it| *it == whole));
}

#[test]
fn a_stub_keeps_short_texts_and_the_lengths_of_long_ones() {
    let reason = "r".repeat(5_000);
    let large = "x".repeat(1_100_000);
    let event = format!(
        r#"{{"id":"1","odd":"{reason}","detail-type":"ECS Task State Change","source":"aws.ecs","detail":{{"taskArn":"arn:1","new":"{large}","startedBy":"{large}","stoppedReason":"{reason}","stopCode":"UserInitiated","containers":[{{"name":"web","reason":"{reason}","image":"i"}}]}}}}"#
    );
    let plan = planned(&policy(&[]), &event);
    let bytes = event.len();
    let expected = format!(
        r#"{{"id":"1","odd":"(5002 bytes)","detail-type":"ECS Task State Change","source":"aws.ecs","detail":{{"taskArn":"arn:1","startedBy":"(1100002 bytes)","stoppedReason":"(5002 bytes)","stopCode":"UserInitiated","containers":[{{"name":"web","reason":"(5002 bytes)"}}]}},"forwarder":{{"eventType":"INFO","stopCategory":"user","oversizeBytes":{bytes}}}}}"#
    );
    assert_eq!(messages(&plan).next(), Some(expected.as_str()));
}
