//! `ecs-events forward` to a folder.

use super::{Desk, THREE, compact};

#[test]
fn a_table_lists_where_events_were_stored_and_totals() {
    let desk = Desk::with(&THREE);
    insta::assert_snapshot!(desk.run("forward events"), @"
    EVENTS  BYTES IN  BYTES OUT  STORED IN
         2     3,735      2,571  out/aws/events/ecs/containerinsights/
         1       489        541    _unresolved/performance
         1       489        541      deployment.jsonl
         1     3,246      2,030    prod/performance
         1     3,246      2,030      task.jsonl

    TOTAL       EVENTS  BYTES
    received         3  5,356
    stored           2  2,571  68 % of their original 3,735
    dropped          1         detailType 1
    duplicates       0
    failed           0
    --- exit 0 ---
    ");
}

#[test]
fn the_folder_has_a_file_for_each_log_stream_and_a_message_on_each_line() {
    let desk = Desk::with(&["service-steady-state", "deployment-of-unknown-cluster"]);
    desk.run("forward events");
    let files: Vec<_> =
        desk.files("out").into_iter().map(|(name, text)| name + "\n" + &text).collect();
    insta::assert_snapshot!(files.concat(), @r#"
    out/aws/events/ecs/containerinsights/_unresolved/performance/deployment.jsonl
    {"version":"0","id":"1fbe847c-c59d-0778-31b6-08625f1ca6b3","detail-type":"ECS Deployment State Change","source":"aws.ecs","account":"123456789012","time":"2026-11-17T10:30:00Z","region":"us-east-1","resources":["arn:aws:ecs:us-east-1:123456789012:service/legacy"],"detail":{"eventType":"INFO","eventName":"SERVICE_DEPLOYMENT_IN_PROGRESS","deploymentId":"ecs-svc/8614709831422249057","updatedAt":"2026-11-17T10:30:00.25Z","reason":"ECS deployment ecs-svc/8614709831422249057 in progress."},"forwarder":{"eventType":"INFO","service":"legacy"}}
    out/aws/events/ecs/containerinsights/prod/performance/service-action.jsonl
    {"version":"0","id":"35e9a2e5-c141-d512-1038-32ac6a29f0df","detail-type":"ECS Service Action","source":"aws.ecs","account":"123456789012","time":"2026-11-17T18:00:41Z","region":"us-east-1","resources":["arn:aws:ecs:us-east-1:123456789012:service/prod/web"],"detail":{"eventType":"INFO","eventName":"SERVICE_STEADY_STATE","clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/prod","createdAt":"2026-11-17T18:00:41.209Z"},"forwarder":{"eventType":"INFO","cluster":"prod","service":"web"}}
    "#);
}

#[test]
fn a_second_run_writes_the_same_files_anew_and_leaves_others_alone() {
    let desk = Desk::with(&THREE);
    desk.run("forward events --quiet");
    let before = desk.files("out");
    desk.put("out/aws/events/ecs/containerinsights/old/performance/task.jsonl", "{}\n");
    desk.run("forward events --quiet");
    let after = desk.files("out");
    assert_eq!(after.len(), before.len() + 1);
    assert!(before.iter().all(|file| after.contains(file)));
}

#[test]
fn several_chunks_go_into_the_same_file() {
    let desk = Desk::empty();
    let event = compact("service-steady-state");
    let id = "\"id\":\"";
    let lines = (0..2500).map(|n| event.replace(id, &format!("{id}{n}-")) + "\n");
    desk.put("many.jsonl", lines.collect::<String>());
    let ran = desk.run("forward many.jsonl");
    assert!(ran.stdout.contains("stored       2,500"), "{ran}");
    let files = desk.files("out");
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].1.lines().count(), 2500);
}

