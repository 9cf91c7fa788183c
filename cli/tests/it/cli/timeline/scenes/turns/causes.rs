//! Deployments whose tasks fail for several reasons, or long before they stop.

use super::super::NEW;
use super::super::script::{Script, Task};
use super::Turn;

/// A deployment whose tasks never run: each task has a stopped reason and the container's reason.
fn never_runs(reasons: &[(&str, Option<&str>)]) -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    for (number, (of_task, of_container)) in reasons.iter().enumerate() {
        let task = Task::of_service("web:9", NEW).created(&format!("10:00:1{number}"));
        let task = task.stopped(&format!("10:00:5{number}")).with("TaskFailedToStart", of_task);
        script.ends(number, &task.container("web", None, *of_container));
    }
    script.deployment("10:04:00", "FAILED", NEW, "tasks failed to start.");
    script
}

fn container_that_does_not_start() -> Script {
    let reason = "CannotStartContainerError: ResourceInitializationError: failed to create new \
                  container runtime task: failed to create shim task: OCI runtime create failed: \
                  runc create failed: unable to start container process: exec: \"/app/run.sh\": \
                  permission denied: unknown";
    never_runs(&[("Task failed to start", Some(reason)); 2])
}

fn tasks_that_fail_differently() -> Script {
    let volume = "ResourceInitializationError: failed to invoke EFS utils commands: attempt 12";
    let again = "ResourceInitializationError: failed to invoke EFS utils commands: attempt 7";
    let secret = "ResourceInitializationError: unable to pull secrets or registry auth";
    never_runs(&[(volume, None), (secret, None), (again, None)])
}

fn images_that_cannot_be_pulled() -> Script {
    let missing = "CannotPullContainerError: pull image manifest: acme/web:9: not found";
    let limited = "CannotPullContainerError: failed: toomanyrequests: pull rate limit";
    never_runs(&[missing, limited, missing].map(|it| (it, Some(it))))
}

/// The load balancer drains the tasks for 5 minutes after they have failed.
fn tasks_that_drain() -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    for number in 1..=3 {
        let task = Task::of_service("web:9", NEW).created("10:00:05").started(35);
        let task = task.stopped(&format!("10:02:1{number}")).drained("10:07:30");
        let reason = "Task failed ELB health checks in (target-group web)";
        let task = task.with("ServiceSchedulerInitiated", reason);
        script.ends(number, &task.container("web", Some(143), None));
    }
    script.deployment("10:03:20", "FAILED", NEW, "tasks failed to start.");
    script
}

pub(super) fn turns() -> Vec<Turn> {
    vec![
        Turn {
            name: "a container does not start",
            script: container_that_does_not_start(),
            headline: "web:9 failed to start and its deployment failed after 4m00s",
            rows: &[
                "both tasks failed to start (container web: CannotStartContainerError: … unable \
                     to start container process: exec: \"/app/run.sh\": permission denied: \
                     unknown)",
            ],
        },
        Turn {
            name: "tasks fail differently",
            script: tasks_that_fail_differently(),
            headline: "web:9 could not get secrets, network or volumes and its deployment failed \
                       after 4m00s",
            rows: &[
                "all 3 tasks could not get secrets, network or volumes (2× failed to invoke EFS \
                     utils commands: attempt 12, 1× unable to pull secrets or registry auth)",
            ],
        },
        Turn {
            name: "images cannot be pulled",
            script: images_that_cannot_be_pulled(),
            headline: "web:9 could not pull an image and its deployment failed after 4m00s",
            rows: &[
                "all 3 tasks could not pull an image (container web: 2× acme/web:9: not found, \
                     1× toomanyrequests: pull rate limit)",
            ],
        },
        Turn {
            name: "tasks drain",
            script: tasks_that_drain(),
            headline: "web:9 failed ELB health checks and its deployment failed after 3m20s",
            rows: &[
                "all 3 tasks failed ELB health checks after 1m36s–1m38s 10:",
                "10:02:11 ERROR 3× task web:9 failed ELB health checks, after 1m36s–1m38s 10:03:20",
            ],
        },
    ]
}
