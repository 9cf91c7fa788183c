//! Section 3, the table of tasks: each line of it with and without sidecars, before and at STOPPED.

use super::{TASK, facts, policy};
use serde_json::{Value, json};

/// `ERROR out_of_memory`, or `INFO -` if there is no category.
fn judged(task: &Value) -> String {
    let facts = facts(&policy(), TASK, &json!([]), task);
    let text = |name: &str| facts[name].as_str().unwrap_or("-").to_owned();
    format!("{} {}", text("eventType"), text("stopCategory"))
}

const IN_A_SERVICE: &str = "service:web";
const LONE: &str = "family:nightly";

/// A task as it stops: stop code and reason, `CODE REASON` of each container, and `group`.
struct Row(&'static str, &'static str, &'static [&'static str], &'static str);

const EXITED: &str = "EssentialContainerExited";
const SCHEDULER: &str = "ServiceSchedulerInitiated";
const SAID: &str = "Essential container in task exited";
const SCALED: &str = "Scaling activity initiated by (deployment ecs-svc/8830174652901837465)";
const KILLED: &str = "137 OutOfMemoryError: Container killed due to memory usage";

/// Each row, and how it is judged before STOPPED, when no exit code is known, and at STOPPED.
const ROWS: &[(Row, &str, &str)] = {
    use super::judgement::Row as R;
    const FAILED: &str = "TaskFailedToStart";
    const HOST: &str = "Host EC2 (instance i-0a1b2c3d4e5f60718) terminated.";
    const SPOT: &str = "Your Spot Task was interrupted.";
    const DRAINS: &str = "Task stopped: container instance i-1 is in DRAINING state";
    const ELB: &str = "Task failed ELB health checks in (target-group arn:aws:x:targetgroup/a/1)";
    const SICK: &str = "(service web) (port 80) is unhealthy in (target-group a) due to (reason X)";
    &[
        // It failed to start.
        (R(FAILED, "", &["-"], LONE), "ERROR failed_to_start", "ERROR failed_to_start"),
        (
            R(FAILED, "Task failed to start", &["- CannotPullContainerError: not found"], LONE),
            "ERROR image_pull",
            "ERROR image_pull",
        ),
        (
            R(FAILED, "ResourceInitializationError: unable to pull secrets", &["-"], IN_A_SERVICE),
            "ERROR secrets_or_init",
            "ERROR secrets_or_init",
        ),
        (
            R(
                FAILED,
                "ResourceInitializationError: x",
                &["- CannotPullImageManifestError: y"],
                LONE,
            ),
            "ERROR secrets_or_init",
            "ERROR secrets_or_init",
        ),
        (
            R("", "Task failed to start", &["-"], IN_A_SERVICE),
            "ERROR failed_to_start",
            "ERROR failed_to_start",
        ),
        (
            R("", "CannotPullContainerError: not found", &["-"], LONE),
            "ERROR image_pull",
            "ERROR image_pull",
        ),
        (
            R("", "OutOfMemoryError: Container killed due to memory usage", &["137"], LONE),
            "ERROR out_of_memory",
            "ERROR out_of_memory",
        ),
        (
            R("", "ResourceNotFoundException: no such secret", &["-"], LONE),
            "ERROR failed_to_start",
            "ERROR failed_to_start",
        ),
        // Its host failed.
        (
            R("InfrastructureHealth", "", &["-"], LONE),
            "ERROR infrastructure",
            "ERROR infrastructure",
        ),
        (
            R("InfrastructureHealth", "", &["137"], IN_A_SERVICE),
            "WARN infrastructure",
            "WARN infrastructure",
        ),
        (R("", HOST, &["-"], LONE), "ERROR infrastructure", "ERROR infrastructure"),
        (R("", HOST, &["-"], "daemon:agent"), "WARN infrastructure", "WARN infrastructure"),
        (
            R("TerminationNotice", HOST, &["-"], LONE),
            "ERROR infrastructure",
            "ERROR infrastructure",
        ),
        (R(SCHEDULER, HOST, &[KILLED], IN_A_SERVICE), "WARN infrastructure", "WARN infrastructure"),
        // Spot capacity was taken back.
        (
            R("SpotInterruption", "", &["-"], IN_A_SERVICE),
            "WARN spot_interruption",
            "WARN spot_interruption",
        ),
        (
            R("SpotInterruption", SPOT, &[KILLED], LONE),
            "WARN spot_interruption",
            "WARN spot_interruption",
        ),
        (
            R("TerminationNotice", "", &["143"], LONE),
            "WARN spot_interruption",
            "WARN spot_interruption",
        ),
        (R("", SPOT, &["-"], IN_A_SERVICE), "WARN spot_interruption", "WARN spot_interruption"),
        // Its host is under maintenance, drains or is deregistered.
        (
            R(
                "",
                "ECS is performing maintenance on the underlying infrastructure hosting the task.",
                &["-"],
                IN_A_SERVICE,
            ),
            "INFO infrastructure",
            "INFO infrastructure",
        ),
        (
            R(SCHEDULER, "ECS is performing maintenance on the host", &["-"], LONE),
            "WARN infrastructure",
            "WARN infrastructure",
        ),
        (
            R(SCHEDULER, DRAINS, &["137"], IN_A_SERVICE),
            "INFO infrastructure",
            "INFO infrastructure",
        ),
        (R("", DRAINS, &["137"], LONE), "WARN infrastructure", "WARN infrastructure"),
        (
            R("NewCode", "Container instance deregistration forced by user", &["-"], LONE),
            "WARN infrastructure",
            "WARN infrastructure",
        ),
        // It failed its health checks.
        (
            R(SCHEDULER, ELB, &["137"], IN_A_SERVICE),
            "ERROR elb_health_check",
            "ERROR elb_health_check",
        ),
        (
            R(SCHEDULER, SICK, &["137"], IN_A_SERVICE),
            "ERROR elb_health_check",
            "ERROR elb_health_check",
        ),
        (
            R(SCHEDULER, "Task failed container health checks", &[KILLED], IN_A_SERVICE),
            "ERROR container_health_check",
            "ERROR container_health_check",
        ),
        (
            R(
                SCHEDULER,
                "(service ELB) (task 1) failed container health checks",
                &["0"],
                IN_A_SERVICE,
            ),
            "ERROR container_health_check",
            "ERROR container_health_check",
        ),
        (R("", ELB, &["0"], IN_A_SERVICE), "ERROR elb_health_check", "ERROR elb_health_check"),
        (
            R("", "Task failed container health checks", &["0"], LONE),
            "ERROR container_health_check",
            "ERROR container_health_check",
        ),
        // A routine stop, whatever its containers said before.
        (R(SCHEDULER, SCALED, &["137"], IN_A_SERVICE), "INFO scaling", "INFO scaling"),
        (
            R(SCHEDULER, SCALED, &["- CannotPullContainerError: context canceled"], IN_A_SERVICE),
            "INFO scaling",
            "INFO scaling",
        ),
        (R(SCHEDULER, "", &[KILLED], IN_A_SERVICE), "INFO scaling", "INFO scaling"),
        (R("", SCALED, &["1"], IN_A_SERVICE), "INFO scaling", "INFO scaling"),
        (
            R(SCHEDULER, "Task stopped for availability zone rebalancing", &["0"], IN_A_SERVICE),
            "INFO rebalancing",
            "INFO rebalancing",
        ),
        (
            R("", "Task stopped for availability zone rebalancing", &["0"], IN_A_SERVICE),
            "INFO rebalancing",
            "INFO rebalancing",
        ),
        (R("UserInitiated", "TimeoutError: cancelled", &["1"], LONE), "INFO user", "INFO user"),
        (
            R("UserInitiated", HOST, &["- CannotPullContainerError: x"], IN_A_SERVICE),
            "INFO user",
            "INFO user",
        ),
        (
            R("UserInitiated", "Task failed ELB health checks, says Kim", &["0"], LONE),
            "INFO user",
            "INFO user",
        ),
        (R("UserInitiated", "", &["137"], LONE), "INFO user", "INFO user"),
        // The scheduler for a reason that is not known.
        (
            R(SCHEDULER, "Service deployment-api was replaced", &["0"], IN_A_SERVICE),
            "WARN unknown",
            "WARN unknown",
        ),
        // An essential container ended.
        (R(EXITED, SAID, &[KILLED], IN_A_SERVICE), "ERROR out_of_memory", "ERROR out_of_memory"),
        (
            R(EXITED, SAID, &["0 OutOfMemoryError: Container killed"], LONE),
            "ERROR out_of_memory",
            "ERROR out_of_memory",
        ),
        (R("", SAID, &[KILLED], LONE), "ERROR out_of_memory", "ERROR out_of_memory"),
        (
            R(EXITED, SAID, &["- DockerTimeoutError: could not stop"], LONE),
            "ERROR essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["1"], IN_A_SERVICE),
            "WARN essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["1"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["137"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["0", "137"], LONE),
            "INFO essential_container_exited",
            "INFO essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["143", "0"], IN_A_SERVICE),
            "WARN essential_container_exited",
            "WARN essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["0", "137 the kernel ended it"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["0", "139"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["1", "0"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["-", "137"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["-"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R("", SAID, &["-", "-"], IN_A_SERVICE),
            "WARN essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["0"], LONE),
            "INFO essential_container_exited",
            "INFO essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["0", "-"], IN_A_SERVICE),
            "WARN essential_container_exited",
            "WARN essential_container_exited",
        ),
        // A stop code that is not known.
        (R("NewCode", "", &["0"], IN_A_SERVICE), "ERROR unknown", "ERROR unknown"),
        (R("NewCode", "something", &[KILLED], LONE), "ERROR out_of_memory", "ERROR out_of_memory"),
        // No stop code, and no phrase of ECS.
        (R("", "Stopped for a reason of its own", &["1"], LONE), "WARN unknown", "WARN unknown"),
        (R("", "SpotInterruptionError: x", &["0"], LONE), "WARN unknown", "WARN unknown"),
        (
            R("", "Task host-EC2 of deployment-api rebalanced", &["0"], IN_A_SERVICE),
            "WARN unknown",
            "WARN unknown",
        ),
        (R("", "", &["137"], LONE), "INFO unknown", "INFO unknown"),
    ]
};

