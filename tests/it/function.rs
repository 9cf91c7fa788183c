//! The real function when nothing goes wrong: its answers, its configuration, and its log groups.

mod environment;
mod files;

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Event, Harness, sqs};
use world::{
    Answer, Gate, Operation, World, event, fixture, on_failure_record, real_now_ms, sqs_batch,
};

const PATIENCE: Duration = Duration::from_secs(20);
const PROD: &str = "/aws/events/ecs/containerinsights/prod/performance";

// ── answers ──

#[test]
fn one_event_is_answered_with_a_summary() {
    let harness = Harness::new();
    let event = Event::task(1).text();
    let answer = harness.function.invoke(event.clone());
    let stored = harness.world.logs.stored(PROD, "task");
    let [(_, message)] = stored.as_slice() else { panic!("one event is stored: {stored:?}") };
    let summary = json!({
        "received": 1,
        "stored": 1,
        "dropped": 0,
        "duplicates": 0,
        "failed": 0,
        "bytesIn": event.len(),
        "bytesOut": message.len()
    });
    assert_eq!(answer.response(), &summary);
    assert!(message.len() < event.len(), "it is trimmed");
}

#[test]
fn a_dropped_event_is_answered_with_one_dropped() {
    let harness = Harness::with(&[("FORWARDER_CLUSTERS", "!prod")]);
    let event = Event::task(1).text();
    let summary = json!({
        "received": 1,
        "stored": 0,
        "dropped": 1,
        "duplicates": 0,
        "failed": 0,
        "bytesIn": event.len(),
        "bytesOut": 0,
        "dropReason": "cluster"
    });
    assert_eq!(harness.function.invoke(event).response(), &summary);
    assert_eq!(harness.calls(), "", "nothing is asked of CloudWatch Logs");
}

#[test]
fn a_second_delivery_is_answered_with_one_duplicate() {
    let harness = Harness::new();
    let event = Event::task(1).text();
    assert_eq!(harness.function.invoke(event.clone()).response()["stored"], 1);
    let summary = json!({
        "received": 1,
        "stored": 0,
        "dropped": 0,
        "duplicates": 1,
        "failed": 0,
        "bytesIn": event.len(),
        "bytesOut": 0
    });
    assert_eq!(harness.function.invoke(event).response(), &summary);
}

#[test]
fn an_sqs_batch_is_answered_with_its_failed_records() {
    let harness = Harness::new();
    let answer = harness.function.invoke(sqs(&[Event::task(1), Event::task(2)]));
    assert_eq!(answer.response(), &json!({"batchItemFailures": []}));
    let (fine, odd) = (Event::task(3).text(), String::from("odd"));
    let answer = harness.function.invoke(sqs_batch(&[("a", &odd), ("b", &fine), ("c", &odd)]));
    let failures = json!([{"itemIdentifier": "a"}, {"itemIdentifier": "c"}]);
    assert_eq!(answer.response(), &json!({"batchItemFailures": failures}));
    assert_eq!(harness.stored(), [1, 2, 3]);
}

#[test]
fn an_event_is_taken_out_of_the_on_failure_records_around_it() {
    let harness = Harness::new();
    let once = on_failure_record(&Event::task(1).text());
    let twice = on_failure_record(&on_failure_record(&Event::task(2).text()));
    assert_eq!(harness.answer_within(PATIENCE, once), "= stored 1");
    assert_eq!(harness.answer_within(PATIENCE, twice), "= stored 1");
    let third = on_failure_record(&Event::task(3).text());
    let batch = sqs_batch(&[("record", third), ("event", Event::task(4).text())]);
    assert_eq!(harness.answer_within(PATIENCE, batch), "= all done");
    assert_eq!(harness.stored(), [1, 2, 3, 4]);
}

// ── configuration ──

