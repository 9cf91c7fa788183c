//! Deployments that go another way than to their end, or whose events come late.

use super::super::script::{Script, Task};
use super::super::{NEW, OLD};
use super::{Turn, exits};

const NEXT: &str = "ecs-svc/4444444444444444444";

/// The event of the begin comes 28 seconds after the first task was created.
fn begin_that_comes_late() -> Script {
    let mut script = Script::of("prod", "web");
    for number in 1..=3 {
        exits(&mut script, number, ("web:9", NEW), &format!("10:00:0{number}"));
    }
    script.deployment("10:00:28", "IN_PROGRESS", NEW, "in progress.");
    script.deployment("10:02:00", "FAILED", NEW, "tasks failed to start.");
    script
}

/// While web:9 is deployed, a task of web:8 exits and is replaced by one that exits, too.
fn old_tasks_that_crash() -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    exits(&mut script, 1, ("web:8", OLD), "10:00:10");
    script.runs(2, &Task::of_service("web:9", NEW).created("10:00:05"), "10:00:40");
    script.deployment("10:02:00", "COMPLETED", NEW, "completed.");
    script
}

/// web:9, whose tasks exit, is replaced by web:10.
fn deployment_that_is_replaced(is_steady: bool) -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    for number in 1..=3 {
        exits(&mut script, number, ("web:9", NEW), &format!("10:0{number}:00"));
    }
    if is_steady {
        script.action("10:03:40", "INFO", "SERVICE_STEADY_STATE", None);
    }
    script.deployment("10:04:00", "IN_PROGRESS", NEXT, "in progress.");
    script.runs(4, &Task::of_service("web:10", NEXT).created("10:04:05"), "10:04:35");
    script.deployment("10:06:00", "COMPLETED", NEXT, "completed.");
    script.action("19:06:00", "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", Some("RESOURCE:CPU"));
    script
}

pub(super) fn turns() -> Vec<Turn> {
    vec![
        Turn {
            name: "the begin comes late",
            script: begin_that_comes_late(),
            headline: "web:9 exited with code 1 and its deployment failed after 1m32s",
            rows: &["web:9 1m32s all 3 tasks exited (container web, exit 1) after 20 s 10:00"],
        },
        Turn {
            name: "old tasks crash",
            script: old_tasks_that_crash(),
            headline: "web: 1 task exited (container web, exit 1)",
            rows: &["1 deployment web: 1 task", "ERROR prod/web 1 task exited"],
        },
        Turn {
            name: "a deployment is replaced",
            script: deployment_that_is_replaced(false),
            headline: "web:9: all 3 tasks exited (container web, exit 1); replaced by web:10, which \
                       completed",
            rows: &[
                "2 deployments, 1 replaced",
                "REPLACED ecs-svc/2222… web:9 4m00s all 3 tasks exited (container web, exit 1) \
                 after 20 s; replaced by ecs-svc/4444… 10:04:00",
                "19:06:00 ERROR prod/web a task could not be placed (RESOURCE:CPU)",
            ],
        },
        Turn {
            name: "the end of a deployment is missing",
            script: deployment_that_is_replaced(true),
            headline: "web:9: all 3 tasks exited (container web, exit 1)",
            rows: &["2 deployments, 1 unknown", "ERROR prod/web a task could not be placed"],
        },
    ]
}
