//! Rollbacks: one that comes late, goes on or fails.

use super::super::script::{Script, Task};
use super::super::{NEW, OLD};
use super::{Turn, exits, fails};

/// The event of a rollback's begin comes after the rollback's first task was created.
fn rollback_that_comes_late() -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    script.deployment("10:04:00", "FAILED", NEW, "tasks failed to start.");
    exits(&mut script, 4, ("web:8", OLD), "09:50:00");
    script.runs(5, &Task::of_service("web:8", OLD).created("10:04:00"), "10:04:20");
    let back = format!("ECS deployment circuit breaker: rolling back to deploymentId {OLD}.");
    script.deployment("10:04:28", "IN_PROGRESS", OLD, &back);
    script.deployment("10:06:00", "COMPLETED", OLD, "completed.");
    script
}

fn rollback_that_fails() -> Script {
    let mut script = fails();
    for number in 5..=6 {
        exits(&mut script, number, ("web:8", OLD), &format!("10:0{number}:00"));
    }
    script.deployment("10:07:00", "FAILED", OLD, "tasks failed to start.");
    script
}

fn rollback_that_starts() -> Script {
    let mut script = fails();
    // ECS spells it both ways.
    for line in &mut script.lines {
        *line = line.replace("deploymentId ecs", "deploymentID ecs");
    }
    script.runs(5, &Task::of_service("web:8", OLD).created("10:04:02"), "10:04:30");
    script
}

fn daemon_rollback(steps: &[&str]) -> Script {
    let mut script = Script::of("prod", "log-agent");
    for (minute, step) in steps.iter().enumerate() {
        script.daemon(&format!("11:0{minute}:00"), step);
    }
    script
}

pub(super) fn turns() -> Vec<Turn> {
    vec![
        Turn {
            name: "the rollback's begin comes late",
            script: rollback_that_comes_late(),
            headline: "web failed (tasks failed to start) and was rolled back to web:8 after 4m00s",
            rows: &["web:8 1m32s completed; 1 task, started in 20 s", "prod/web 1 task exited"],
        },
        Turn {
            name: "the rollback fails",
            script: rollback_that_fails(),
            headline: "web:9 exited with code 1 after 4m00s; the rollback to web:8 failed",
            rows: &["1 deployment, 1 failed", "ROLLBACK ecs-svc/1111… web:8 2m59s failed; both"],
        },
        Turn {
            name: "the rollback goes on",
            script: fails(),
            headline: "web:9 exited with code 1 after 4m00s; the rollback to OLD is in progress",
            rows: &["1 deployment, 1 failed", "ROLLBACK ecs-svc/1111… web in progress 10:00:00"],
        },
        Turn {
            name: "the rollback has a task",
            script: rollback_that_starts(),
            headline: "web:9 exited with code 1 after 4m00s; the rollback to web:8 is in progress",
            rows: &["ROLLBACK ecs-svc/1111… web:8 in progress; 1 task, started in"],
        },
        Turn {
            name: "a daemon's rollback fails",
            script: daemon_rollback(&["IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED"]),
            headline: "log-agent failed after 2m00s; its rollback failed",
            rows: &["FAILED OaOkG388… log-agent 2m00s the rollback failed"],
        },
        Turn {
            name: "a daemon's rollback goes on",
            script: daemon_rollback(&["IN_PROGRESS", "ROLLBACK_IN_PROGRESS"]),
            headline: "log-agent is being rolled back: 0 tasks started",
            rows: &["ONGOING OaOkG388… log-agent the rollback is in progress"],
        },
    ]
}
