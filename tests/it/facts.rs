//! What is derived from an event, row by row of the tables in `docs/filter.md` and
//! `docs/stored-format.md`.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect has failed"
)]

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

/// The `forwarder` object of an event of that kind.
fn facts(policy: &Policy, kind: &str, resources: &Value, detail: &Value) -> Value {
    let event = json!({
        "detail-type": kind, "source": "aws.ecs", "resources": resources, "detail": detail,
    });
    let plan = planned(policy, &event);
    let message: Value = serde_json::from_str(&plan.batches()[0].events[0].message).unwrap();
    message["forwarder"].clone()
}

/// One fact of an event without `resources`, `-` if it is not there.
#[track_caller]
fn check(name: &str, kind: &str, detail: &Value, expected: &str) {
    let facts = facts(&policy(), kind, &json!([]), detail);
    assert_eq!(facts[name].as_str().unwrap_or("-"), expected, "{kind} {detail}");
}

// "Every event has an event type" in `docs/filter.md`.

#[test]
fn a_native_event_type_is_taken_in_every_kind() {
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
            // The native one goes before what would be derived.
            let failed = json!({ "eventType": native, "stopCode": "TaskFailedToStart",
                "status": "REGISTRATION_FAILED", "overallStatus": "IMPAIRED" });
            check("eventType", kind, &failed, expected);
        }
        check("eventType", kind, &json!({ "eventType": null }), "INFO");
        check("eventType", kind, &json!({}), "INFO");
    }
}

#[test]
fn the_event_type_of_a_call_is_none_of_ours() {
    // An unknown value counts as ERROR, and every call would be one; but CloudTrail's eventType is a
    // kind of record.
    check("eventType", CALL, &json!({ "eventType": "AwsApiCall" }), "INFO");
    check("eventType", CALL, &json!({ "eventType": "AwsServiceEvent", "errorCode": "X" }), "INFO");
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

const STOP_CODES: [&str; 10] = [
    "",
    "TaskFailedToStart",
    "EssentialContainerExited",
    "UserInitiated",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TerminationNotice",
    "InfrastructureHealth",
    "NewCode",
    "taskfailedtostart",
];
const REASONS: [&str; 19] = [
    "",
    "Essential container in task exited",
    "Scaling activity initiated by (deployment ecs-svc/1)",
    "ECS deployment ecs-svc/1 replaced it: deployment in progress",
    "Task stopped for availability zone rebalancing",
    "Task failed ELB health checks in (target-group arn:x)",
    "Task failed container health checks",
    "(service web) (task 1) failed container health checks",
    "Host EC2 (instance i-1) terminated.",
    "Your Spot Task was interrupted.",
    "SpotInterruptionError: it was interrupted",
    "CannotPullContainerError: not found",
    "CannotPullContainer: no colon needed",
    "CannotPullImageManifestError: other",
    "ResourceInitializationError: unable to pull secrets",
    "ResourceNotFoundException: no such secret",
    "OutOfMemoryError: Container killed due to memory usage",
    "OutOfMemory",
    "The task said Error: twice",
];
const EXIT_CODES: [Option<i64>; 4] = [None, Some(0), Some(1), Some(137)];
const GROUPS: [&str; 3] = ["service:web", "family:web", ""];

/// The first line of the table that fits.
fn expected_event_type(
    code: &str,
    reason: &str,
    of_container: &str,
    exit: Option<i64>,
    group: &str,
) -> &'static str {
    let known = [
        "",
        "EssentialContainerExited",
        "UserInitiated",
        "ServiceSchedulerInitiated",
        "SpotInterruption",
        "TerminationNotice",
    ];
    if !known.contains(&code) {
        return "ERROR";
    }
    for text in [reason, of_container] {
        let word: String = text.chars().take_while(|c| c.is_alphanumeric()).collect();
        let is_category = (word.ends_with("Error") || word.ends_with("Exception"))
            && text[word.len()..].starts_with(':')
            && word != "SpotInterruptionError";
        if is_category || text.starts_with("CannotPullContainer") {
            return "ERROR";
        }
    }
    let is_sick = reason.contains("failed ELB health checks")
        || reason.contains("failed container health checks");
    match code {
        "EssentialContainerExited" if exit.is_some_and(|code| code != 0) => "ERROR",
        "EssentialContainerExited" if group.starts_with("service:") => "WARN",
        "ServiceSchedulerInitiated" if is_sick => "ERROR",
        "SpotInterruption" | "TerminationNotice" => "WARN",
        _ => "INFO",
    }
}