#[test]
fn a_bad_configuration_ends_the_process_and_all_problems_are_logged() {
    let world = World::new();
    let function = world.function(&[
        ("FORWARDER_CLUSTER", "prod"),
        ("FORWARDER_TRIM", "tiny"),
        ("FORWARDER_RETENTION_DAYS", "8"),
        ("FORWARDER_LOG_GROUP", "{cluster}"),
    ]);
    let exit = function.exit();
    assert_eq!((exit.code, exit.stdout.as_str()), (Some(1), ""));
    let message = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        format!("{} {}\n", line["level"].as_str().expect("a text"), line["message"])
    };
    let story: String = exit.stderr.lines().map(message).collect();
    assert_snapshot!(story, @r#"
    ERROR "cannot start: 4 problems in the configuration"
    ERROR "FORWARDER_CLUSTER: unknown variable; did you mean FORWARDER_CLUSTERS?"
    ERROR "FORWARDER_TRIM: \"tiny\" is unknown; use one of full, lean, minimal"
    ERROR "FORWARDER_LOG_GROUP: it must begin with literal text, because the function's role may use only log groups with that prefix"
    ERROR "FORWARDER_RETENTION_DAYS: \"8\" is not a number of days that CloudWatch Logs offers; use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"
    "#);
}

/// Lambda updates code and environment in two calls. In the seconds between, the code can find a variable
/// of another release and not start. Lambda then retries after one minute and after two.
#[test]
fn an_event_that_arrives_during_an_update_is_stored_by_a_retry() {
    let world = World::new();
    let half_done = [("FORWARDER_OF_THE_NEXT_RELEASE", "on")];
    let payload = Event::task(1).text();
    for _ in 0..2 {
        let function = world.function(&half_done);
        let offered = function.offer(payload.clone(), PATIENCE);
        assert_eq!(function.exit().code, Some(1));
        assert_eq!(offered.answer(), Answer::NoAnswer, "it never asked for the event");
        assert!(world.logs.ever_stored().is_empty());
    }
    let updated = world.function(&[]);
    assert_eq!(updated.invoke(payload).response()["stored"], 1);
    assert_eq!(world.logs.ever_stored().len(), 1);
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
#[test]
fn a_warning_has_the_time_and_level_that_lambda_selects_by() {
    let harness = Harness::with(&[("FORWARDER_LOG_CLASS", "INFREQUENT_ACCESS")]);
    harness.function.invoke_within(PATIENCE, "{");
    let said = harness.function.stop().stderr;
    let levels = said.lines().map(|line| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let written = line["timestamp"].as_str().expect("a text").parse::<jiff::Timestamp>();
        let late_ms = real_now_ms() - written.expect("RFC 3339").as_millisecond();
        assert!((0..3_600_000).contains(&late_ms), "{line}");
        line["level"].as_str().expect("a text").to_owned()
    });
    assert_eq!(levels.collect::<Vec<_>>(), ["WARN", "WARN"]);
}

#[test]
fn a_missing_region_is_reported() {
    let world = World::new();
    let function = world.function(&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "")]);
    let exit = function.exit();
    assert_eq!(exit.code, Some(1));
    assert!(exit.stderr.contains("cannot start: AWS_REGION is not set"), "{exit:?}");
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let harness = Harness::with(&[("FORWARDER_TRIM", ""), ("FORWARDER_CLUSTERS", "")]);
    assert_eq!(harness.answer_within(PATIENCE, Event::task(1)), "= stored 1");
    assert_eq!(harness.log_lines(), "");
}

#[test]
fn an_own_source_is_accepted_if_it_is_listed() {
    let harness = Harness::with(&[("FORWARDER_SOURCES", "aws.ecs,my.ecs")]);
    assert_eq!(harness.answer_within(PATIENCE, fixture("own-source.json")), "= stored 1");
}

#[test]
fn the_common_endpoint_is_used_without_one_for_logs() {
    let world = World::new();
    let endpoint = world.logs.endpoint();
    let function = world
        .function(&[("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", ""), ("AWS_ENDPOINT_URL", &endpoint)]);
    assert_eq!(function.invoke(Event::task(1)).response()["stored"], 1);
}

// ── CloudWatch Logs ──

#[test]
fn a_new_group_is_created_as_configured() {
    let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let harness = Harness::with(&[
        ("FORWARDER_RETENTION_DAYS", "30"),
        ("FORWARDER_LOG_CLASS", "INFREQUENT_ACCESS"),
        ("FORWARDER_KMS_KEY_ARN", key),
        ("FORWARDER_TAGS", "team=core, stage=live"),
    ]);
    assert_eq!(harness.answer_within(PATIENCE, Event::task(1)), "= stored 1");
    let group = harness.world.logs.group(PROD).expect("it is made");
    assert_eq!(group.retention_days, Some(30));
    assert_eq!(group.class, "INFREQUENT_ACCESS");
    assert_eq!(group.kms_key_id.as_deref(), Some(key));
    assert_eq!(group.streams, ["task"]);
    let tags: Vec<(&str, &str)> =
        group.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(tags, [("ClusterName", "prod"), ("stage", "live"), ("team", "core")]);
    assert_snapshot!(harness.log_lines(), @"WARN FORWARDER_LOG_CLASS: the ECS console, Container Insights and field discovery do not work on log groups of the class INFREQUENT_ACCESS");
}

