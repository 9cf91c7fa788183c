//! `--from-log-group`, out of the strict CloudWatch Logs of the world.

use super::{Desk, READERS, compact};
use serde_json::Value;
use world::{Clock, Fault, Operation, World, real_now_ms};

pub(super) const GROUP: &str = "/aws/events/ecs/containerinsights/prod/performance";
const NAMES: [&str; 7] = [
    "task-pending",
    "task-running",
    "task-out-of-memory",
    "deployment-failed",
    "service-steady-state",
    "service-placement-failure",
    "container-instance-draining",
];

/// A log group that the console's own capture has filled over the last hours, and a desk beside it.
pub(super) fn filled() -> (World, Desk) {
    let world = World::new();
    world.logs.set_clock(Clock::Timeless);
    for (hours, name) in (1..).zip(NAMES) {
        let time_ms = real_now_ms() - hours * 3_600_000;
        world.logs.keep(GROUP, time_ms, &happened_at(time_ms, name));
    }
    let desk = Desk::empty().set("AWS_EC2_METADATA_DISABLED", "true");
    let desk =
        world.aws_environment().iter().fold(desk, |desk, (name, value)| desk.set(name, value));
    (world, desk)
}

/// A sample whose envelope has another time.
fn happened_at(time_ms: i64, sample: &str) -> String {
    let time = jiff::Timestamp::from_millisecond(time_ms).unwrap().strftime("%FT%TZ");
    let event = compact(sample);
    let (before, rest) = event.split_once("\"time\":\"").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    format!("{before}\"time\":\"{time}\"{after}")
}

fn summary(desk: &Desk, words: &str) -> Value {
    let ran = desk.run(&format!("preview --json {words}"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran}");
    let last: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    last.get("summary").cloned().unwrap()
}

#[test]
fn all_pages_of_a_log_group_are_read_like_a_file() {
    let (world, desk) = filled();
    let from_group = summary(&desk, &format!("--from-log-group {GROUP}"));
    desk.put("dump.jsonl", NAMES.map(|name| compact(name) + "\n").concat());
    assert_eq!(from_group, summary(&desk, "dump.jsonl"));
    assert_eq!(from_group["received"], NAMES.len());
    // Three events a page, and an empty page between two.
    assert_eq!(world.logs.calls_of(Operation::FilterLogEvents).len(), 5);
    let both = summary(&desk, &format!("dump.jsonl --from-log-group {GROUP}"));
    assert_eq!(both["duplicates"], NAMES.len());
}

#[test]
fn times_choose_the_events() {
    let (_world, desk) = filled();
    let received = |words: &str| {
        summary(&desk, &format!("--from-log-group {GROUP} {words}"))["received"].as_u64().unwrap()
    };
    assert_eq!(received("--since 150m"), 2);
    assert_eq!(received("--since 7d --until 150m"), 5);
    assert_eq!(received("--until 150m"), 5);
    assert_eq!(received("--since 2019-01-01T00:00:00Z --until 2019-02-01T00:00:00Z"), 0);
    for bad in ["yesterday", "-3h", "3"] {
        let ran = desk.run(&format!("preview --from-log-group {GROUP} --since={bad}"));
        assert_eq!(ran.code, Some(2), "{bad}");
        assert!(ran.stderr.contains("for '--since <WHEN>'"), "{ran}");
    }
}

#[test]
fn every_subcommand_that_reads_events_reads_log_groups() {
    let (_world, desk) = filled();
    desk.put("same.toml", "");
    for words in READERS {
        let ran = desk.run(&format!("{words} --from-log-group {GROUP}"));
        assert_eq!(ran.code, Some(0), "{words}: {ran}");
    }
}

#[test]
fn throttling_is_waited_out() {
    let (world, desk) = filled();
    world.logs.inject(Fault::Throttle.on(Operation::FilterLogEvents).times(3).after(1));
    assert_eq!(summary(&desk, &format!("--from-log-group {GROUP}"))["received"], NAMES.len());
}

#[test]
fn an_unreadable_log_group_is_reported_with_the_cause() {
    let (world, desk) = filled();
    insta::assert_snapshot!(desk.run("preview --from-log-group /nothing"), @"
    TOTAL       EVENTS  BYTES
    received         0      0
    kept             0      0
    dropped          0
    duplicates       0
    failed           0
    --- stderr ---
    error: cannot read /nothing: there is no such log group
    --- exit 1 ---
    ");
    world.logs.inject(Fault::AccessDenied.on(Operation::FilterLogEvents).always());
    insta::assert_snapshot!(desk.run("preview --from-log-group /prod"), @"
    TOTAL       EVENTS  BYTES
    received         0      0
    kept             0      0
    dropped          0
    duplicates       0
    failed           0
    --- stderr ---
    error: cannot read /prod: your credentials must allow logs:FilterLogEvents on arn:*:logs:*:*:log-group:/prod:*
    --- exit 1 ---
    ");
    world.logs.heal();
    world.logs.keep(GROUP, real_now_ms() - 1000, "no event\n");
    let ran = desk.run(&format!("preview --json --from-log-group {GROUP}"));
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains(&format!("error: {GROUP}:8: Forwarder.UnreadablePayload")),
        "{ran}"
    );
    let nobody = Desk::empty().run(&format!("preview --from-log-group {GROUP}"));
    assert!(nobody.stderr.contains("there is no AWS Region"), "{nobody}");
}

#[test]
fn a_connection_that_fails_is_named_in_words() {
    let (_world, desk) = filled();
    // Nobody listens there, and no other test can be given this port.
    let endpoint = "http://127.0.0.1:1";
    let desk = desk.set("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint).set("AWS_MAX_ATTEMPTS", "1");
    let ran = desk.run(&format!("preview --from-log-group {GROUP}"));
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.stderr.contains("FilterLogEvents failed: 127.0.0.1:"), "{ran}");
    for rust in ["DispatchFailure", "source:", "{", "ConnectorError", "Some("] {
        assert!(!ran.stderr.contains(rust), "{ran}");
    }
}
