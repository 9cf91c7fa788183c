//! The connection that the function opens before the first event, and its faults.

use std::time::Duration;

use insta::assert_snapshot;

use crate::harness::{Event, Harness};
use world::{OnPing, World};

/// A cold function in a world that answers its first request like this.
fn harness(on_ping: OnPing) -> Harness {
    let world = World::new();
    world.logs.on_ping(on_ping);
    Harness::of(world, &[])
}

#[test]
fn the_first_event_finds_a_connection_that_no_operation_opened() {
    let harness = harness(OnPing::Answer);
    assert_snapshot!(harness.transcript(Event::task(1)), @"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: done
    PutRetentionPolicy prod: done
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.world.logs.connections(), 1);
    let [ping] = &harness.world.logs.pings()[..] else { panic!("one request ahead of all others") };
    assert_eq!((ping.method.as_str(), ping.body.len()), ("GET", 0));
    assert_eq!(ping.header_names(), ["host"], "nothing is signed, nothing is named");
    assert_eq!(harness.log_lines(), "");
}

#[test]
fn a_connection_that_is_closed_before_the_first_event_costs_no_event() {
    let harness = harness(OnPing::AnswerAndClose);
    harness.transcript(Event::task(1));
    assert_eq!(harness.stored(), [1]);
    assert_eq!(harness.log_lines(), "");
}

#[test]
fn an_endpoint_that_resets_at_start_fails_no_event() {
    let harness = harness(OnPing::Reset);
    harness.transcript(Event::task(1));
    assert_eq!(harness.stored(), [1]);
    assert_eq!(harness.log_lines(), "");
}

#[test]
fn an_endpoint_that_hangs_at_start_fails_no_event() {
    let harness = harness(OnPing::Hang);
    harness.answer_within(Duration::from_secs(20), Event::task(1));
    assert_eq!(harness.stored(), [1]);
    assert_eq!(harness.log_lines(), "");
}
