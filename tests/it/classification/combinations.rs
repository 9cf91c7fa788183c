//! The table of tasks in `docs/filter.md`, written again in the plainest way and compared with the
//! library on every combination of codes, reasons and containers.

use super::{TASK, forwarder_object, policy};
use serde_json::json;

const STOP_CODES: [&str; 9] = [
    "",
    "TaskFailedToStart",
    "EssentialContainerExited",
    "UserInitiated",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TerminationNotice",
    "InfrastructureHealth",
    "NewCode",
];
const REASONS: [&str; 22] = [
    "",
    "Essential container in task exited",
    "Scaling activity initiated by (deployment ecs-svc/1)",
    "ECS deployment ecs-svc/1 replaced it: deployment in progress",
    "Task stopped for availability zone rebalancing",
    "Task failed ELB health checks in (target-group arn:x)",
    "Task failed container health checks",
    "(port 80) is unhealthy in (target-group x)",
    "Host EC2 (instance i-1) terminated.",
    "Your Spot Task was interrupted.",
    "ECS is performing maintenance on the host",
    "instance deregistration forced by user",
    "the instance is in DRAINING state",
    "Task failed to start",
    "SpotInterruptionError: it was interrupted",
    "CannotPullContainerError: not found",
    "CannotPullContainer no colon needed",
    "ResourceInitializationError: unable to pull secrets",
    "ResourceNotFoundException: no such secret",
    "OutOfMemoryError: Container killed due to memory usage",
    "OutOfMemory",
    "The task said Error: twice",
];
const OF_CONTAINER: [&str; 4] = [
    "",
    "CannotPullContainerError: not found",
    "DockerTimeoutError: it took too long",
    "some words",
];
const EXIT_CODES: [Option<i64>; 4] = [None, Some(0), Some(1), Some(137)];

/// One combination. The second container has a code and no reason.
#[derive(Clone, Copy)]
struct Stop {
    code: &'static str,
    reason: &'static str,
    of_container: &'static str,
    exits: [Option<i64>; 2],
    is_in_service: bool,
    is_stopped: bool,
}

fn is_error_reason(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    first.starts_with("CannotPull")
        || ["Error:", "Exception:"].iter().any(|end| first.ends_with(end))
            && first != "SpotInterruptionError:"
}

fn by_its_reasons(reasons: &[&str], otherwise: &'static str) -> &'static str {
    let of = |text: &&str| match () {
        () if text.starts_with("OutOfMemory") => Some("out_of_memory"),
        () if text.starts_with("CannotPull") => Some("image_pull"),
        () if text.starts_with("ResourceInitializationError") => Some("secrets_or_init"),
        () => None,
    };
    reasons.iter().find_map(of).unwrap_or(otherwise)
}

/// The first line of the table that matches.
fn expected(stop: Stop) -> (&'static str, &'static str) {
    let Stop { code, reason, of_container, exits, is_in_service, is_stopped } = stop;
    let is = |word: &str| code == word;
    let no_code = is("");
    let says = |words: &str| reason.contains(words);
    let both = [reason, of_container];
    let in_service = |yes, no| if is_in_service { yes } else { no };
    if is("TaskFailedToStart")
        || no_code && (says("Task failed to start") || is_error_reason(reason))
    {
        return ("ERROR", by_its_reasons(&both, "failed_to_start"));
    }
    if is("InfrastructureHealth") || says("Host EC2") && !is("UserInitiated") {
        return (in_service("WARN", "ERROR"), "infrastructure");
    }
    if is("SpotInterruption")
        || is("TerminationNotice")
        || no_code && says("Spot Task was interrupted")
    {
        return ("WARN", "spot_interruption");
    }
    let leaves = ["ECS is performing maintenance", "in DRAINING state", "deregistration forced by"];
    if leaves.iter().any(|words| says(words)) && !is("UserInitiated") {
        return (in_service("INFO", "WARN"), "infrastructure");
    }
    let by_elb = says("failed ELB health checks") || says("is unhealthy in");
    if (is("ServiceSchedulerInitiated") || no_code) && by_elb {
        return ("ERROR", "elb_health_check");
    }
    if (is("ServiceSchedulerInitiated") || no_code) && says("failed container health checks") {
        return ("ERROR", "container_health_check");
    }
    if is("UserInitiated") {
        return ("INFO", "user");
    }
    if is("ServiceSchedulerInitiated") || no_code {
        if says("rebalancing") {
            return ("INFO", "rebalancing");
        }
        if says("Scaling activity initiated by")
            || is("ServiceSchedulerInitiated") && reason.is_empty()
        {
            return ("INFO", "scaling");
        }
    }
    if is("ServiceSchedulerInitiated") {
        return ("WARN", "unknown");
    }
    if is("EssentialContainerExited") || no_code && says("Essential container in task exited") {
        if is_error_reason(of_container) {
            return ("ERROR", by_its_reasons(&[of_container], "essential_container_exited"));
        }
        let is_failure = |index: usize| match exits[index] {
            None | Some(0) => false,
            Some(137) => !(exits[1 - index] == Some(0) && (index == 1 || of_container.is_empty())),
            Some(_) => true,
        };
        let is_silent = is_stopped && exits == [None, None];
        let event_type = if is_failure(0) || is_failure(1) || is_silent {
            "ERROR"
        } else {
            in_service("WARN", "INFO")
        };
        return (event_type, "essential_container_exited");
    }
    if !no_code {
        return ("ERROR", by_its_reasons(&both, "unknown"));
    }
    (if reason.is_empty() { "INFO" } else { "WARN" }, "unknown")
}

#[test]
fn every_combination_of_a_stop_is_judged_as_the_table_says() {
    let policy = policy();
    let check = |stop: Stop| {
        let Stop { code, reason, of_container, exits, is_in_service, is_stopped } = stop;
        let mut task = json!({
            "desiredStatus": "STOPPED",
            "lastStatus": if is_stopped { "STOPPED" } else { "STOPPING" },
            "group": if is_in_service { "service:web" } else { "family:web" },
            "containers": [
                { "name": "web", "exitCode": exits[0], "reason": of_container },
                { "name": "proxy", "exitCode": exits[1] },
            ],
        });
        for (name, text) in [("stopCode", code), ("stoppedReason", reason)] {
            if !text.is_empty() {
                task[name] = json!(text);
            }
        }
        let facts = forwarder_object(&policy, TASK, &json!([]), &task);
        let (event_type, category) = expected(stop);
        assert_eq!(facts["eventType"], event_type, "{task}");
        assert_eq!(facts["stopCategory"], category, "{task}");
    };
    for (code, reason) in STOP_CODES.iter().flat_map(|code| REASONS.map(|reason| (*code, reason))) {
        for of_container in OF_CONTAINER {
            for exits in [None, Some(0)].iter().flat_map(|one| EXIT_CODES.map(|two| [*one, two])) {
                for (is_in_service, is_stopped) in [(true, true), (false, false)] {
                    let stop =
                        Stop { code, reason, of_container, exits, is_in_service, is_stopped };
                    check(stop);
                    check(Stop { exits: [exits[1], exits[0]], ..stop });
                }
            }
        }
    }
}
