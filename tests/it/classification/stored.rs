//! Durations, the time of a log event, and the `forwarder` object of `docs/stored-format.md`.

use super::{INSTANCE, NOW_MS, SECOND, TASK, forwarder_object, planned, policy};
use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::Line;
use serde_json::{Value, json};

#[test]
fn a_duration_is_known_if_both_ends_are_known_and_in_order() {
    let task = json!({
        "createdAt": "2026-11-16T08:00:00Z",
        "pullStartedAt": "2026-11-16T08:00:01.5Z",
        "pullStoppedAt": "2026-11-16T08:00:05.71Z",
        "startedAt": "2026-11-16T08:00:09.120Z",
        "stoppingAt": "2026-11-16T09:00:09.120000001Z",
        "executionStoppedAt": "2026-11-17T08:00:09.12Z",
        "stoppedAt": "2026-11-17T08:00:40.120999999Z",
    });
    let found = |task: &Value| {
        let facts = forwarder_object(&policy(), TASK, &json!([]), task);
        ["pullMs", "startMs", "runMs", "stopMs"]
            .map(|name| facts.get(name).map(|it| it.as_i64().unwrap()))
    };
    let expected = [Some(4210), Some(9120), Some(86_400_000), Some(82_831_000)];
    assert_eq!(found(&task), expected);
    let without = |name: &str| {
        let mut task = task.clone();
        task[name] = Value::Null;
        found(&task)
    };
    let [pull, start, run, stop] = expected;
    assert_eq!(without("pullStartedAt"), [None, start, run, stop]);
    assert_eq!(without("pullStoppedAt"), [None, start, run, stop]);
    assert_eq!(without("createdAt"), [pull, None, run, stop]);
    assert_eq!(without("startedAt"), [pull, None, None, stop]);
    assert_eq!(without("executionStoppedAt"), [pull, start, Some(3_600_000), stop]);
    assert_eq!(without("stoppedAt"), [pull, start, run, None]);
    assert_eq!(without("stoppingAt"), [pull, start, run, None]);
    let mut backwards = task.clone();
    backwards["stoppedAt"] = json!("2026-11-16T09:00:09.119Z");
    backwards["createdAt"] = json!("2026-11-16T08:00:09.120Z");
    backwards["pullStoppedAt"] = json!("soon");
    assert_eq!(found(&backwards), [None, Some(0), run, None]);
    let none = [None; 4];
    assert_eq!(found(&json!({})), none);
    let instance = forwarder_object(&policy(), INSTANCE, &json!([]), &task);
    assert_eq!(instance, json!({ "eventType": "INFO" }));
}

#[test]
fn the_finest_time_within_the_second_wins() {
    let millis = |time: &Value, detail: &Value| {
        let event = json!({
            "detail-type": "ECS Service Action", "source": "aws.ecs", "time": time,
            "detail": detail,
        });
        let plan = planned(&policy(), &event);
        plan.batches()[0].events()[0].timestamp_ms
    };
    let time = json!("2026-11-16T08:00:25Z");
    let updated = |at: &str| json!({ "updatedAt": at });
    for (detail, expected) in [
        (updated("2026-11-16T08:00:25.323Z"), SECOND + 323),
        (updated("2026-11-16T08:00:25.3239Z"), SECOND + 323),
        (updated("2026-11-16T08:00:25.999999999Z"), SECOND + 999),
        (updated("2026-11-16T09:00:25.5+01:00"), SECOND + 500),
        (updated("2026-11-16T08:00:25Z"), SECOND),
        // In another second: `time` wins.
        (updated("2026-11-16T08:00:24.999Z"), SECOND),
        (updated("2026-11-16T08:00:26.000Z"), SECOND),
        (updated("then"), SECOND),
        (json!({ "updatedAt": 1_794_816_025_323_i64 }), SECOND),
        (json!({}), SECOND),
        // The first of the two in the same second wins.
        (json!({ "createdAt": "2026-11-16T08:00:25.1Z" }), SECOND + 100),
        (
            json!({ "createdAt": "2026-11-16T08:00:25.1Z", "updatedAt": "2026-11-16T08:00:25.2Z" }),
            SECOND + 200,
        ),
        (
            json!({ "createdAt": "2026-11-16T08:00:25.1Z", "updatedAt": "2026-11-16T08:00:27Z" }),
            SECOND + 100,
        ),
    ] {
        assert_eq!(millis(&time, &detail), expected, "{detail}");
    }
    let fine = json!({ "updatedAt": "2026-11-16T08:00:25.323Z" });
    for unreadable in
        [json!(null), json!(""), json!("yesterday"), json!(SECOND), json!("2026-11-16")]
    {
        assert_eq!(millis(&unreadable, &fine), NOW_MS, "{unreadable}");
    }
    assert_eq!(millis(&json!("2026-11-16T08:00:25.75Z"), &json!({})), SECOND + 750);
}

#[test]
fn the_forwarder_object_is_last_and_replaces_any_other() {
    let stored = |settings: &[(&str, &str)], event: &str| {
        let settings = settings.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        let policy = config(settings).unwrap().policy;
        let arrivals = decode(Payload::from(event.to_owned()));
        Line::new(policy.clone()).plan(arrivals, NOW_MS).batches()[0].events()[0].message.clone()
    };
    let plain = r#"{"detail-type":"ECS New Kind","source":"aws.ecs","detail":{}}"#;
    let ours = r#"{"detail-type":"ECS New Kind","source":"aws.ecs","detail":{},"forwarder":{"eventType":"INFO"}}"#;
    let older = r#"{"forwarder":{"eventType":"ERROR","x":[{}]},"detail-type":"ECS New Kind","\u0066orwarder":1,"source":"aws.ecs","detail":{},"forwarder":null}"#;
    let off = [("FORWARDER_ENRICH", "off")];
    for event in [plain, ours, older] {
        assert_eq!(stored(&[], event), ours);
        assert_eq!(stored(&off, event), plain);
    }
    let inside = r#"{"detail-type":"ECS New Kind","source":"aws.ecs","detail":{"forwarder":1}}"#;
    assert_eq!(stored(&off, inside), inside);
    // In the order of the example in `docs/stored-format.md`.
    let stopped = r#"{"detail-type":"ECS Task State Change","source":"aws.ecs","detail":{"clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/prod","group":"service:web","desiredStatus":"STOPPED","stopCode":"EssentialContainerExited","containers":[{"reason":"OutOfMemoryError: x"}],"createdAt":"2026-11-16T08:00:00Z","pullStartedAt":"2026-11-16T08:00:01Z","pullStoppedAt":"2026-11-16T08:00:05.21Z","startedAt":"2026-11-16T08:00:09.12Z","stoppingAt":"2026-11-17T08:00:09.12Z","stoppedAt":"2026-11-17T08:00:40.12Z"}}"#;
    let expected = r#","forwarder":{"eventType":"ERROR","cluster":"prod","service":"web","stopCategory":"out_of_memory","pullMs":4210,"startMs":9120,"runMs":86400000,"stopMs":31000}}"#;
    let found = stored(&[], stopped);
    assert!(found.ends_with(expected), "{found}");
}
