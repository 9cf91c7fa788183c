//! The counts in the lines of metrics that the real function writes, for each place where an event
//! can end.

mod emf;
mod when;

use crate::harness::{Event, Harness, SECRET, assert_silent_about_secrets, sqs};
use ecs_event_forwarder::metrics::name;
use emf::{WrittenMetrics, read};
use insta::assert_snapshot;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;
use world::{Answer, Clock, Fault, Operation, event, real_now_ms};

const USUAL: Duration = Duration::from_secs(30);
const DETAILED: [(&str, &str); 1] = [("FORWARDER_METRICS", "detailed")];
const ALL: [(&str, &str); 3] = [
    ("FORWARDER_METRICS", "detailed"),
    ("FORWARDER_METRICS_BY_CLUSTER", "on"),
    ("FORWARDER_ECS_METRICS", "on"),
];

/// Ends the function. Returns the metrics that CloudWatch reads from its standard output.
fn written_metrics(harness: &Harness) -> WrittenMetrics {
    let exit = harness.function.stop();
    assert_silent_about_secrets(&format!("{exit:?}"));
    read(&exit.stdout, real_now_ms())
}

/// A line for each metric. Of durations, it shows the number.
fn write(metrics: &WrittenMetrics) -> String {
    let mut text = String::new();
    for ((name, dimensions), series) in metrics {
        let dimensions = dimensions.iter().filter(|(name, _)| *name != "FunctionName");
        let dimensions: Vec<_> = dimensions.map(|(_, value)| value.as_str()).collect();
        let of = if dimensions.is_empty() {
            String::new()
        } else {
            format!(" of {}", dimensions.join(" "))
        };
        let value = match series.unit.as_str() {
            "Milliseconds" => format!("{} durations", series.values.len()),
            _ => series.values.iter().sum::<f64>().to_string(),
        };
        writeln!(text, "{name}{of}: {value}").expect("a text");
    }
    text
}

/// The metrics of one invocation of a cold function.
fn check(
    variables: &[(&str, &str)],
    prepare: impl FnOnce(&Harness),
    payload: impl Into<Vec<u8>>,
) -> String {
    let harness = Harness::with(variables);
    prepare(&harness);
    harness.function.invoke_within(USUAL, payload);
    write(&written_metrics(&harness))
}

fn nothing(_: &Harness) {}

#[test]
fn without_metrics_there_is_no_line() {
    assert_eq!(check(&[], nothing, Event::task(1)), "");
    assert_eq!(check(&[("FORWARDER_METRICS_BY_CLUSTER", "on")], nothing, Event::task(1)), "");
    // The event is none that ECS metrics count.
    let running = Event::task(1).with_detail("lastStatus", "RUNNING");
    assert_eq!(check(&[("FORWARDER_ECS_METRICS", "on")], nothing, running), "");
}

