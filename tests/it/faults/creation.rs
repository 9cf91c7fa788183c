//! Log groups and streams that are missing, created, created by somebody else, or deleted.

use std::time::Duration;

use insta::assert_snapshot;

use crate::harness::{Event, Harness};
use world::{Fault, Gate, Operation};

const PROD: &str = "/aws/events/ecs/containerinsights/prod/performance";

#[test]
fn a_missing_log_group_is_created_and_the_event_stored_in_the_same_invocation() {
    let harness = Harness::new();
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: done
    PutRetentionPolicy prod: done
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [1]);
    assert_eq!(harness.log_lines(), "");
}

#[test]
fn a_missing_stream_is_created_and_the_event_stored_in_the_same_invocation() {
    let harness = Harness::new();
    harness.world.logs.create_group(PROD, Some(365));
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [1]);
    let group = harness.world.logs.group(PROD).expect("it is there");
    assert_eq!(
        group.retention_days,
        Some(365),
        "the function did not set the retention of another's group"
    );
}

#[test]
fn a_group_deleted_between_two_puts_of_a_warm_function_is_created_again() {
    let harness = Harness::warm();
    harness.world.logs.delete_group(PROD);
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: done
    PutRetentionPolicy prod: done
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [0, 1]);
}

#[test]
fn a_stream_deleted_between_two_puts_of_a_warm_function_is_created_again() {
    let harness = Harness::warm();
    harness.world.logs.delete_stream(PROD, "task");
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [0, 1]);
}

#[test]
fn a_group_deleted_right_after_its_creation_is_created_again() {
    let harness = Harness::new();
    harness.world.logs.inject(Fault::DeleteGroupBefore.on(Operation::PutLogEvents).times(2));
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: done
    PutRetentionPolicy prod: done
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: done
    PutRetentionPolicy prod: done
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [1]);
}

#[test]
fn a_group_deleted_before_its_stream_is_created_is_created_again() {
    let harness = Harness::new();
    harness.world.logs.inject(Fault::DeleteGroupBefore.on(Operation::CreateLogStream).after(1));
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: done
    PutRetentionPolicy prod: done
    CreateLogStream prod/task: ResourceNotFoundException
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: done
    PutRetentionPolicy prod: done
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [1]);
}

#[test]
fn an_event_fails_if_its_group_is_deleted_after_each_creation() {
    let harness = Harness::new();
    harness.world.logs.inject(Fault::DeleteGroupBefore.on(Operation::PutLogEvents).always());
    let story = harness.transcript(Event::task(1));
    let (_, answer) = story.split_once("= ").expect("an answer");
    assert_snapshot!(answer, @"Forwarder.Undelivered: PutLogEvents failed: something deletes the log group or stream as soon as it is created");
    assert!(harness.stored().is_empty());
    assert_snapshot!(harness.log_lines(), @"WARN event failed: PutLogEvents failed: something deletes the log group or stream as soon as it is created [1]");
}

#[test]
fn the_function_waits_for_a_stream_that_appears_late() {
    let harness = Harness::warm();
    harness.world.logs.inject(Fault::StreamNotFound.on(Operation::PutLogEvents).times(3));
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceAlreadyExistsException
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceAlreadyExistsException
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceAlreadyExistsException
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [0, 1]);
}

#[test]
fn two_cold_environments_that_race_for_the_same_group_both_store() {
    let harness = Harness::new();
    let other = harness.world.function(&[]);
    let gate = Gate::closed();
    harness.world.logs.inject(gate.fault().on(Operation::CreateLogGroup).times(2));
    let patience = Duration::from_secs(20);
    let first = harness.function.offer(Event::task(1), patience);
    let second = other.offer(Event::task(2), patience);
    gate.wait_for(2);
    gate.open();
    for racer in [first, second] {
        assert_eq!(racer.answer().response()["stored"], 1);
    }
    assert_eq!(harness.stored(), [1, 2]);
    assert_eq!(harness.world.logs.groups().len(), 1);
    let creations = harness.world.logs.calls_of(Operation::CreateLogGroup);
    assert_eq!(creations.len(), 2, "neither creation is retried");
    assert_eq!(harness.log_lines() + &other.stop().stderr, "");
}

#[test]
fn two_cold_environments_that_race_for_the_same_stream_both_store() {
    let harness = Harness::new();
    harness.world.logs.create_group(PROD, Some(7));
    harness.world.logs.inject(Fault::MadeByAnother.on(Operation::CreateLogStream));
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceAlreadyExistsException
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [1]);
}

#[test]
fn a_throttled_creation_is_retried() {
    let harness = Harness::new();
    harness.world.logs.inject(Fault::Throttle.on(Operation::CreateLogGroup).times(2));
    harness.world.logs.inject(Fault::Throttle.on(Operation::CreateLogStream).after(1));
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: ThrottlingException (2 times)
    CreateLogGroup prod: done
    PutRetentionPolicy prod: done
    CreateLogStream prod/task: ThrottlingException
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [1]);
}

#[test]
fn an_aborted_creation_is_retried() {
    let harness = Harness::new();
    harness.world.logs.inject(Fault::OperationAborted.on(Operation::CreateLogGroup).times(2));
    harness.world.logs.fail(Operation::PutRetentionPolicy, Fault::OperationAborted);
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: OperationAbortedException (2 times)
    CreateLogGroup prod: done
    PutRetentionPolicy prod: OperationAbortedException
    PutRetentionPolicy prod: done
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [1]);
}

#[test]
fn too_many_log_groups_in_the_account_are_reported_at_once() {
    let harness = Harness::new();
    harness.world.logs.inject(Fault::LimitExceeded.on(Operation::CreateLogGroup).always());
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: LimitExceededException
    = Forwarder.Undelivered: CreateLogGroup failed: LimitExceededException
    ");
    assert!(harness.stored().is_empty());
    assert_snapshot!(harness.log_lines(), @"WARN event failed: CreateLogGroup failed: LimitExceededException [1]");
}

#[test]
fn a_group_that_somebody_else_has_just_created_keeps_its_retention() {
    let harness = Harness::new();
    harness.world.logs.inject(Fault::MadeByAnother.on(Operation::CreateLogGroup));
    assert_snapshot!(harness.transcript(Event::task(1)), @"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: ResourceAlreadyExistsException
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.log_lines(), "");
}

/// Stores an event although its group gets no retention. Returns what the operator reads about it.
fn check_retention(fault: Fault) -> String {
    let harness = Harness::new();
    harness.world.logs.inject(fault.on(Operation::PutRetentionPolicy).always());
    let answer = harness.answer_within(Duration::from_secs(3), Event::task(1));
    assert_eq!(answer, "= stored 1");
    assert_eq!(harness.stored(), [1]);
    assert_eq!(harness.world.logs.group(PROD).expect("it is there").retention_days, None);
    harness.log_lines()
}

#[test]
fn a_denied_retention_never_fails_an_event() {
    assert_snapshot!(check_retention(Fault::AccessDenied), @"WARN the new log group has no retention: the function's role must allow logs:PutRetentionPolicy on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:");
}

#[test]
fn a_retention_that_is_always_throttled_never_fails_an_event() {
    assert_snapshot!(check_retention(Fault::Throttle), @"WARN the new log group has no retention: PutRetentionPolicy failed: the answer took too long");
}

#[test]
fn a_retention_that_is_never_answered_never_fails_an_event() {
    assert_snapshot!(check_retention(Fault::Hang), @"WARN the new log group has no retention: PutRetentionPolicy failed: the answer took too long");
}
