//! Payloads that are not JSON, not an ECS event, or hold odd values.

use std::time::Duration;

use insta::assert_snapshot;

use crate::harness::{Event, Harness, SECRET};
use world::{Clock, event, fixture, sqs_batch};

const PATIENCE: Duration = Duration::from_secs(20);
const BRACKETS: usize = 10_000;

/// The answer to a payload that the function refuses without a call to CloudWatch Logs.
fn refusal_of(payload: impl Into<Vec<u8>>) -> String {
    let harness = Harness::new();
    let story = harness.transcript(payload);
    format!("{story}\n{}", harness.log_lines())
}

/// The transcript of an SQS batch of three messages: this body is the second, the others are valid.
fn check_in_sqs(body: &str) -> String {
    let harness = Harness::warm();
    let (first, third) = (Event::task(1).text(), Event::task(3).text());
    let batch =
        sqs_batch(&[("first", first.as_str()), ("second", body), ("third", third.as_str())]);
    let story = harness.transcript(batch);
    assert_eq!(harness.stored(), [0, 1, 3]);
    story
}

fn bomb() -> String {
    "[".repeat(BRACKETS) + &"]".repeat(BRACKETS)
}

#[test]
fn a_payload_that_is_not_json_is_refused() {
    let text = format!("{SECRET} is no JSON");
    assert_snapshot!(refusal_of(text.clone()), @r"
    = Forwarder.UnreadablePayload: the payload is not JSON
    WARN event failed: the payload is not JSON [1]
    ");
    assert_snapshot!(check_in_sqs(&text), @r"
    PutLogEvents prod/task (2): done
    = failed: second
    ");
}

#[test]
fn bytes_that_are_not_utf8_are_refused() {
    let mut bytes = Event::task(1).text().into_bytes();
    bytes.insert(20, 0xff);
    assert_snapshot!(refusal_of(bytes), @r"
    = Forwarder.UnreadablePayload: the payload is not JSON
    WARN event failed: the payload is not JSON [1]
    ");
}

#[test]
fn truncated_json_is_refused_wherever_it_was_cut() {
    let harness = Harness::new();
    let whole = Event::task(1).text();
    for end in (0..whole.len()).step_by(37).skip(1) {
        let cut = whole.get(..end).expect("ASCII");
        let answer = harness.answer_within(PATIENCE, cut);
        assert_eq!(answer, "= Forwarder.UnreadablePayload: the payload is not JSON");
    }
    assert_eq!(harness.calls(), "");
    assert_snapshot!(check_in_sqs(whole.get(..200).expect("ASCII")), @r"
    PutLogEvents prod/task (2): done
    = failed: second
    ");
}

#[test]
fn a_bomb_of_brackets_is_not_an_event() {
    assert_snapshot!(refusal_of(bomb()), @r"
    = Forwarder.UnknownPayload: the payload is not an EventBridge event (with detail-type and source), an SQS batch or a Lambda on-failure record
    WARN event failed: the payload is not an EventBridge event (with detail-type and source), an SQS batch or a Lambda on-failure record [1]
    ");
    assert_snapshot!(check_in_sqs(&bomb()), @r"
    PutLogEvents prod/task (2): done
    = failed: second
    ");
}

#[test]
fn a_bomb_of_brackets_that_never_close_is_not_json() {
    assert_snapshot!(refusal_of("[".repeat(BRACKETS)), @r"
    = Forwarder.UnreadablePayload: the payload is not JSON
    WARN event failed: the payload is not JSON [1]
    ");
    assert_snapshot!(check_in_sqs(&"{\"a\":".repeat(BRACKETS)), @r"
    PutLogEvents prod/task (2): done
    = failed: second
    ");
}

#[test]
fn a_bomb_of_brackets_inside_an_event_is_stored_like_any_other_field() {
    let harness = Harness::warm();
    for (number, profile) in [(1, "lean"), (2, "minimal")] {
        let other = harness.world.function(&[("FORWARDER_TRIM", profile)]);
        let event = Event::task(number).with("newField", "@").text().replace("\"@\"", &bomb());
        assert_eq!(other.invoke(event).response()["stored"], 1);
    }
    let stored = harness.world.logs.ever_stored();
    assert_eq!(stored.iter().filter(|event| event.message.contains(&bomb())).count(), 2);
}

#[test]
fn an_event_from_another_source_is_refused() {
    assert_snapshot!(refusal_of(fixture("foreign-source.json")), @r"
    = Forwarder.ForeignSource: the event's source is not in FORWARDER_SOURCES; add it to accept such events
    WARN event failed: the event's source is not in FORWARDER_SOURCES; add it to accept such events [1]
    ");
    let body = Event::task(2).with("source", "aws.ec2").text();
    assert_snapshot!(check_in_sqs(&body), @r"
    PutLogEvents prod/task (2): done
    = failed: second
    ");
}

#[test]
fn json_that_is_not_an_eventbridge_event_is_refused() {
    for name in ["s3.json", "sns.json", "empty-object.json", "array.json", "number.json"] {
        let story = refusal_of(fixture(name));
        assert!(story.starts_with("= Forwarder.UnknownPayload: "), "{name}: {story}");
    }
    assert_snapshot!(check_in_sqs("{\"records\": []}"), @r"
    PutLogEvents prod/task (2): done
    = failed: second
    ");
}

#[test]
fn an_event_of_an_unknown_cluster_goes_to_the_fallback_group() {
    let harness = Harness::new();
    // The event in the file grows older, so with a real clock it would be older than the retention.
    harness.world.logs.set_clock(Clock::Timeless);
    assert_snapshot!(harness.transcript(event("deployment-of-unknown-cluster.json")), @r"
    PutLogEvents _unresolved/deployment (1): ResourceNotFoundException
    CreateLogStream _unresolved/deployment: ResourceNotFoundException
    CreateLogGroup _unresolved: done
    PutRetentionPolicy _unresolved: done
    CreateLogStream _unresolved/deployment: done
    PutLogEvents _unresolved/deployment (1): done
    = stored 1
    ");
}

#[test]
fn an_event_of_an_unknown_cluster_is_dropped_where_clusters_are_chosen() {
    let harness = Harness::with(&[("FORWARDER_CLUSTERS", "prod")]);
    assert_snapshot!(harness.transcript(event("deployment-of-unknown-cluster.json")), @"= dropped 1");
}

#[test]
fn a_hostile_cluster_name_never_leaves_the_prefix() {
    let harness = Harness::new();
    let long = "x".repeat(300);
    let names = ["..", "../x", "../../aws/lambda/x", ".", "", "a b", "prod\u{202e}", "пrod", &long];
    for (number, name) in (1..).zip(names) {
        let event = Event::task(number).in_cluster(name).with("resources", serde_json::json!([]));
        assert_eq!(harness.answer_within(PATIENCE, event), "= stored 1", "{name}");
    }
    for group in harness.world.logs.groups() {
        let cluster = group.name.strip_prefix("/aws/events/ecs/containerinsights/");
        let cluster = cluster.and_then(|rest| rest.strip_suffix("/performance"));
        // The text after the last slash can be a valid name.
        assert!(matches!(cluster, Some("_unresolved" | "x")), "{}", group.name);
    }
}

#[test]
fn an_invalid_record_in_an_sqs_batch_fails_and_spares_the_others() {
    for stray in ["5", "null", "\"a, [b]\"", "[]", "[{}]"] {
        let harness = Harness::warm();
        let batch = sqs_batch(&[("first", &Event::task(1).text())]);
        let batch = String::from_utf8(batch).expect("JSON");
        let batch = batch.replacen("\"Records\":[", &format!("\"Records\":[{stray}, "), 1);
        assert!(batch.contains(stray), "{batch}");
        let story = harness.transcript(batch);
        assert!(
            story.ends_with("= failed: "),
            "an empty id fails the whole batch: {stray}: {story}"
        );
        assert_eq!(harness.stored(), [0, 1], "{stray}");
        assert!(harness.log_lines().contains("is not an EventBridge event"), "{stray}");
    }
}