#[test]
fn quiet_prints_only_errors() {
    let desk = Desk::with(&THREE).set("FORWARDER_LOG_CLASS", "INFREQUENT_ACCESS");
    insta::assert_snapshot!(desk.run("forward -q events nothing.json"), @"
    --- stderr ---
    error: cannot read nothing.json: No such file or directory (os error 2)
    --- exit 1 ---
    ");
}

#[test]
fn every_arrival_ends_in_one_place() {
    let desk = Desk::with(&THREE);
    let steady = compact("service-steady-state");
    desk.put("events/z.jsonl", format!("{steady}\n{steady}\n{{\"a\":1}}\n{{\n{steady}\n"));
    insta::assert_snapshot!(desk.run("forward events"), @"
    EVENTS  BYTES IN  BYTES OUT  STORED IN
         3     4,159      3,061  out/aws/events/ecs/containerinsights/
         1       489        541    _unresolved/performance
         1       489        541      deployment.jsonl
         2     3,670      2,520    prod/performance
         1       424        490      service-action.jsonl
         1     3,246      2,030      task.jsonl

    TOTAL       EVENTS  BYTES
    received         8  6,637
    stored           3  3,061  73 % of their original 4,159
    dropped          1         detailType 1
    duplicates       2
    failed           2         Forwarder.UnknownPayload 1, Forwarder.UnreadablePayload 1
    --- stderr ---
    error: events/z.jsonl:3: Forwarder.UnknownPayload: the payload is not an EventBridge event (with detail-type and source), an SQS batch or a Lambda on-failure record
    error: events/z.jsonl:4: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 2
    --- exit 1 ---
    ");
}

#[test]
fn the_policy_decides() {
    let desk = Desk::with(&THREE).set("FORWARDER_TRIM", "minimal");
    let ran = desk.run("forward events --detail-types * --clusters prod --enrich off");
    assert!(ran.stdout.contains("dropped          1         cluster 1"), "{ran}");
    let files = desk.files("out");
    assert_eq!(files.len(), 2);
    assert!(
        files
            .iter()
            .all(|(_, text)| !text.contains("\"image\"") && !text.contains("\"forwarder\""))
    );
}

#[test]
fn no_input_is_bad_use_and_names_the_three_ways_to_give_it() {
    insta::assert_snapshot!(Desk::empty().run("forward"), @"
    --- stderr ---
    error: the following required arguments were not provided:
      <PATH>...

      tip: name a file or folder, - for standard input, or a group with --from-log-group

    Usage: ecs-events forward <PATH>...

    For more information, try '--help'.
    --- exit 2 ---
    ");
}

#[test]
fn a_bad_configuration_stores_nothing() {
    let desk = Desk::with(&THREE);
    insta::assert_snapshot!(desk.run("forward events --trim less"), @r#"
    --- stderr ---
    error: 1 problem in the configuration
      --trim (FORWARDER_TRIM): "less" is unknown; use one of full, lean, minimal
    --- exit 2 ---
    "#);
    assert_eq!(desk.files("out"), []);
}

#[test]
fn nothing_is_written_outside_the_folder() {
    let desk = Desk::with(&THREE);
    let ran =
        desk.run("forward events --to deep/in --log-group ../../{cluster} --fallback-log-group ..");
    assert_eq!(ran.code, Some(0), "{ran}");
    let names: Vec<_> = desk.files("").into_iter().map(|(name, _)| name).collect();
    let outside = names.iter().filter(|name| !name.starts_with("events/"));
    insta::assert_snapshot!(outside.cloned().collect::<Vec<_>>().join("\n"), @"
    deep/in/%2E%2E/%2E%2E/prod/task.jsonl
    deep/in/%2E%2E/deployment.jsonl
    ");
}

#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let desk = Desk::with(&["service-steady-state"]);
    desk.put("out/aws/x", "");
    desk.put("elsewhere/x", "");
    std::os::unix::fs::symlink(desk.path("elsewhere"), desk.path("out/aws/events")).unwrap();
    let ran = desk.run("forward events");
    insta::assert_snapshot!(ran.stderr, @"error: 1 event failed, first events/service-steady-state.json:1: Forwarder.Undelivered: writing the file failed: a link leads out of the folder");
    assert_eq!(ran.code, Some(1));
    assert_eq!(desk.files("elsewhere").len(), 1);
}

#[test]
fn an_event_that_cannot_be_written_fails() {
    let desk = Desk::with(&THREE);
    desk.put("out/aws/events/ecs/containerinsights/prod", "a file where a folder should be");
    insta::assert_snapshot!(desk.run("forward events"), @"
    EVENTS  BYTES IN  BYTES OUT  STORED IN
         1       489        541  out/aws/events/ecs/containerinsights/_unresolved/performance
         1       489        541    deployment.jsonl

    TOTAL       EVENTS  BYTES
    received         3  5,356
    stored           1    541  110 % of their original 489
    dropped          1         detailType 1
    duplicates       0
    failed           1         Forwarder.Undelivered 1
    --- stderr ---
    error: 1 event failed, first events/task-out-of-memory.json:1: Forwarder.Undelivered: writing the file failed: Not a directory (os error 20)
    --- exit 1 ---
    ");
}

#[test]
fn a_destination_that_is_a_file_is_bad_use() {
    let desk = Desk::with(&THREE);
    desk.put("out", "");
    let ran = desk.run("forward events");
    assert!(ran.stderr.starts_with("error: cannot write to out: "), "{ran}");
    assert_eq!(ran.code, Some(2));
}

#[test]
fn a_run_does_not_read_what_it_writes() {
    let desk = Desk::with(&["service-steady-state"]);
    desk.run("forward .");
    let ran = desk.run("forward .");
    assert!(ran.stdout.contains("received         1"), "{ran}");
    let ran = desk.run("forward out");
    insta::assert_snapshot!(ran, @"
    --- stderr ---
    error: out is inside the output folder, out
    --- exit 2 ---
    ");
    assert_eq!(desk.run("preview out").code, Some(0));
}

#[test]
fn a_file_that_links_out_of_the_folder_is_left_unchanged() {
    let desk = Desk::with(&["service-steady-state"]);
    let group = "out/aws/events/ecs/containerinsights/prod/performance";
    desk.put(&format!("{group}/x"), "");
    desk.put("elsewhere/x", "of somebody else");
    let link = desk.path(&format!("{group}/service-action.jsonl"));
    std::os::unix::fs::symlink(desk.path("elsewhere/x"), link).unwrap();
    assert_eq!(desk.run("forward events").code, Some(1));
    assert_eq!(desk.files("elsewhere")[0].1, "of somebody else");
}

#[test]
fn two_names_of_one_file_share_it() {
    let desk = Desk::with(&["service-steady-state", "service-start-impaired"]);
    let root = "out/aws/events/ecs/containerinsights";
    desk.put(&format!("{root}/prod/performance/x"), "");
    std::os::unix::fs::symlink(
        desk.path(&format!("{root}/prod")),
        desk.path(&format!("{root}/staging")),
    )
    .unwrap();
    assert_eq!(desk.run("forward events").code, Some(0));
    let file = desk.path(&format!("{root}/prod/performance/service-action.jsonl"));
    assert_eq!(std::fs::read_to_string(file).unwrap().lines().count(), 2);
}