/// The first category of the list that fits; the task is one that stops.
fn expected_category(code: &str, reason: &str, of_container: &str) -> &'static str {
    let begins = |word| reason.starts_with(word) || of_container.starts_with(word);
    let lines = [
        (begins("OutOfMemory"), "out_of_memory"),
        (begins("CannotPull"), "image_pull"),
        (begins("ResourceInitializationError"), "secrets_or_init"),
        (reason.contains("failed ELB health checks"), "elb_health_check"),
        (reason.contains("failed container health checks"), "container_health_check"),
        (code == "SpotInterruption" || code == "TerminationNotice", "spot_interruption"),
        (code == "InfrastructureHealth" || reason.contains("Host EC2"), "infrastructure"),
        (code == "TaskFailedToStart", "failed_to_start"),
        (code == "EssentialContainerExited", "essential_container_exited"),
        (reason.contains("rebalancing"), "rebalancing"),
        (reason.contains("Scaling activity"), "scaling"),
        (code == "ServiceSchedulerInitiated" && reason.contains("deployment"), "deployment"),
        (code == "UserInitiated", "user"),
        (true, "unknown"),
    ];
    lines.into_iter().find(|(fits, _)| *fits).unwrap().1
}

#[test]
fn every_combination_of_a_stop_is_told_as_the_tables_say() {
    let policy = policy();
    for code in STOP_CODES {
        for reason in REASONS {
            for of_container in ["", REASONS[10], REASONS[11], REASONS[14], REASONS[16]] {
                for exit in EXIT_CODES {
                    for group in GROUPS {
                        let mut task = json!({
                            "desiredStatus": "STOPPED",
                            "containers": [
                                { "name": "sidecar", "exitCode": 0 },
                                { "name": "web", "exitCode": exit },
                            ],
                        });
                        let mut set = |name: &str, text: &str| {
                            if !text.is_empty() {
                                task[name] = json!(text);
                            }
                        };
                        set("stopCode", code);
                        set("stoppedReason", reason);
                        set("group", group);
                        if !of_container.is_empty() {
                            task["containers"][1]["reason"] = json!(of_container);
                        }
                        let facts = facts(&policy, TASK, &json!([]), &task);
                        let event_type =
                            expected_event_type(code, reason, of_container, exit, group);
                        let category = expected_category(code, reason, of_container);
                        assert_eq!(facts["eventType"], event_type, "{task}");
                        assert_eq!(facts["stopCategory"], category, "{task}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_stop_category_is_of_tasks_that_stop() {
    let category = |detail, expected| check("stopCategory", TASK, &detail, expected);
    category(json!({ "desiredStatus": "RUNNING", "stoppedReason": "OutOfMemoryError: x" }), "-");
    category(json!({ "desiredStatus": "STOPPED" }), "unknown");
    category(json!({ "desiredStatus": "RUNNING", "stopCode": "UserInitiated" }), "user");
    category(json!({ "stopCode": null, "desiredStatus": null }), "-");
    check("stopCategory", "ECS Service Action", &json!({ "desiredStatus": "STOPPED" }), "-");
}

#[test]
fn an_exit_code_is_a_number_however_it_is_spelled() {
    let stopped = |codes: &str| {
        let containers: Vec<_> =
            codes.split(' ').map(|code| format!(r#"{{"exitCode":{code}}}"#)).collect();
        let event = format!(
            r#"{{"detail-type":"{TASK}","source":"aws.ecs","detail":{{"stopCode":"EssentialContainerExited","containers":[{}]}}}}"#,
            containers.join(",")
        );
        let arrivals = decode(Payload::from(event));
        let plan = Line::new(policy()).plan(arrivals, NOW_MS);
        let message: Value = serde_json::from_str(&plan.batches()[0].events[0].message).unwrap();
        message["forwarder"]["eventType"].as_str().unwrap().to_owned()
    };
    for codes in ["0", "0 0", "null", "-0", "0.0", "0 null 0", "\"0\""] {
        assert_eq!(stopped(codes), "INFO", "{codes}");
    }
    for codes in ["1", "0 137", "-1", "255", "1e2", "\"1\"", "139 null"] {
        assert_eq!(stopped(codes), "ERROR", "{codes}");
    }
}
