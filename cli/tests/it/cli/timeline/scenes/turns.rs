//! Scenes that take another turn than the usual one.

use super::script::{Script, Task};
use super::{NEW, OLD, run, story};

const NEXT: &str = "ecs-svc/4444444444444444444";

/// A scene with its headline and the beginnings of its rows of deployments and trouble.
struct Turn {
    name: &'static str,
    script: Script,
    headline: &'static str,
    /// Each is part of the summary, whose spaces count as one.
    rows: &'static [&'static str],
}

/// A task of web that runs, and exits with code 1 half a minute after it was created.
fn exits(script: &mut Script, number: usize, (definition, id): (&str, &str), at: &str) {
    let seconds: u32 = at[6..].parse().unwrap();
    let stopped = format!("{}{:02}", &at[..6], seconds + 30);
    let task = Task::of_service(definition, id).created(at).started(seconds + 10).stopped(&stopped);
    let reason = "Essential container in task exited";
    let task = task.with("EssentialContainerExited", reason).container("web", Some(1), None);
    script.ends(number, &task);
}

/// A deployment of web:9 whose 3 tasks exit, and the begin of its rollback.
fn fails() -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    for number in 1..=3 {
        exits(&mut script, number, ("web:9", NEW), &format!("10:0{number}:00"));
    }
    script.deployment("10:04:00", "FAILED", NEW, "tasks failed to start.");
    let back = format!("ECS deployment circuit breaker: rolling back to deploymentId {OLD}.");
    script.deployment("10:04:01", "IN_PROGRESS", OLD, &back);
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

/// While web:9 is deployed, a task of web:8 exits and is replaced by one that exits, too.
fn old_tasks_that_crash() -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    exits(&mut script, 1, ("web:8", OLD), "10:00:10");
    script.runs(2, &Task::of_service("web:9", NEW).created("10:00:05"), "10:00:40");
    script.deployment("10:02:00", "COMPLETED", NEW, "completed.");
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

/// An instance that is `status` loses its agent, and is deregistered.
fn instance_that_goes(status: &str) -> Script {
    let mut script = Script::of("prod", "web");
    script.instance_is("10:00:00", status, true);
    script.instance_is("10:02:00", status, false);
    script.instance_is("10:03:00", "INACTIVE", false);
    script
}

/// An agent that is lost for 2 seconds now and then, `minutes` apart.
fn agent_that_is_lost_every(minutes: usize) -> Script {
    let mut script = Script::of("prod", "web");
    for number in 0..4 {
        let (hour, minute) = (10 + number * minutes / 60, number * minutes % 60);
        script.instance(&format!("{hour}:{minute:02}:00"), false);
        script.instance(&format!("{hour}:{minute:02}:02"), true);
    }
    script
}

