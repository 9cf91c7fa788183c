//! When a line of metrics is written.

use super::{DETAILED, written_metrics};
use crate::harness::{Event, Harness};
use ecs_event_forwarder::config::{Config, config};
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::deliver::Delivered;
use ecs_event_forwarder::line::{Line, Receipt};
use ecs_event_forwarder::metrics::{INTERVAL_MS, Ledger, URGENT_INTERVAL_MS, is_due};
use insta::assert_snapshot;
use proptest::prelude::*;
use std::fmt::Write as _;
use world::event;

/// Within a minute, only the first invocation and one that fails write a line.
#[test]
fn counts_are_summed_between_two_lines() {
    let harness = Harness::with(&DETAILED);
    for number in 1..=5 {
        harness.transcript(Event::task(number));
    }
    harness.transcript("{");
    let all = written_metrics(&harness);
    let sum = |name: &str| {
        let series = all.iter().filter(|((other, _), _)| other == name);
        series.flat_map(|(_, series)| &series.values).sum::<f64>()
    };
    assert_eq!(harness.function.stdout().lines().count(), 2);
    assert!((sum("Stored") - 5.0).abs() < 1e-9 && (sum("Failed") - 1.0).abs() < 1e-9, "{all:?}");
    let durations = all.iter().find(|((name, _), _)| name == "DeliveryMs");
    assert_eq!(durations.unwrap().1.values.len(), 5);
}

/// The last event of a quiet cluster is the one that its alarm waits for.
#[test]
fn a_count_that_an_alarm_waits_for_is_written_at_most_once_a_second() {
    let settings = [("FORWARDER_ECS_METRICS", "on"), ("FORWARDER_METRICS", "core")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let Config { policy, metrics, .. } = config(settings).expect("valid settings");
    let mut ledger = Ledger::new(metrics, "forwarder").expect("the only one").expect("it is on");
    let mut line = Line::new(policy);
    let start_ms = 1_796_083_200_042;
    let mut story = String::new();
    for (passed_ms, name) in [
        (0, "task-running"),           // the first is always written
        (1, "task-stopped"),           // a stop that is no error
        (2, "service-start-impaired"), // no signal
        (3, "task-out-of-memory"),     // at once, however new the first line is
        (4, "deployment-failed"),      // too soon after the last line that was urgent
        (1002, "task-pending"),
        (1003, "service-steady-state"), // but written with the first event after a second
        (2003, "service-placement-failure"),
        (3003, "daemon-deployment-rollback-failed"),
        (63_002, "task-activating"), // not yet a minute after the last line
        (63_003, "task-deactivating"),
    ] {
        let payload = String::from_utf8(event(&format!("{name}.json"))).expect("a text");
        let now_ms = start_ms + passed_ms;
        let plan = line.plan(decode(Payload::from(payload)), now_ms);
        let receipts: Vec<_> = plan.batches().iter().map(Receipt::stored).collect();
        let entries = line.settle(plan, receipts);
        let mut out = Vec::new();
        ledger.count(&entries, &Delivered::default());
        ledger.write(&entries, now_ms, &mut out).expect("a vector can be written");
        let is_written = if out.is_empty() { "-" } else { "a line" };
        writeln!(story, "{passed_ms} {name}: {is_written}").expect("a text");
    }
    assert_eq!((INTERVAL_MS, URGENT_INTERVAL_MS), (60_000, 1_000));
    assert_snapshot!(story, @r"
    0 task-running: a line
    1 task-stopped: -
    2 service-start-impaired: -
    3 task-out-of-memory: a line
    4 deployment-failed: -
    1002 task-pending: -
    1003 service-steady-state: a line
    2003 service-placement-failure: a line
    3003 daemon-deployment-rollback-failed: a line
    63002 task-activating: -
    63003 task-deactivating: a line
    ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn a_line_is_due_after_its_interval_and_at_first(
        written_ms in 0_i64..1 << 50, passed_ms in 0_i64..200_000, interval_ms in 1_i64..100_000
    ) {
        let is_due = |written_ms, now_ms| is_due(written_ms, interval_ms, now_ms);
        prop_assert_eq!(is_due(Some(written_ms), written_ms + passed_ms), passed_ms >= interval_ms);
        prop_assert!(is_due(None, written_ms));
        // A clock that is set back does not cause more lines.
        prop_assert!(!is_due(Some(written_ms), written_ms - passed_ms));
    }
}
