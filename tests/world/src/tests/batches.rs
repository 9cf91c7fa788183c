//! The limits of a batch.

use super::{INVALID, call, check, check_kind, messages, put, timeless};
use crate::Operation::PutLogEvents;

const HOUR_MS: i64 = 60 * 60 * 1000;

#[test]
fn a_batch_of_ten_thousand_events_passes_and_one_more_is_refused() {
    let world = timeless();
    let mut events = vec![(1, "x"); 10_000];
    assert_eq!(check(&world.logs, PutLogEvents, &put(&events)), "done");
    events.push((1, "x"));
    assert_eq!(check_kind(&world.logs, PutLogEvents, &put(&events)), INVALID);
    assert_eq!(messages(&world.logs).len(), 10_000, "a refused batch stores nothing");
}

#[test]
fn a_batch_without_events_is_refused() {
    assert_eq!(check_kind(&timeless().logs, PutLogEvents, &put(&[])), INVALID);
}

#[test]
fn a_batch_holds_1048576_bytes_with_26_for_each_event() {
    let world = timeless();
    let half = "x".repeat(1_048_576 / 2 - 26);
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, &half), (1, &half)])), "done");
    let longer = format!("{half}x");
    assert_eq!(
        check(&world.logs, PutLogEvents, &put(&[(1, &half), (1, &longer)])),
        "violation: InvalidParameterException: Upload too large: 1048577 bytes exceeds limit of 1048576"
    );
    assert_eq!(call(&world.logs, 0).bytes, 1_048_576);
}

#[test]
fn bytes_are_counted_in_utf8_and_not_as_json_spells_them() {
    let world = timeless();
    let umlauts = "ü".repeat((1_048_576 - 26) / 2);
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, &umlauts)])), "done");
    assert_eq!(
        check_kind(&world.logs, PutLogEvents, &put(&[(1, &format!("{umlauts}x"))])),
        INVALID
    );
    let quotes = "\"".repeat(1_048_576 - 26);
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, &quotes)])), "done");
}

#[test]
fn a_lone_event_must_fit_a_request_with_its_26() {
    let world = timeless();
    let largest = "x".repeat(1_048_550);
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, &largest)])), "done");
    assert_eq!(
        check(&world.logs, PutLogEvents, &put(&[(1, &format!("{largest}x"))])),
        "violation: InvalidParameterException: Log event too large: 1048577 bytes exceeds limit of 1048576"
    );
}

#[test]
fn an_empty_message_is_refused() {
    assert_eq!(check_kind(&timeless().logs, PutLogEvents, &put(&[(1, "a"), (1, "")])), INVALID);
}

#[test]
fn a_time_before_1970_is_refused() {
    let world = timeless();
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(0, "a")])), "done");
    assert_eq!(check_kind(&world.logs, PutLogEvents, &put(&[(-1, "a")])), INVALID);
}

#[test]
fn events_must_be_in_order_of_time() {
    let world = timeless();
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(5, "a"), (5, "b"), (6, "c")])), "done");
    assert_eq!(
        check(&world.logs, PutLogEvents, &put(&[(6, "a"), (5, "b")])),
        "violation: InvalidParameterException: Log events in a single PutLogEvents request must be \
         in chronological order."
    );
}

#[test]
fn events_may_span_24_hours_and_not_a_millisecond_more() {
    let world = timeless();
    let day_ms = 24 * HOUR_MS;
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, "a"), (day_ms + 1, "b")])), "done");
    assert_eq!(
        check(&world.logs, PutLogEvents, &put(&[(1, "a"), (day_ms + 2, "b")])),
        "violation: InvalidParameterException: The batch of log events in a single PutLogEvents \
         request cannot span more than 24 hours."
    );
    assert_eq!(call(&world.logs, 1).span_ms, day_ms + 1);
    assert_eq!(messages(&world.logs), ["a", "b"], "a refused batch stores nothing");
}
