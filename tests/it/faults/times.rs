//! Events that CloudWatch Logs rejects as too old, too new or expired, in an answer with status 200.

use std::time::Duration;

use insta::assert_snapshot;
use jiff::Timestamp;
use serde_json::Value;

use crate::harness::{Event, Harness, number_of, sqs};
use world::{Fault, Operation, Rejected, StoredEvent, real_now_ms};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
const FAIL: [(&str, &str); 1] = [("FORWARDER_ON_REJECTED", "fail")];

/// An event of this age. The log group of a warm function has a retention of seven days.
fn aged(number: u64, age_ms: i64) -> Event {
    Event::task(number).at(real_now_ms() - age_ms)
}

/// The numbers of the stored events, with `now` behind those stored with the time of delivery.
fn stored(harness: &Harness) -> String {
    let mut events: Vec<_> = harness.world.logs.ever_stored();
    events.sort_by_key(|event| number_of(&event.message));
    let word = |event: &StoredEvent| {
        let message: Value = serde_json::from_str(&event.message).expect("JSON");
        let own = message.pointer("/detail/updatedAt").and_then(Value::as_str).expect("a text");
        let own: Timestamp = own.parse().expect("a time");
        let is_own = own.as_millisecond() == event.timestamp_ms;
        let is_now = (real_now_ms() - event.timestamp_ms).abs() < 60_000;
        assert!(is_own || is_now, "neither its time nor now: {}", event.timestamp_ms);
        format!("{}{}", number_of(&event.message), if is_own { "" } else { " now" })
    };
    events.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// Offers a warm function one event. Returns the transcript and the stored events.
fn check(variables: &[(&str, &str)], event: Event) -> String {
    let harness = Harness::warm_with(variables);
    let story = harness.transcript(event);
    format!("{story}\nstored: {}\n{}", stored(&harness), harness.log_lines())
}

#[test]
fn an_event_that_is_too_old_is_stored_with_the_time_of_delivery() {
    assert_snapshot!(check(&[], aged(1, 15 * DAY_MS)), @r"
    PutLogEvents prod/task (1): done but 1
    PutLogEvents prod/task (1): done
    = stored 1
    stored: 0, 1 now
    ");
}

#[test]
fn an_event_that_is_too_new_is_stored_with_the_time_of_delivery() {
    assert_snapshot!(check(&[], aged(1, -3 * HOUR_MS)), @r"
    PutLogEvents prod/task (1): done but 1
    PutLogEvents prod/task (1): done
    = stored 1
    stored: 0, 1 now
    ");
}

#[test]
fn an_event_that_is_older_than_the_retention_is_stored_with_the_time_of_delivery() {
    assert_snapshot!(check(&[], aged(1, 8 * DAY_MS)), @r"
    PutLogEvents prod/task (1): done but 1
    PutLogEvents prod/task (1): done
    = stored 1
    stored: 0, 1 now
    ");
}

#[test]
fn an_event_from_before_1970_is_stored_with_the_time_of_delivery() {
    assert_snapshot!(check(&[], Event::task(1).at(-86_400_000)), @r"
    PutLogEvents prod/task (1): done
    = stored 1
    stored: 0, 1 now
    ");
}

#[test]
fn an_event_older_than_the_retention_of_a_new_group_does_not_expire_unseen() {
    let harness = Harness::new();
    assert_snapshot!(harness.transcript(aged(1, 8 * DAY_MS)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: done
    PutRetentionPolicy prod: done
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done but 1
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(stored(&harness), "1 now");
}

#[test]
fn a_rejected_event_fails_if_configured_so() {
    assert_snapshot!(check(&FAIL, aged(1, 15 * DAY_MS)), @r"
    PutLogEvents prod/task (1): done but 1
    = Forwarder.Rejected: CloudWatch Logs rejected the event: it is too old, or older than the log group's retention
    stored: 0
    WARN event failed: CloudWatch Logs rejected the event: it is too old, or older than the log group's retention [1]
    ");
}

#[test]
fn an_event_that_is_rejected_again_fails() {
    let harness = Harness::warm();
    let all = Rejected { too_old_end: Some(1), ..Rejected::default() };
    harness.world.logs.inject(Fault::Reject(all).on(Operation::PutLogEvents).always());
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): done but 1 (2 times)
    = Forwarder.Rejected: CloudWatch Logs rejected the event: it is too old, or older than the log group's retention
    ");
    assert_eq!(harness.stored(), [0]);
}

/// Offers an SQS batch: one event that is too old, one that is too new, one that is expired, and two
/// that are in time.
fn check_batch(variables: &[(&str, &str)]) -> String {
    let harness = Harness::warm_with(variables);
    let batch = [
        aged(1, 15 * DAY_MS),
        aged(2, 0),
        aged(3, 8 * DAY_MS),
        aged(4, -3 * HOUR_MS),
        aged(5, DAY_MS),
    ];
    let answer = harness.answer_within(Duration::from_secs(20), sqs(&batch));
    format!("{answer}\nstored: {}\n{}", stored(&harness), harness.log_lines())
}

#[test]
fn a_batch_with_too_old_too_new_and_expired_events_is_stored_whole() {
    assert_snapshot!(check_batch(&[]), @r"
    = all done
    stored: 0, 1 now, 2, 3 now, 4 now, 5
    ");
}

#[test]
fn only_the_too_old_too_new_and_expired_events_of_a_batch_fail_if_configured_so() {
    assert_snapshot!(check_batch(&FAIL), @r"
    = failed: m1 m3 m4
    stored: 0, 2, 5
    WARN event failed: CloudWatch Logs rejected the event: it is too old, or older than the log group's retention [2]
    WARN event failed: CloudWatch Logs rejected the event: its time is more than two hours in the future [1]
    ");
}

/// Offers a batch whose request is answered with all three ranges of rejected events.
fn check_request(variables: &[(&str, &str)]) -> String {
    let harness = Harness::warm_with(variables);
    let rejected = Rejected { too_old_end: Some(1), expired_end: Some(2), too_new_start: Some(5) };
    harness.world.logs.fail(Operation::PutLogEvents, Fault::Reject(rejected));
    let minute = |number: u64| aged(number, 60_000 * i64::try_from(100 - number).expect("small"));
    let batch: Vec<Event> = (1..=6).map(minute).collect();
    let story = harness.transcript(sqs(&batch));
    format!("{story}\nstored: {}\n{}", stored(&harness), harness.log_lines())
}

#[test]
fn the_ranges_of_one_answer_are_read_as_aws_writes_them() {
    assert_snapshot!(check_request(&[]), @r"
    PutLogEvents prod/task (6): done but 3
    PutLogEvents prod/task (1): done
    PutLogEvents prod/task (2): done
    = all done
    stored: 0, 1 now, 2 now, 3, 4, 5, 6 now
    ");
}

#[test]
fn the_ranges_of_one_answer_fail_if_configured_so() {
    assert_snapshot!(check_request(&FAIL), @r"
    PutLogEvents prod/task (6): done but 3
    = failed: m1 m2 m6
    stored: 0, 3, 4, 5
    WARN event failed: CloudWatch Logs rejected the event: it is too old, or older than the log group's retention [2]
    WARN event failed: CloudWatch Logs rejected the event: its time is more than two hours in the future [1]
    ");
}