#[test]
fn a_new_group_is_created_with_the_defaults() {
    let harness = Harness::warm();
    let group = harness.world.logs.group(PROD).expect("it is made");
    assert_eq!((group.retention_days, group.kms_key_id), (Some(7), None));
    assert_eq!(group.class, "STANDARD");
    assert_eq!(group.tags.get("ClusterName").map(String::as_str), Some("prod"));
    assert_eq!(group.tags.len(), 1);
}

#[test]
fn the_fallback_group_has_no_cluster_tag() {
    let harness = Harness::new();
    harness.transcript(event("deployment-of-unknown-cluster.json"));
    let groups = harness.world.logs.groups();
    let [group] = groups.as_slice() else { panic!("one group: {groups:?}") };
    assert!(group.tags.is_empty(), "{group:?}");
}

#[test]
fn a_warm_function_makes_one_call_for_an_event() {
    let harness = Harness::warm();
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): done
    = stored 1
    ");
}

#[test]
fn a_batch_is_one_request_for_each_stream() {
    let harness = Harness::new();
    for (group, stream) in [("prod", "task"), ("prod", "service-action"), ("test", "task")] {
        let group = format!("/aws/events/ecs/containerinsights/{group}/performance");
        harness.world.logs.create_stream(&group, stream);
    }
    let mut batch: Vec<Event> = Vec::new();
    for number in (0..30).step_by(3) {
        batch.push(Event::task(number));
        batch.push(Event::task(number + 1).of_kind("ECS Service Action"));
        batch.push(Event::task(number + 2).in_cluster("test"));
    }
    let story = harness.transcript(sqs(&batch));
    let mut lines: Vec<&str> = story.lines().collect();
    lines.sort_unstable();
    assert_snapshot!(lines.join("\n"), @r"
    = all done
    PutLogEvents prod/service-action (10): done
    PutLogEvents prod/task (10): done
    PutLogEvents test/task (10): done
    ");
    assert!(harness.stored().into_iter().eq(0..30), "each once");
}

#[test]
fn the_requests_of_a_batch_run_at_the_same_time() {
    let harness = Harness::new();
    let gate = Gate::closed();
    harness.world.logs.inject(gate.fault().on(Operation::PutLogEvents).times(8));
    let mut batch: Vec<Event> = Vec::new();
    for number in 0..8 {
        let cluster = format!("cluster-{number}");
        let group = format!("/aws/events/ecs/containerinsights/{cluster}/performance");
        harness.world.logs.create_stream(&group, "task");
        batch.push(Event::task(number).in_cluster(&cluster));
    }
    let offered = harness.function.offer(sqs(&batch), PATIENCE);
    gate.wait_for(8);
    gate.open();
    assert!(offered.answer().failed_message_ids().is_empty());
}

#[test]
fn events_are_stored_in_order_of_time_under_their_own_time() {
    let harness = Harness::new();
    let now_ms = real_now_ms();
    let batch = [(1, 3), (2, 1), (3, 2)]
        .map(|(number, minutes)| Event::task(number).at(now_ms - minutes * 60_000));
    assert_eq!(harness.answer_within(PATIENCE, sqs(&batch)), "= all done");
    let stored = harness.world.logs.stored(PROD, "task");
    let ages: Vec<i64> = stored.iter().map(|(time_ms, _)| (now_ms - time_ms) / 60_000).collect();
    assert_eq!(ages, [3, 2, 1]);
}

#[test]
fn success_is_silent() {
    let harness = Harness::warm();
    harness.transcript(sqs(&[Event::task(1), Event::task(2).in_cluster("test")]));
    harness.transcript(Event::task(1));
    harness.transcript(event("cloudtrail-update-service.json"));
    assert_eq!(harness.log_lines(), "");
}
