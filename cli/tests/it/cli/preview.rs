//! `ecs-events preview`.

use super::{Desk, THREE, compact};
use serde_json::Value;

#[test]
fn a_table_shows_what_would_happen_to_each_event() {
    let desk = Desk::with(&THREE);
    insta::assert_snapshot!(desk.run("preview events"), @"
    EVENT                                      TYPE      IN    OUT  END
    events/cloudtrail-update-service.json      INFO   1,621         dropped
      cloudtrail · prod/web, dropped by detailType, by the rule
    events/deployment-of-unknown-cluster.json  INFO     489    541  kept
      deployment · no cluster/legacy → …/_unresolved/performance
    events/task-out-of-memory.json             ERROR  3,246  2,030  kept
      task · prod/web · out_of_memory → …/prod/performance

    EVENTS  BYTES IN  BYTES OUT  DESTINATION
         2     3,735      2,571  /aws/events/ecs/containerinsights/
         1       489        541    _unresolved/performance
         1       489        541      deployment
         1     3,246      2,030    prod/performance
         1     3,246      2,030      task

    TOTAL       EVENTS  BYTES
    received         3  5,356
    matched          2         by the rule, which saves 1 invocation
    kept             2  2,571  68 % of their original 3,735
    dropped          1         detailType 1
    duplicates       0
    failed           0
    --- exit 0 ---
    ");
    assert_eq!(desk.files("out"), []);
}

#[test]
fn every_end_is_described() {
    let desk = Desk::with(&["unknown-kind"]);
    let steady = compact("service-steady-state");
    desk.put(
        "events/z.jsonl",
        format!("{steady}\n{steady}\n{{\"detail-type\":\"x\",\"source\":\"y\"}}\n{{\n"),
    );
    insta::assert_snapshot!(desk.run("preview events --clusters !staging"), @"
    EVENT                     TYPE   IN  OUT  END
    events/unknown-kind.json  INFO  468  518  kept
      ECS Capacity Reservation State Change · prod → …/prod/performance
    events/z.jsonl:1          INFO  424  490  kept
      service-action · prod/web → …/prod/performance
    events/z.jsonl:2          INFO  424       duplicate
      service-action · prod/web, the same as an earlier event
    events/z.jsonl:3                 32       failed
      Forwarder.ForeignSource
    events/z.jsonl:4                  2       failed
      Forwarder.UnreadablePayload

    EVENTS  BYTES IN  BYTES OUT  DESTINATION
         2       892      1,008  /aws/events/ecs/containerinsights/prod/performance
         1       468        518    other
         1       424        490    service-action

    TOTAL       EVENTS  BYTES
    received         5  1,350
    matched          3         by the rule
    kept             2  1,008  113 % of their original 892
    dropped          0
    duplicates       1
    failed           2         Forwarder.ForeignSource 1, Forwarder.UnreadablePayload 1
    --- stderr ---
    error: events/z.jsonl:3: Forwarder.ForeignSource: the event's source is not in FORWARDER_SOURCES; add it to accept such events
    error: events/z.jsonl:4: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 2
    --- exit 1 ---
    ");
}

#[test]
fn json_has_an_object_for_each_event_and_a_summary() {
    let desk = Desk::with(&THREE);
    desk.put("events/z.json", "{}");
    insta::assert_snapshot!(desk.run("preview --json events"), @r#"
    {"file":"events/cloudtrail-update-service.json","line":1,"item":1,"matched":false,"end":"dropped","reason":"detailType","detailType":"AWS API Call via CloudTrail","eventName":"UpdateService","cluster":"prod","service":"web","eventType":"INFO","bytesIn":1621,"bytesOut":0}
    {"file":"events/deployment-of-unknown-cluster.json","line":1,"item":1,"matched":true,"end":"kept","detailType":"ECS Deployment State Change","eventName":"SERVICE_DEPLOYMENT_IN_PROGRESS","service":"legacy","eventType":"INFO","timestampMs":1794911400250,"bytesIn":489,"bytesOut":541,"logGroup":"/aws/events/ecs/containerinsights/_unresolved/performance","logStream":"deployment"}
    {"file":"events/task-out-of-memory.json","line":1,"item":1,"matched":true,"end":"kept","detailType":"ECS Task State Change","cluster":"prod","service":"web","eventType":"ERROR","stopCategory":"out_of_memory","timestampMs":1794993303540,"bytesIn":3246,"bytesOut":2030,"logGroup":"/aws/events/ecs/containerinsights/prod/performance","logStream":"task"}
    {"file":"events/z.json","line":1,"item":1,"matched":false,"end":"failed","errorType":"Forwarder.UnknownPayload","bytesIn":2,"bytesOut":0}
    {"summary":{"received":4,"matched":2,"savedInvocations":1,"kept":2,"dropped":1,"duplicates":0,"failed":1,"bytesIn":5358,"bytesOut":2571}}
    --- stderr ---
    error: events/z.json:1: Forwarder.UnknownPayload: the payload is not an EventBridge event (with detail-type and source), an SQS batch or a Lambda on-failure record
    --- exit 1 ---
    "#);
}

#[test]
fn json_contains_messages_on_request() {
    let desk = Desk::with(&THREE);
    let stored = desk.run("preview --show events").stdout;
    let shown = desk.run("preview --json --show events").stdout;
    let messages = shown.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        line.get("message").map(Value::to_string)
    });
    let parsed =
        stored.lines().map(|line| serde_json::from_str::<Value>(line).unwrap().to_string());
    assert_eq!(messages.collect::<Vec<_>>(), parsed.collect::<Vec<_>>());
}

#[test]
fn the_shown_message_equals_the_stored_one() {
    let desk = Desk::with(&THREE);
    let shown = desk.run("preview --show events");
    desk.run("forward -q events");
    let mut stored: Vec<_> = desk
        .files("out")
        .iter()
        .flat_map(|(_, text)| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    stored.sort();
    let mut lines: Vec<_> = shown.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, stored);
    insta::assert_snapshot!(shown.stderr, @"events/cloudtrail-update-service.json:1: dropped by detailType, by the rule");
}

#[test]
fn preview_and_forward_count_alike() {
    let samples = ["sqs-batch", "on-failure-record", "task-stopped", "task-stopped-by-user"];
    let desk = Desk::with(&samples);
    desk.put(
        "events/z.jsonl",
        format!("{}\nbroken\n{}\n", compact("task-stopped"), compact("cloudtrail-update-service")),
    );
    let totals = |ran: String| {
        let (_, totals) = ran.split_once("TOTAL").unwrap();
        let of_both = totals.lines().filter(|line| !line.starts_with("matched"));
        of_both.collect::<Vec<_>>().join("\n").replace("kept  ", "stored")
    };
    let (preview, forward) = (desk.run("preview events"), desk.run("forward events"));
    assert_eq!(totals(preview.stdout), totals(forward.stdout));
    assert_eq!(preview.stderr, forward.stderr);
    assert_eq!((preview.code, forward.code), (Some(1), Some(1)));
}

#[test]
fn columns_stay_in_line_from_chunk_to_chunk() {
    let desk = Desk::empty();
    let long = compact("task-out-of-memory");
    let short = compact("service-steady-state");
    desk.put("many.jsonl", format!("{long}\n{}", (short + "\n").repeat(2500)));
    let ran = desk.run("preview many.jsonl");
    let at: Vec<_> = ran
        .stdout
        .lines()
        .filter_map(|line| line.find("duplicate"))
        .filter(|at| *at > 20)
        .collect();
    assert!(at.len() > 2000);
    let rows = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("many.jsonl:") && line.ends_with("duplicate"));
    let ends: std::collections::BTreeSet<_> = rows.map(str::len).collect();
    assert_eq!(ends.len(), 1, "{ends:?}");
}

#[test]
fn event_text_cannot_command_the_terminal() {
    let desk = Desk::empty();
    let event = compact("unknown-kind").replace("ECS Capacity", "ECS \\u001b[31m\\u202e\\r");
    desk.put("x.json", event);
    let ran = desk.run("preview x.json");
    insta::assert_snapshot!(ran.stdout.lines().take(3).collect::<Vec<_>>().join("\n"), @"
    EVENT   TYPE   IN  OUT  END
    x.json  INFO  478  528  kept
      ECS �[31m�� Reservation State Change · prod → …/prod/performance
    ");
}

#[test]
fn no_input_is_bad_use() {
    let ran = Desk::empty().run("preview");
    assert!(ran.stderr.contains("<PATH>..."), "{ran}");
    assert_eq!(ran.code, Some(2));
}

#[test]
fn a_bad_configuration_previews_nothing() {
    let ran = Desk::with(&THREE).set("FORWARDER_TRIM", "less").run("preview events");
    insta::assert_snapshot!(ran, @r#"
    --- stderr ---
    error: 1 problem in the configuration
      FORWARDER_TRIM: "less" is unknown; use one of full, lean, minimal
    --- exit 2 ---
    "#);
}
