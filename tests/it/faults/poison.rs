//! An event that makes CloudWatch Logs refuse each request that contains it. The refusal does not name
//! the event.

use std::time::Duration;

use insta::assert_snapshot;

use crate::harness::{Event, Harness, sqs};
use world::{Fault, Operation};

const POISON: &str = "poisonous";

fn poisonous(number: u64) -> Event {
    Event::task(number).with_detail("stoppedReason", POISON)
}

/// Offers a warm function `count` events, some of them poisonous. Returns the answer with the log lines,
/// and the number of requests.
fn check(count: u64, poisons: &[u64]) -> (String, usize) {
    let harness = Harness::warm();
    harness.world.logs.poison(POISON);
    let event = |number| {
        if poisons.contains(&number) { poisonous(number) } else { Event::task(number) }
    };
    let batch: Vec<Event> = (1..=count).map(event).collect();
    let answer = harness.answer_within(Duration::from_secs(20), sqs(&batch));
    let kept: Vec<u64> = (0..=count).filter(|number| !poisons.contains(number)).collect();
    assert_eq!(harness.stored(), kept, "each of the others is stored once");
    let puts = harness.world.logs.calls_of(Operation::PutLogEvents);
    let of_search = puts.iter().skip_while(|put| put.events < batch.len());
    let requests = of_search.count();
    (format!("{answer}\n{}", harness.log_lines()), requests)
}

#[test]
fn one_poison_event_among_hundreds_is_found_and_the_others_are_stored() {
    let (story, requests) = check(500, &[333]);
    assert_snapshot!(story, @r"
    = failed: m333
    WARN event failed: CloudWatch Logs rejected the event: it is invalid (InvalidParameterException) [1]
    ");
    // The first request, and two for each halving of 500.
    assert!(requests <= 2 * 9 + 1, "{requests} requests");
}

#[test]
fn poison_events_at_both_ends_are_found() {
    let (story, requests) = check(64, &[1, 2, 64]);
    assert_snapshot!(story, @r"
    = failed: m1 m2 m64
    WARN event failed: CloudWatch Logs rejected the event: it is invalid (InvalidParameterException) [3]
    ");
    assert!(requests <= 3 * (2 * 6 + 1), "{requests} requests");
}

#[test]
fn a_poison_event_alone_fails_without_a_search() {
    let harness = Harness::warm();
    harness.world.logs.poison(POISON);
    assert_snapshot!(harness.transcript(poisonous(1)), @r"
    PutLogEvents prod/task (1): InvalidParameterException
    = Forwarder.Rejected: CloudWatch Logs rejected the event: it is invalid (InvalidParameterException)
    ");
    assert_snapshot!(harness.log_lines(), @"WARN event failed: CloudWatch Logs rejected the event: it is invalid (InvalidParameterException) [1]");
}

#[test]
fn a_search_that_finds_no_poison_event_ends() {
    let harness = Harness::warm();
    harness.world.logs.inject(Fault::InvalidParameter.on(Operation::PutLogEvents).always());
    let batch: Vec<Event> = (1..=600).map(Event::task).collect();
    let answer = harness.answer_within(Duration::from_secs(20), sqs(&batch));
    assert_eq!(answer.matches(" m").count(), 600, "all of them failed");
    let requests = harness.world.logs.calls_of(Operation::PutLogEvents).len();
    // One that warmed the function, 256 of the search, and one for each part left after it.
    assert_eq!(requests, 1 + 256 + 4);
}
