//! The facts that are derived from an event, by the tables in `docs/filter.md` and
//! `docs/stored-format.md`.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect has failed"
)]

mod combinations;
mod judgement;
mod place;
mod stored;

use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::{Line, Plan};
use ecs_event_forwarder::policy::Policy;
use serde_json::{Value, json};

const NOW_MS: i64 = 1_796_083_200_042;
/// 2026-11-16T08:00:25Z
const SECOND: i64 = 1_794_816_025_000;
const TASK: &str = "ECS Task State Change";
const INSTANCE: &str = "ECS Container Instance State Change";
const HEALTH: &str = "ECS Container Instance Health Change";
const CALL: &str = "AWS API Call via CloudTrail";

fn policy() -> Policy {
    let every_kind = ("FORWARDER_DETAIL_TYPES".to_owned(), "*".to_owned());
    config([every_kind]).unwrap().policy
}

fn planned(policy: &Policy, event: &Value) -> Plan {
    let arrivals = decode(Payload::from(event.to_string()));
    Line::new(policy.clone()).plan(arrivals, NOW_MS)
}

/// The `forwarder` object of an event of this kind.
fn forwarder_object(policy: &Policy, kind: &str, resources: &Value, detail: &Value) -> Value {
    let event = json!({
        "detail-type": kind, "source": "aws.ecs", "resources": resources, "detail": detail,
    });
    let plan = planned(policy, &event);
    let message: Value = serde_json::from_str(&plan.batches()[0].events()[0].message).unwrap();
    message["forwarder"].clone()
}

/// Checks one fact of an event without `resources`; `-` if it is absent.
#[track_caller]
fn check(name: &str, kind: &str, detail: &Value, expected: &str) {
    let facts = forwarder_object(&policy(), kind, &json!([]), detail);
    assert_eq!(facts[name].as_str().unwrap_or("-"), expected, "{kind} {detail}");
}

// "Every event has an event type" in `docs/filter.md`.

#[test]
fn an_event_type_that_ecs_sets_wins_in_every_kind() {
    let kinds = [
        TASK,
        INSTANCE,
        HEALTH,
        "ECS Service Action",
        "ECS Deployment State Change",
        "ECS Hook State Change",
        "ECS Daemon Service Action",
        "ECS Daemon Deployment State Change",
        "ECS New Kind",
    ];
    for kind in kinds {
        for (native, expected) in [
            ("INFO", "INFO"),
            ("WARN", "WARN"),
            ("WARNING", "WARN"),
            ("ERROR", "ERROR"),
            ("FATAL", "ERROR"),
            ("info", "ERROR"),
        ] {
            check("eventType", kind, &json!({ "eventType": native }), expected);
            // The type that ECS set wins over the derived one.
            let failed = json!({ "eventType": native, "stopCode": "TaskFailedToStart",
                "status": "REGISTRATION_FAILED", "overallStatus": "IMPAIRED" });
            check("eventType", kind, &failed, expected);
        }
        check("eventType", kind, &json!({ "eventType": null }), "INFO");
        check("eventType", kind, &json!({}), "INFO");
    }
}

#[test]
fn a_record_of_cloudtrail_is_a_warning_if_a_call_or_a_part_of_it_failed() {
    for kind in [CALL, "AWS Service Event via CloudTrail"] {
        for (detail, expected) in [
            // The record's own `eventType` is not a severity.
            (json!({ "eventType": "AwsApiCall" }), "INFO"),
            (json!({ "eventType": "AwsServiceEvent", "stopCode": "TaskFailedToStart" }), "INFO"),
            (json!({ "eventType": "ERROR" }), "INFO"),
            (json!({ "eventType": "AwsApiCall", "errorCode": "AccessDenied" }), "WARN"),
            (json!({ "errorCode": null, "errorMessage": "x" }), "INFO"),
            (json!({ "responseElements": { "failures": [{ "reason": "AGENT" }] } }), "WARN"),
            (json!({ "responseElements": { "failures": [], "tasks": [{}] } }), "INFO"),
            (json!({ "responseElements": { "failures": null } }), "INFO"),
            (json!({ "responseElements": null }), "INFO"),
            (json!({ "failures": [{}], "requestParameters": { "failures": [{}] } }), "INFO"),
        ] {
            check("eventType", kind, &detail, expected);
        }
    }
}

#[test]
fn a_container_instance_is_routine_unless_it_failed() {
    for (detail, expected) in [
        (json!({ "status": "REGISTRATION_FAILED", "agentUpdateStatus": "FAILED" }), "ERROR"),
        (json!({ "status": "ACTIVE", "agentUpdateStatus": "FAILED" }), "WARN"),
        (json!({ "status": "ACTIVE", "agentConnected": false }), "INFO"),
        (json!({ "status": "DRAINING", "agentUpdateStatus": "UPDATED" }), "INFO"),
        (json!({ "overallStatus": "IMPAIRED", "stopCode": "TaskFailedToStart" }), "INFO"),
    ] {
        check("eventType", INSTANCE, &detail, expected);
    }
    for (status, expected) in
        [("IMPAIRED", "ERROR"), ("INSUFFICIENT_DATA", "WARN"), ("OK", "INFO"), ("NEW", "INFO")]
    {
        check("eventType", HEALTH, &json!({ "overallStatus": status }), expected);
    }
}

#[test]
fn an_exit_code_is_a_number_however_it_is_spelled() {
    let stopped = |codes: &str| {
        let containers: Vec<_> =
            codes.split(' ').map(|code| format!(r#"{{"exitCode":{code}}}"#)).collect();
        let event = format!(
            r#"{{"detail-type":"{TASK}","source":"aws.ecs","detail":{{"stopCode":"EssentialContainerExited","lastStatus":"STOPPED","containers":[{}]}}}}"#,
            containers.join(",")
        );
        let arrivals = decode(Payload::from(event));
        let plan = Line::new(policy()).plan(arrivals, NOW_MS);
        let message: Value = serde_json::from_str(&plan.batches()[0].events()[0].message).unwrap();
        message["forwarder"]["eventType"].as_str().unwrap().to_owned()
    };
    for codes in ["0", "0 0", "0 null", "-0", "0.0", "0 null 0", "\"0\"", "0 137", "143 0"] {
        assert_eq!(stopped(codes), "INFO", "{codes}");
    }
    for codes in
        ["1", "0 1", "137", "-1", "255", "0 1e2", "\"1\"", "0 139 null", "null", "\"null\""]
    {
        assert_eq!(stopped(codes), "ERROR", "{codes}");
    }
}
