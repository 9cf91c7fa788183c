//! The same event twice. It is a duplicate only after the first one is stored.

use std::time::Duration;

use insta::assert_snapshot;

use crate::harness::{Event, Harness};
use world::{Fault, Operation, Rejected, sqs_batch};

const PATIENCE: Duration = Duration::from_secs(20);

/// An SQS batch with one event in two messages, and another event.
fn batch_with_a_duplicate() -> Vec<u8> {
    let (once, other) = (Event::task(1).text(), Event::task(2).text());
    sqs_batch(&[("first", &once), ("again", &once), ("other", &other)])
}

#[test]
fn a_duplicate_within_a_batch_is_stored_once() {
    let harness = Harness::warm();
    assert_snapshot!(harness.transcript(batch_with_a_duplicate()), @r"
    PutLogEvents prod/task (2): done
    = all done
    ");
    assert_eq!(harness.stored(), [0, 1, 2]);
}

#[test]
fn a_duplicate_of_a_failed_event_in_the_same_batch_fails_too() {
    let harness = Harness::warm();
    harness.world.logs.fail(Operation::PutLogEvents, Fault::AccessDenied);
    assert_eq!(
        harness.answer_within(PATIENCE, batch_with_a_duplicate()),
        "= failed: first again other"
    );
    assert_eq!(harness.answer_within(PATIENCE, batch_with_a_duplicate()), "= all done");
    assert_eq!(harness.stored(), [0, 1, 2]);
}

#[test]
fn a_duplicate_in_a_later_invocation_is_not_stored_again() {
    let harness = Harness::warm();
    assert_eq!(harness.answer_within(PATIENCE, Event::task(1)), "= stored 1");
    harness.calls();
    assert_snapshot!(harness.transcript(Event::task(1)), @"= duplicates 1");
    assert_snapshot!(harness.transcript(batch_with_a_duplicate()), @r"
    PutLogEvents prod/task (1): done
    = all done
    ");
    assert_eq!(harness.stored(), [0, 1, 2]);
}

#[test]
fn a_failed_event_that_arrives_again_is_not_a_duplicate() {
    let harness = Harness::warm();
    harness.world.logs.fail(Operation::PutLogEvents, Fault::AccessDenied);
    let failed = harness.answer_within(PATIENCE, Event::task(1));
    assert!(failed.starts_with("= Forwarder.AccessDenied"), "{failed}");
    assert_eq!(harness.answer_within(PATIENCE, Event::task(1)), "= stored 1");
    assert_eq!(harness.answer_within(PATIENCE, Event::task(1)), "= duplicates 1");
    assert_eq!(harness.stored(), [0, 1]);
}

#[test]
fn a_rejected_event_that_arrives_again_is_not_a_duplicate() {
    let harness = Harness::warm_with(&[("FORWARDER_ON_REJECTED", "fail")]);
    let all = Rejected { too_old_end: Some(1), ..Default::default() };
    harness.world.logs.fail(Operation::PutLogEvents, Fault::Reject(all));
    let failed = harness.answer_within(PATIENCE, Event::task(1));
    assert!(failed.starts_with("= Forwarder.Rejected"), "{failed}");
    assert_eq!(harness.answer_within(PATIENCE, Event::task(1)), "= stored 1");
}

#[test]
fn the_same_version_of_a_task_under_another_id_is_a_duplicate_and_another_version_is_not() {
    let harness = Harness::warm();
    let other_id = "00000000-0000-4000-8000-000000000007";
    let same_version = Event::task(0).with("id", other_id);
    assert_eq!(harness.answer_within(PATIENCE, same_version.clone()), "= duplicates 1");
    let other_version = same_version.with_detail("version", 6);
    assert_eq!(harness.answer_within(PATIENCE, other_version), "= stored 1");
    assert_eq!(harness.stored(), [0, 7]);
}

#[test]
fn another_environment_stores_a_duplicate_again() {
    let harness = Harness::warm();
    let other = harness.world.function(&[]);
    assert_eq!(other.invoke(Event::task(0)).response()["stored"], 1);
    assert_eq!(harness.stored(), [0, 0]);
}
