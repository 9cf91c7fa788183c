//! Each row of the table of tasks in `docs/filter.md`, with and without sidecars, before and at STOPPED.

mod rows;

use super::{TASK, forwarder_object, policy};
use rows::{EXITED, KILLED, ROWS, Row};
use serde_json::{Value, json};

/// `ERROR out_of_memory`, or `INFO -` if there is no category.
fn judged(task: &Value) -> String {
    let facts = forwarder_object(&policy(), TASK, &json!([]), task);
    let text = |name: &str| facts[name].as_str().unwrap_or("-").to_owned();
    format!("{} {}", text("eventType"), text("stopCategory"))
}

/// The containers of a row, with their exit codes if the task is STOPPED.
fn containers(texts: &[&str], is_stopped: bool) -> Vec<Value> {
    let container = |(index, text): (usize, &&str)| {
        let (code, reason) = text.split_once(' ').unwrap_or((text, ""));
        let mut container = json!({ "name": format!("app-{index}") });
        if let (Ok(code), true) = (code.parse::<i64>(), is_stopped) {
            container["exitCode"] = json!(code);
        }
        if !reason.is_empty() {
            container["reason"] = json!(reason);
        }
        container
    };
    texts.iter().enumerate().map(container).collect()
}

fn task(Row(code, reason, texts, group): &Row, is_stopped: bool) -> Value {
    let mut task = json!({
        "desiredStatus": "STOPPED",
        "lastStatus": if is_stopped { "STOPPED" } else { "DEPROVISIONING" },
        "group": group,
        "containers": containers(texts, is_stopped),
    });
    for (name, text) in [("stopCode", code), ("stoppedReason", reason)] {
        if !text.is_empty() {
            task[name] = json!(text);
        }
    }
    task
}

/// A sidecar in each state: without news, not pulled, failed, and ended well.
fn sidecars() -> Vec<Value> {
    vec![
        json!({ "name": "aws-guardduty-agent-x1y2" }),
        json!({ "name": "aws-guardduty-agent", "reason": "CannotPullContainerError: denied" }),
        json!({ "name": "ecs-service-connect-a1", "exitCode": 1, "reason": "OutOfMemoryError: x" }),
        json!({ "name": "ecs-service-connect-b2", "exitCode": 137 }),
        json!({ "name": "aws-guardduty-agent", "exitCode": 0 }),
    ]
}

#[test]
fn sidecars_change_no_line_of_the_table() {
    for (row, before, at_stopped) in ROWS {
        for (is_stopped, expected) in [(false, before), (true, at_stopped)] {
            let task = task(row, is_stopped);
            assert_eq!(judged(&task), *expected, "{task}");
            for sidecar in sidecars() {
                for at in [0, task["containers"].as_array().unwrap().len()] {
                    let mut task = task.clone();
                    task["containers"].as_array_mut().unwrap().insert(at, sidecar.clone());
                    assert_eq!(judged(&task), *expected, "{task}");
                }
            }
        }
    }
}

#[test]
fn a_running_task_is_a_warning_if_a_container_that_counts_has_failed() {
    for (texts, expected) in [
        (vec!["-"], "INFO -"),
        (vec!["0", "-"], "INFO -"),
        (vec!["1", "-"], "WARN -"),
        (vec!["0", "137"], "WARN -"),
        (vec![KILLED, "-"], "WARN -"),
        (vec!["- CannotPullContainerError: again", "-"], "WARN -"),
        (vec!["0 said something"], "INFO -"),
    ] {
        for mut sidecar in sidecars().into_iter().map(Some).chain([None]) {
            let mut all = containers(&texts, true);
            all.extend(sidecar.take());
            let task =
                json!({ "desiredStatus": "RUNNING", "lastStatus": "RUNNING", "containers": all });
            assert_eq!(judged(&task), expected, "{task}");
        }
    }
    assert_eq!(judged(&json!({ "lastStatus": "PROVISIONING" })), "INFO -");
    assert_eq!(judged(&json!({ "stopCode": null, "stoppedReason": null })), "INFO -");
}

