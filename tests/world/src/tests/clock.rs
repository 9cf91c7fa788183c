//! Events that are too old, too new or expired.

use serde_json::{Value, json};

use super::{GROUP, STREAM, call, messages, send};
use crate::{Clock, World, real_now_ms};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
const NOW_MS: i64 = 1_800_000_000_000;

/// Puts one event for each age, oldest first, and gives what was rejected and what was stored.
fn check(retention_days: Option<i64>, ages_ms: &[i64]) -> (Value, Vec<String>) {
    let world = World::new();
    world.logs.set_clock(Clock::StoppedAt(NOW_MS));
    world.logs.create_stream(GROUP, STREAM);
    world.logs.create_group(GROUP, retention_days);
    let names: Vec<String> = (0..ages_ms.len()).map(|index| index.to_string()).collect();
    let events: Vec<(i64, &str)> =
        ages_ms.iter().zip(&names).map(|(age_ms, name)| (NOW_MS - age_ms, name.as_str())).collect();
    let reply = send(&world.logs, &events).expect("an answer");
    assert_eq!(reply.status, 200, "{:?}", reply.error());
    let stored = messages(&world.logs);
    assert_eq!(call(&world.logs, 0).rejected, events.len() - stored.len());
    let info = reply.json().get("rejectedLogEventsInfo").cloned().unwrap_or_default();
    (info, stored)
}

#[test]
fn nothing_is_said_where_nothing_is_rejected() {
    assert_eq!(check(Some(7), &[HOUR_MS, 0]), (Value::Null, vec!["0".into(), "1".into()]));
}

#[test]
fn older_than_14_days_is_too_old_and_the_end_is_exclusive() {
    let ages_ms = [15 * DAY_MS, 14 * DAY_MS + 1, 14 * DAY_MS];
    let (info, stored) = check(None, &ages_ms);
    assert_eq!(info, json!({"tooOldLogEventEndIndex": 2}));
    assert_eq!(stored, ["2"]);
}

#[test]
fn more_than_2_hours_ahead_is_too_new_and_the_start_is_inclusive() {
    let ages_ms = [0, -2 * HOUR_MS, -2 * HOUR_MS - 1, -3 * HOUR_MS];
    let (info, stored) = check(None, &ages_ms);
    assert_eq!(info, json!({"tooNewLogEventStartIndex": 2}));
    assert_eq!(stored, ["0", "1"]);
}

#[test]
fn older_than_the_retention_is_expired_and_the_end_is_exclusive() {
    let ages_ms = [7 * DAY_MS + 1, 7 * DAY_MS];
    let (info, stored) = check(Some(7), &ages_ms);
    assert_eq!(info, json!({"expiredLogEventEndIndex": 1}));
    assert_eq!(stored, ["1"]);
}

#[test]
fn all_three_come_in_one_answer() {
    let ages_ms = [20 * DAY_MS, 8 * DAY_MS, HOUR_MS, 0, -3 * HOUR_MS];
    let (info, stored) = check(Some(7), &ages_ms);
    let expected = json!({
        "tooOldLogEventEndIndex": 1,
        "expiredLogEventEndIndex": 2,
        "tooNewLogEventStartIndex": 4
    });
    assert_eq!(info, expected);
    assert_eq!(stored, ["2", "3"]);
}

#[test]
fn a_batch_of_which_nothing_is_valid_is_a_200_that_stores_nothing() {
    let (info, stored) = check(None, &[-3 * HOUR_MS, -4 * HOUR_MS]);
    assert_eq!(info, json!({"tooNewLogEventStartIndex": 0}));
    assert!(stored.is_empty());
}

#[test]
fn the_24_hours_count_for_valid_events_alone() {
    let (_, stored) = check(None, &[20 * DAY_MS, HOUR_MS, -DAY_MS]);
    assert_eq!(stored, ["1"]);
}

#[test]
fn the_clock_is_the_real_one_unless_it_is_set() {
    let world = World::new();
    world.logs.create_stream(GROUP, STREAM);
    let now_ms = real_now_ms();
    let reply = send(&world.logs, &[(now_ms - 15 * DAY_MS, "old"), (now_ms, "now")]);
    let info = reply.expect("an answer").json()["rejectedLogEventsInfo"].clone();
    assert_eq!(info, json!({"tooOldLogEventEndIndex": 1}));
    assert_eq!(messages(&world.logs), ["now"]);
}
