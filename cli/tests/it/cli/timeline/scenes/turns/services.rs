//! Trouble of services outside deployments, and when it is over.

use super::super::OLD;
use super::super::script::{Script, Task};
use super::{Turn, exits};

/// One more task of a service, which has run since long before, fails; so do those that follow it.
fn steady_service_that_crashes() -> Script {
    let mut script = Script::of("prod", "web");
    let task = Task::of_service("web:8", OLD).created("08:00:00").started(30).stopped("10:00:00");
    let task = task.with("EssentialContainerExited", "Essential container in task exited");
    script.end(1, &task.container("web", Some(1), None));
    for number in 2..=4 {
        exits(&mut script, number, ("web:8", OLD), &format!("10:0{number}:00"));
    }
    script.action("10:04:20", "WARN", "SERVICE_TASK_START_IMPAIRED", None);
    exits(&mut script, 5, ("web:8", OLD), "10:05:00");
    script
}

/// The crashes end: a task runs on.
fn service_that_recovers() -> Script {
    let mut script = steady_service_that_crashes();
    script.runs(6, &Task::of_service("web:8", OLD).created("10:06:20"), "10:06:40");
    script
}

/// Two services cannot place a task; a task of one of them starts, the other one is never well.
fn two_services(is_well: bool) -> Script {
    let mut script = Script::of("prod", "web");
    let mut other = Script::of("prod", "api");
    for (script, at) in [(&mut script, "10:00:00"), (&mut other, "10:00:05")] {
        script.action(at, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", Some("RESOURCE:CPU"));
    }
    script.runs(1, &Task::of_service("web:8", OLD).created("10:01:00"), "10:01:30");
    if is_well {
        other.action("10:09:00", "INFO", "SERVICE_STEADY_STATE", None);
    }
    script.merge(other);
    script
}

fn call_that_is_denied() -> Script {
    let mut script = Script::of("prod", "web");
    script.denied("10:00:00");
    script.runs(1, &Task::of_service("web:8", OLD).created("10:01:00"), "10:01:30");
    script
}

pub(super) fn turns() -> Vec<Turn> {
    vec![
        Turn {
            name: "a steady service crashes",
            script: steady_service_that_crashes(),
            headline: "web: 5 tasks exited (container web, exit 1) within 5m30s",
            rows: &[
                "no deployment",
                "WARN prod/web the service cannot start tasks reliably 10:00:00",
            ],
        },
        Turn {
            name: "a service recovers",
            script: service_that_recovers(),
            headline: "web: 5 tasks exited (container web, exit 1) within 5m30s",
            rows: &["the service cannot start tasks reliably, resolved after 2m00s"],
        },
        Turn {
            name: "one of two services is well",
            script: two_services(false),
            headline: "api, web: a task could not be placed 2 times (RESOURCE:CPU) within 5 s",
            rows: &["a task could not be placed 2 times (RESOURCE:CPU), last 10:00:05 10:00:00"],
        },
        Turn {
            name: "both services are well",
            script: two_services(true),
            headline: "api, web: a task could not be placed 2 times (RESOURCE:CPU), resolved after \
                       9m00s",
            rows: &[],
        },
        Turn {
            name: "a call is denied",
            script: call_that_is_denied(),
            headline: "web: UpdateService (User: deploy is not authorized to perform: \
                       ecs:UpdateService)",
            rows: &[],
        },
    ]
}