#[test]
fn sidecars_count_if_there_is_no_other_container() {
    for (sidecar, expected) in [
        (json!({ "exitCode": 0 }), "INFO essential_container_exited"),
        (json!({ "exitCode": 1 }), "ERROR essential_container_exited"),
        (json!({ "reason": "CannotPullContainerError: x" }), "ERROR image_pull"),
    ] {
        let mut sidecar = sidecar;
        sidecar["name"] = json!("aws-guardduty-agent");
        let task = json!({ "stopCode": EXITED, "lastStatus": "STOPPED", "containers": [sidecar] });
        assert_eq!(judged(&task), expected, "{task}");
    }
    // A container without a name is not one that AWS injects.
    let nameless =
        json!({ "stopCode": EXITED, "lastStatus": "STOPPED", "containers": [{ "exitCode": 1 }] });
    assert_eq!(judged(&nameless), "ERROR essential_container_exited");
}

#[test]
fn an_operator_can_name_other_sidecars() {
    let task = json!({ "stopCode": EXITED, "lastStatus": "STOPPED", "containers": [
        { "name": "app", "exitCode": 137 }, { "name": "log_router", "exitCode": 0 },
        { "name": "aws-guardduty-agent", "exitCode": 1 },
    ] });
    for (sidecars, expected) in [
        ("log_router,aws-guardduty-agent*", "ERROR"),
        // The application was ended because of a sidecar: a documented limit.
        ("aws-guardduty-agent*", "INFO"),
        ("log_*,aws-*", "ERROR"),
        ("!*", "ERROR"),
        ("!app", "ERROR"),
        ("app,aws-guardduty-agent", "INFO"),
        ("*", "ERROR"),
    ] {
        let variables = [("FORWARDER_SIDECARS".to_owned(), sidecars.to_owned())];
        let policy = ecs_event_forwarder::config::config(variables).unwrap().policy;
        let facts = forwarder_object(&policy, TASK, &json!([]), &task);
        assert_eq!(facts["eventType"], expected, "{sidecars}");
    }
}

#[test]
fn a_task_belongs_to_a_service_by_its_group_or_by_its_starter() {
    for (group, started_by, expected) in [
        (json!("service:web"), json!(null), "WARN"),
        (json!("daemon:agent"), json!(null), "WARN"),
        (json!("family:web"), json!("ecs-svc/8830174652901837465"), "WARN"),
        (json!(null), json!("ecs-svc/1"), "WARN"),
        (json!("family:web"), json!("kim"), "ERROR"),
        (json!("web-service:"), json!("my-ecs-svc/1"), "ERROR"),
        (json!(null), json!(null), "ERROR"),
    ] {
        let task =
            json!({ "stopCode": "InfrastructureHealth", "group": group, "startedBy": started_by });
        assert_eq!(judged(&task), format!("{expected} infrastructure"), "{task}");
    }
}

#[test]
fn a_task_is_stopping_from_the_first_event_that_shows_it() {
    for (task, expected) in [
        (json!({ "desiredStatus": "STOPPED" }), "INFO unknown"),
        (json!({ "lastStatus": "STOPPED" }), "INFO unknown"),
        (json!({ "desiredStatus": "RUNNING", "stopCode": "UserInitiated" }), "INFO user"),
        (json!({ "desiredStatus": "RUNNING", "stoppedReason": "by hand" }), "WARN unknown"),
        (json!({ "desiredStatus": "RUNNING", "lastStatus": "STOPPING" }), "INFO -"),
    ] {
        assert_eq!(judged(&task), expected, "{task}");
    }
    super::check("stopCategory", "ECS Service Action", &json!({ "desiredStatus": "STOPPED" }), "-");
}