#[expect(clippy::too_many_lines, reason = "a table: one entry for each turn")]
fn turns() -> Vec<Turn> {
    vec![
        Turn {
            name: "the begin comes late",
            script: begin_that_comes_late(),
            headline: "web:9 exited with code 1 and its deployment failed after 1m32s",
            rows: &["web:9 1m32s all 3 tasks exited (container web, exit 1) after 20 s 10:00"],
        },
        Turn {
            name: "the rollback's begin comes late",
            script: rollback_that_comes_late(),
            headline: "web failed (tasks failed to start) and was rolled back to web:8 after 4m00s",
            rows: &["web:8 1m32s completed; 1 task, started in 20 s", "prod/web 1 task exited"],
        },
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
            name: "old tasks crash",
            script: old_tasks_that_crash(),
            headline: "web: 1 task exited (container web, exit 1)",
            rows: &["1 deployment web: 1 task", "ERROR prod/web 1 task exited"],
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
        Turn {
            name: "tasks drain",
            script: tasks_that_drain(),
            headline: "web:9 failed ELB health checks and its deployment failed after 3m20s",
            rows: &[
                "all 3 tasks failed ELB health checks after 1m36s–1m38s 10:",
                "10:02:11 ERROR 3× task web:9 failed ELB health checks, after 1m36s–1m38s 10:03:20",
            ],
        },
        Turn {
            name: "an instance drains and goes",
            script: instance_that_goes("DRAINING"),
            headline: "nothing went wrong",
            rows: &["i-0123456789abcdef0 was deregistered"],
        },
        Turn {
            name: "an instance goes",
            script: instance_that_goes("ACTIVE"),
            headline: "i-0123456789abcdef0: agent lost, then the instance was deregistered",
            rows: &["WARN prod instance i-0123456789abcdef0"],
        },
        Turn {
            name: "an agent is lost every hour",
            script: agent_that_is_lost_every(60),
            headline: "nothing went wrong",
            rows: &[],
        },
        Turn {
            name: "an agent is lost every five minutes",
            script: agent_that_is_lost_every(5),
            headline: "i-0123456789abcdef0: agent lost 4 times, back after 2 s",
            rows: &[],
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

pub(super) fn scripts() -> Vec<Script> {
    turns().into_iter().map(|turn| turn.script).collect()
}

#[test]
fn each_turn_is_told_in_a_sentence_and_in_its_rows() {
    for Turn { name, script, headline, rows } in turns() {
        assert_eq!(story(&script.lines)["headline"], headline.replace("OLD", OLD), "{name}");
        let text = run(&script.lines, "timeline -");
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for row in rows {
            assert!(words.contains(row), "{name}: {row}\n{text}");
        }
    }
}

/// A service that has no room for web:9, and is rolled back; a hook waits, too.
fn no_room() -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    for minute in 1..=3 {
        let at = format!("10:0{minute}:00");
        script.action(&at, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", Some("RESOURCE:CPU"));
    }
    script.hook("10:03:30", "HOOK_AWAITING_ACTION", "PRE_SCALE_UP");
    script.deployment("10:04:00", "FAILED", NEW, "tasks failed to start.");
    let back = format!("ECS deployment circuit breaker: rolling back to deploymentId {OLD}.");
    script.deployment("10:04:01", "IN_PROGRESS", OLD, &back);
    script.runs(1, &Task::of_service("web:8", OLD).created("10:04:02"), "10:04:30");
    script.deployment("10:05:00", "COMPLETED", OLD, "completed.");
    script.action("19:00:00", "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", Some("RESOURCE:CPU"));
    script
}

fn chosen(lines: &[String], id: &str) -> serde_json::Value {
    serde_json::from_str(&run(lines, &format!("timeline --json --deployment {id} -"))).unwrap()
}

#[test]
fn a_chosen_deployment_keeps_its_service_actions_its_hooks_and_its_rollback() {
    let mut lines = no_room().lines;
    lines.extend(Script::of("prod", "api").lines);
    let story = chosen(&lines, NEW);
    let sentence = "web failed: a task could not be placed 3 times (RESOURCE:CPU) and was rolled \
                    back to web:8 after 4m00s";
    assert_eq!(story["headline"], sentence);
    assert_eq!(story["trouble"].as_array().unwrap().len(), 0, "{story}");
    // All events but the placement failure hours later.
    assert_eq!(story["events"], lines.len() - 1);
}

#[test]
fn a_deployment_is_the_same_alone_as_among_all_events() {
    let scenes = super::all().into_iter().chain([no_room().lines]);
    for lines in scenes {
        let all = story(&lines);
        let runs = all["deployments"].as_array().unwrap();
        for wanted in runs.iter().filter(|it| it["has_events"] == true) {
            let id = wanted["id"].as_str().unwrap();
            let alone = chosen(&lines, id);
            let alone = alone["deployments"].as_array().unwrap();
            let mut of_wanted = alone.iter().filter(|it| it["id"] == id);
            assert!(of_wanted.any(|it| it == wanted), "{wanted}\n{alone:?}");
            let rollback = |it: &&serde_json::Value| {
                it["is_rollback"] == true && it["id"] == wanted["rolled_back_to"]
            };
            for rollback in runs.iter().filter(rollback) {
                assert!(alone.contains(rollback), "{rollback}\n{alone:?}");
            }
        }
    }
}

#[test]
fn the_task_of_a_steady_service_is_no_deployment() {
    let mut script = Script::of("prod", "web");
    for number in 1..=2 {
        exits(&mut script, number, ("web:8", OLD), &format!("10:0{number}:00"));
    }
    let words = format!("timeline --task {:032x} -", 1);
    let text = run(&script.lines, &words);
    assert!(text.contains("no deployment\nweb: 1 task exited"), "{text}");
}