/// The containers of a row, with their exit codes or before there are any.
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

/// What a sidecar can say: nothing, that it could not be pulled, that it failed, that it ended well.
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
fn each_line_of_the_table_is_judged_alike_with_and_without_sidecars() {
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
fn a_task_that_goes_on_is_a_warning_if_a_container_that_counts_has_failed() {
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
fn sidecars_count_where_no_other_container_is_left() {
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
    // A container without a name is none of those that AWS injects.
    let nameless =
        json!({ "stopCode": EXITED, "lastStatus": "STOPPED", "containers": [{ "exitCode": 1 }] });
    assert_eq!(judged(&nameless), "ERROR essential_container_exited");
}

#[test]
fn an_operator_names_sidecars_of_its_own() {
    let task = json!({ "stopCode": EXITED, "lastStatus": "STOPPED", "containers": [
        { "name": "app", "exitCode": 137 }, { "name": "log_router", "exitCode": 0 },
        { "name": "aws-guardduty-agent", "exitCode": 1 },
    ] });
    for (sidecars, expected) in [
        ("log_router,aws-guardduty-agent*", "ERROR"),
        // The application was ended after a container that is none: the limit that is documented.
        ("aws-guardduty-agent*", "INFO"),
        ("log_*,aws-*", "ERROR"),
        ("!*", "ERROR"),
        ("!app", "ERROR"),
        ("app,aws-guardduty-agent", "INFO"),
        ("*", "ERROR"),
    ] {
        let variables = [("FORWARDER_SIDECARS".to_owned(), sidecars.to_owned())];
        let policy = ecs_event_forwarder::config::config(variables).unwrap().policy;
        let facts = facts(&policy, TASK, &json!([]), &task);
        assert_eq!(facts["eventType"], expected, "{sidecars}");
    }
}

#[test]
fn a_task_is_in_a_service_by_its_group_or_by_who_started_it() {
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
fn a_task_is_stopping_from_the_first_event_that_says_so() {
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