#[test]
fn a_stored_event_is_counted_with_its_bytes() {
    assert_snapshot!(check(&[("FORWARDER_METRICS", "core")], nothing, Event::task(1).of_bytes(2000)), @"
    BytesIn: 2000
    BytesOut: 1998
    Stored: 1
    ");
}

#[test]
fn a_dropped_event_is_counted_by_its_reason() {
    let by = |variable, value| {
        let variables = [("FORWARDER_METRICS", "detailed"), (variable, value)];
        check(&variables, nothing, Event::task(1).of_bytes(2000))
    };
    let shown = [
        by("FORWARDER_DETAIL_TYPES", "ECS Service Action"),
        by("FORWARDER_EVENT_TYPES", "WARN"),
        by("FORWARDER_CLUSTERS", "test"),
        by("FORWARDER_SERVICES", "api"),
        by("FORWARDER_TASK_STATUSES", "RUNNING"),
        by("FORWARDER_RULES", r#"[{"clusters":["test"]},{"services":["api"]}]"#),
    ];
    assert_snapshot!(shown.join("\n"), @"
    BytesIn: 2000
    Dropped: 1
    DroppedByDetailType: 1

    BytesIn: 2000
    Dropped: 1
    DroppedByEventType: 1

    BytesIn: 2000
    Dropped: 1
    DroppedByCluster: 1

    BytesIn: 2000
    Dropped: 1
    DroppedByService: 1

    BytesIn: 2000
    Dropped: 1
    DroppedByTaskStatus: 1

    BytesIn: 2000
    Dropped: 1
    DroppedByRules: 1
    ");
    let steady = check(
        &[("FORWARDER_METRICS", "detailed"), ("FORWARDER_SELECT", "lifecycle")],
        nothing,
        event("service-steady-state.json"),
    );
    let named = check(
        &[("FORWARDER_METRICS", "detailed"), ("FORWARDER_EVENT_NAMES", "!SERVICE_STEADY_STATE")],
        nothing,
        event("service-steady-state.json"),
    );
    assert!(steady.contains("DroppedBySelect: 1\n") && named.contains("DroppedByEventName: 1\n"));
    assert!(!by("FORWARDER_METRICS", "core").contains("DroppedBy"));
}

#[test]
fn a_failure_is_written_at_once() {
    let denied = |harness: &Harness| {
        harness.world.logs.inject(Fault::AccessDenied.on(Operation::PutLogEvents).always());
    };
    let shown = check(&DETAILED, denied, Event::task(1).of_bytes(2000));
    assert_snapshot!(shown, @"
    BytesIn: 2000
    DeliveryMs: 1 durations
    Failed: 1
    ");
    let foreign = check(&DETAILED, nothing, Event::task(1).with("source", "my.ecs").of_bytes(2000));
    let unknown = check(&DETAILED, nothing, "{}");
    let unreadable = check(&DETAILED, nothing, "{");
    assert_snapshot!([foreign, unknown, unreadable].join("\n"), @"
    BytesIn: 2000
    Failed: 1

    BytesIn: 2
    Failed: 1

    Failed: 1
    ");
}

#[test]
fn a_duplicate_is_counted_with_detailed_metrics() {
    let twice = || sqs(&[Event::task(1).of_bytes(2000), Event::task(1).of_bytes(2000)]);
    assert_snapshot!(check(&DETAILED, nothing, twice()), @"
    BytesIn: 4000
    BytesOut: 1998
    DeliveryMs: 1 durations
    Duplicates: 1
    LogGroupsCreated: 1
    Stored: 1
    ");
    let core = check(&[("FORWARDER_METRICS", "core")], nothing, twice());
    assert!(!core.contains("Duplicates") && core.contains("BytesIn: 4000\n"), "{core}");
}

#[test]
fn rejected_and_restamped_log_events_are_counted() {
    let old = || Event::task(1).at(real_now_ms() - 20 * 24 * 3_600_000).of_bytes(2000);
    assert_snapshot!(check(&DETAILED, nothing, old()), @"
    BytesIn: 2000
    BytesOut: 1998
    DeliveryMs: 1 durations
    LogGroupsCreated: 1
    Rejected: 1
    Restamped: 1
    Stored: 1
    ");
    let variables = [DETAILED[0], ("FORWARDER_ON_REJECTED", "fail")];
    let failed = check(&variables, nothing, old());
    assert!(failed.contains("Rejected: 1\n") && !failed.contains("Restamped"), "{failed}");
}

#[test]
fn a_group_that_another_function_created_is_not_counted() {
    let made = |harness: &Harness| {
        harness.world.logs.inject(Fault::MadeByAnother.on(Operation::CreateLogGroup));
    };
    let shown = check(&DETAILED, made, Event::task(1));
    assert!(shown.contains("Stored: 1\n") && !shown.contains("LogGroupsCreated"), "{shown}");
}

#[test]
fn an_event_without_a_cluster_is_counted_as_unresolved() {
    let timeless = |harness: &Harness| harness.world.logs.set_clock(Clock::Timeless);
    assert_snapshot!(check(&ALL, timeless, event("deployment-of-unknown-cluster.json")), @"
    BytesIn: 567
    BytesOut: 541
    DeliveryMs: 1 durations
    LogGroupsCreated: 1
    Stored: 1
    Unresolved: 1
    ");
}

#[test]
fn each_cluster_is_counted_on_its_own_and_in_the_total() {
    let task = |number| Event::task(number).of_bytes(2000);
    let batch = sqs(&[task(1), task(2).in_cluster("test"), task(3), task(4).in_cluster("test")]);
    let variables = [("FORWARDER_METRICS", "core"), ("FORWARDER_METRICS_BY_CLUSTER", "on")];
    assert_snapshot!(check(&variables, nothing, batch), @"
    BytesIn of prod: 4000
    BytesIn of test: 4000
    BytesIn: 8000
    BytesOut of prod: 3996
    BytesOut of test: 3996
    BytesOut: 7992
    Stored of prod: 2
    Stored of test: 2
    Stored: 4
    ");
}

#[test]
fn occurrences_in_ecs_are_counted_by_cluster_and_service() {
    let names = [
        "task-out-of-memory",
        "task-stopped",
        "task-stopping",
        "task-run-with-overrides",
        "deployment-failed",
        "deployment-completed",
        "daemon-deployment-rollback-failed",
        "service-placement-failure",
        "service-steady-state",
    ];
    let texts = names.map(|name| String::from_utf8(event(&format!("{name}.json"))).unwrap());
    let messages: Vec<_> = names.into_iter().zip(texts).collect();
    let timeless = |harness: &Harness| harness.world.logs.set_clock(Clock::Timeless);
    let batch = world::sqs_batch(&messages);
    assert_snapshot!(check(&[("FORWARDER_ECS_METRICS", "on")], timeless, batch), @"
    FailedDeployments of staging checkout: 1
    FailedDeployments: 2
    PlacementFailures of prod worker: 1
    PlacementFailures: 1
    StoppedTasks of prod web out_of_memory: 1
    StoppedTasks of prod web scaling: 1
    StoppedTasks of essential_container_exited: 1
    StoppedTasks of out_of_memory: 1
    StoppedTasks of scaling: 1
    ");
}

#[test]
fn a_service_with_an_invalid_name_is_only_in_the_total() {
    let odd = Event::task(1).with_detail("group", format!("service:{SECRET} \u{202e}"));
    assert_snapshot!(check(&[("FORWARDER_ECS_METRICS", "on")], nothing, odd), @"StoppedTasks of essential_container_exited: 1");
}

/// The sums of all lines are the sums of all answers.
#[test]
fn the_sums_of_the_lines_are_those_of_the_answers() {
    let harness = Harness::with(&ALL);
    harness.world.logs.set_clock(Clock::Timeless);
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/events")).unwrap();
    let mut answered = BTreeMap::new();
    for file in folder {
        let name = file.unwrap().file_name().into_string().unwrap();
        if name == "README.md" {
            continue;
        }
        let payload = event(&name);
        for _ in 0..2 {
            let (answer, _) = harness.function.invoke_within(USUAL, payload.clone());
            let Answer::Response(summary) = &answer else { panic!("{name}: {answer:?}") };
            for (key, value) in summary.as_object().unwrap() {
                *answered.entry(key.clone()).or_insert(0) += value.as_u64().unwrap_or_default();
            }
        }
    }
    harness.function.invoke_within(USUAL, "{");
    let all = written_metrics(&harness);
    let total = |name: &str, dimensions: usize| {
        let series = all.iter().filter(|((other, of), _)| other == name && of.len() == dimensions);
        let sum = series.flat_map(|(_, series)| &series.values).fold(0.0, |sum, it| sum + it);
        sum.to_string().parse::<u64>().expect("a whole number")
    };
    // The answer to an SQS batch has no counts.
    let batch: Value = serde_json::from_slice(&event("sqs-batch.json")).unwrap();
    let records = batch["Records"].as_array().unwrap().len() as u64;
    let answered = |key: &str| answered[key];
    assert_eq!(total("Dropped", 1), answered("dropped"));
    assert_eq!(total("Failed", 1), answered("failed") + 1);
    assert_eq!(total("Stored", 1), answered("stored") + records);
    assert_eq!(total("Duplicates", 1), answered("duplicates") + records);
    let reasons: u64 = name::ALL
        .iter()
        .filter(|it| it.name.starts_with("DroppedBy"))
        .map(|it| total(it.name, 1))
        .sum();
    assert_eq!(reasons, total("Dropped", 1));
    let bytes: usize = harness.world.logs.ever_stored().iter().map(|it| it.message.len()).sum();
    assert_eq!(total("BytesOut", 1).to_string(), bytes.to_string());
    assert_eq!(total("Stored", 1), total("Stored", 2) + 1, "all but one are of a cluster");
}

#[test]
fn metric_names_are_unique_and_alphanumeric() {
    let names: BTreeSet<_> = name::ALL.iter().map(|it| it.name).collect();
    assert_eq!(names.len(), name::ALL.len());
    for it in name::ALL {
        assert!(!it.name.is_empty() && it.name.chars().all(|c| c.is_ascii_alphanumeric()));
    }
}
