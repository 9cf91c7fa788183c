//! Scenes, each with the sentence that an engineer would say.

pub(super) mod script;
pub(super) mod turns;

use super::{Desk, incident};
use script::{Script, Task};

pub(super) const OLD: &str = "ecs-svc/1111111111111111111";
pub(super) const NEW: &str = "ecs-svc/2222222222222222222";

pub(super) fn healthy() -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    for number in 1..=3 {
        let task = Task::of_service("web:8", NEW).created("10:00:02");
        script.runs(number, &task, &format!("10:00:3{number}"));
    }
    script.deployment("10:02:00", "COMPLETED", NEW, "completed.");
    script.action("10:02:01", "INFO", "SERVICE_STEADY_STATE", None);
    script
}

/// A deployment whose tasks all end so, and its rollback.
fn broken(end: impl Fn(Task) -> Task) -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    for number in 1..=3 {
        let task = Task::of_service("web:9", NEW).created(&format!("10:0{number}:00"));
        script.ends(number, &end(task.stopped(&format!("10:0{number}:40"))));
    }
    script.action("10:03:50", "WARN", "SERVICE_TASK_START_IMPAIRED", None);
    let reason = "ECS deployment circuit breaker: tasks failed to start.";
    script.deployment("10:04:00", "FAILED", NEW, reason);
    let back = format!("ECS deployment circuit breaker: rolling back to deploymentId {OLD}.");
    script.deployment("10:04:00", "IN_PROGRESS", OLD, &back);
    script.deployment("10:05:00", "COMPLETED", OLD, "completed.");
    script
}

pub(super) fn crash() -> Script {
    broken(|task| {
        let reason = "Essential container in task exited";
        task.started(20).with("EssentialContainerExited", reason).container("web", Some(1), None)
    })
}

fn image_pull() -> Script {
    broken(|task| {
        let reason = "CannotPullContainerError: pull image manifest has been retried 7 time(s): \
                      web:9: not found";
        task.with("TaskFailedToStart", reason).container("web", None, Some(reason))
    })
}

fn elb() -> Script {
    broken(|task| {
        let reason = "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:\
                      us-east-1:123456789012:targetgroup/web/1)";
        task.started(10).with("ServiceSchedulerInitiated", reason).container("web", Some(143), None)
    })
}

fn placement() -> Script {
    let mut script = Script::of("prod", "worker");
    for minute in [0, 5, 10] {
        let at = format!("10:{minute:02}:00");
        let reason = Some("RESOURCE:MEMORY");
        script.action(&at, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", reason);
    }
    script.runs(1, &Task::of_service("worker:3", OLD).created("10:12:00"), "10:12:30");
    script.action("10:13:00", "INFO", "SERVICE_STEADY_STATE", None);
    script
}

fn spot() -> Script {
    let mut script = Script::of("prod", "worker");
    for number in 1..=6 {
        let task = Task::of_service("worker:3", OLD).created("08:00:00").started(30);
        let task = task.stopped(&format!("10:0{number}:00"));
        let task = task.with("SpotInterruption", "Your Spot Task was interrupted.");
        script.end(number, &task.container("worker", Some(143), None));
    }
    script
}

pub(super) fn flapping() -> Script {
    let mut script = Script::of("prod", "worker");
    for minute in 0..5 {
        script.instance(&format!("10:{minute:02}:00"), false);
        script.instance(&format!("10:{minute:02}:4{minute}"), true);
    }
    script
}

fn blue_green() -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    script.runs(1, &Task::of_service("web:8", NEW).created("10:00:02"), "10:00:40");
    script.hook("10:02:00", "HOOK_AWAITING_ACTION", "POST_TEST_TRAFFIC_SHIFT");
    script.hook("10:14:00", "HOOK_SUCCEEDED", "POST_TEST_TRAFFIC_SHIFT");
    script.deployment("10:20:00", "COMPLETED", NEW, "completed.");
    script
}

fn batch() -> Script {
    let mut script = Script::of("prod", "-");
    for number in 1..=12 {
        let task = Task::standalone("nightly:5").created(&format!("02:{number:02}:00")).started(20);
        let task = task.stopped(&format!("02:{:02}:00", number + 5));
        let code = i64::from(number % 6 == 0);
        let reason = "Essential container in task exited";
        let task = task.with("EssentialContainerExited", reason);
        script.ends(number, &task.container("nightly", Some(code), None));
    }
    script
}

fn two_clusters() -> Script {
    let mut script = crash();
    script.add(healthy().moved("staging"));
    script
}

/// A blue/green deployment of `CodeDeploy`: a task set replaces another, and no deployment event
/// tells of it.
fn task_set() -> Script {
    let mut script = Script::of("prod", "web");
    for number in 1..=3 {
        let task = Task::of_service("web:9", NEW).created("10:00:02");
        script.runs(number, &task, &format!("10:00:3{number}"));
    }
    script.action("10:01:30", "INFO", "TASKSET_STEADY_STATE", None);
    for number in 11..=13 {
        let task = Task::of_service("web:8", OLD).created("08:00:00").started(30);
        let reason = format!("Scaling activity initiated by (taskSet {OLD})");
        let task = task.stopped("10:06:00").with("ServiceSchedulerInitiated", &reason);
        script.end(number, &task);
    }
    script.action("10:07:00", "INFO", "SERVICE_STEADY_STATE", None);
    script
}

/// A task set of an external controller, whose tasks exit.
fn task_set_that_fails() -> Script {
    let mut script = Script::of("prod", "web");
    for number in 1..=3 {
        let task = Task::of_service("web:9", NEW).created(&format!("10:0{number}:00")).started(20);
        let reason = "Essential container in task exited";
        let task = task.stopped(&format!("10:0{number}:40"));
        let task = task.with("EssentialContainerExited", reason);
        script.ends(number, &task.container("web", Some(1), None));
    }
    script.action("10:04:00", "WARN", "SERVICE_TASK_START_IMPAIRED", None);
    script
}

fn daemon() -> Script {
    let mut script = Script::of("prod", "log-agent");
    script.daemon("11:00:00", "PENDING");
    script.daemon("11:00:05", "IN_PROGRESS");
    for number in 1..=3 {
        let task = Task::of_daemon("log-agent:4").created("11:01:00");
        script.runs(number, &task, &format!("11:01:1{number}"));
    }
    script.daemon("11:05:00", "SUCCESSFUL");
    script
}

fn daemon_rollback() -> Script {
    let mut script = Script::of("prod", "log-agent");
    script.daemon("11:00:00", "PENDING");
    script.daemon("11:00:05", "IN_PROGRESS");
    let reason = "CannotPullContainerError: pull image manifest has been retried 5 time(s): \
                  log-agent:4: not found";
    for number in 1..=2 {
        let task = Task::of_daemon("log-agent:4").created(&format!("11:0{number}:00"));
        let task = task.stopped(&format!("11:0{number}:20")).with("TaskFailedToStart", reason);
        script.ends(number, &task.container("log-agent", None, Some(reason)));
        script.daemon_task_fails(&format!("11:0{number}:21"), number, reason);
    }
    script.daemon("11:03:00", "ROLLBACK_IN_PROGRESS");
    script.daemon("11:05:00", "ROLLBACK_SUCCESSFUL");
    script
}

/// All scenes by name, with their sentences.
fn scenes() -> Vec<(&'static str, Script, &'static str)> {
    vec![
        ("healthy", healthy(), "web:8 was deployed in 2m00s"),
        ("crash", crash(), "web:9 exited with code 1 and was rolled back to OLD after 4m00s"),
        (
            "image_pull",
            image_pull(),
            "web:9 could not pull an image and was rolled back to OLD after 4m00s",
        ),
        ("elb", elb(), "web:9 failed ELB health checks and was rolled back to OLD after 4m00s"),
        (
            "placement",
            placement(),
            "worker: a task could not be placed 3 times (RESOURCE:MEMORY), resolved after 12m00s",
        ),
        ("spot", spot(), "worker: 6 tasks stopped for a Spot interruption within 5m00s"),
        ("flapping", flapping(), "i-0123456789abcdef0: agent lost 5 times, back after 40–44 s"),
        (
            "blue_green",
            blue_green(),
            "web:8 was deployed in 20m00s, 12m00s of it for a hook at POST_TEST_TRAFFIC_SHIFT",
        ),
        ("batch", batch(), "nightly: 2 of 12 tasks exited (container nightly, exit 1)"),
        (
            "two_clusters",
            two_clusters(),
            "prod/web:9 exited with code 1 and was rolled back to OLD after 4m00s",
        ),
        ("task_set", task_set(), "3 tasks of web:9 started in 29–31 s"),
        (
            "task_set_that_fails",
            task_set_that_fails(),
            "web:9: all 3 tasks exited (container web, exit 1)",
        ),
        ("daemon", daemon(), "log-agent:4 was deployed in 5m00s"),
        (
            "daemon_rollback",
            daemon_rollback(),
            "log-agent:4 could not pull an image and was rolled back after 5m00s",
        ),
    ]
}

/// The scenes and the incident, as lines.
pub(super) fn all() -> Vec<Vec<String>> {
    let incident = std::fs::read_to_string(incident().path("incident.jsonl")).unwrap();
    let incident = incident.lines().map(str::to_owned).collect();
    let scenes = scenes().into_iter().map(|(_, script, _)| script);
    let scenes = scenes.chain(turns::scripts()).map(|script| script.lines);
    scenes.chain([incident]).collect()
}

pub(super) fn run(lines: &[String], words: &str) -> String {
    let words: Vec<_> = words.split_whitespace().collect();
    let ran = Desk::empty().run_with(&words, &lines.join("\n"));
    assert_eq!(ran.code, Some(0), "{ran}");
    ran.stdout
}

pub(super) fn story(lines: &[String]) -> serde_json::Value {
    serde_json::from_str(&run(lines, "timeline --json -")).unwrap()
}

#[test]
fn each_scene_is_told_in_a_sentence() {
    for (name, script, sentence) in scenes() {
        assert_eq!(story(&script.lines)["headline"], sentence.replace("OLD", OLD), "{name}");
        insta::assert_snapshot!(name, run(&script.lines, "timeline -"));
    }
}

#[test]
fn eighty_columns_are_enough() {
    for lines in all() {
        let text = run(&lines, "timeline -") + &run(&lines, "timeline --grep e -");
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{line}");
            assert_eq!(line, line.trim_end());
        }
    }
}

#[test]
fn a_deployment_is_chosen_with_its_rollback() {
    let text = run(&crash().lines, &format!("timeline --deployment {NEW} -"));
    assert!(text.contains("FAILED ") && text.contains("ROLLBACK "), "{text}");
    let text = run(&crash().lines, &format!("timeline --deployment {OLD} -"));
    assert!(!text.contains("FAILED "), "{text}");
}

#[test]
fn services_without_deployment_events_have_deployments_by_their_tasks() {
    let script = crash();
    let of_tasks = |line: &&String| line.contains("ECS Task State Change");
    let lines: Vec<_> = script.lines.iter().filter(of_tasks).cloned().collect();
    let story = story(&lines);
    let [run] = story["deployments"].as_array().unwrap().as_slice() else { panic!("{story}") };
    assert_eq!((&run["id"], &run["outcome"]), (&NEW.into(), &"unknown".into()));
    assert_eq!((&run["tasks"], &run["failed"]), (&3.into(), &3.into()));
}

/// The reason that ECS writes for a service that scales in and for a deployment that replaces a task.
fn scaling(mut script: Script, definition: &str, deployment: &str, at: &str) -> String {
    let reason = format!("Scaling activity initiated by (deployment {deployment})");
    let task = Task::of_service(definition, deployment).created("08:00:00").started(30);
    script.end(77, &task.stopped(at).with("ServiceSchedulerInitiated", &reason));
    let story = story(&script.lines);
    let course = story.get("course").and_then(|it| it.as_array()).unwrap().iter();
    let what: Vec<_> = course.map(|line| line["what"].as_str().unwrap()).collect();
    let prefix = format!("task {definition} stopped ");
    what.iter().find_map(|it| it.strip_prefix(&prefix)).unwrap_or_else(|| panic!("{what:?}")).into()
}

#[test]
fn a_task_that_the_scheduler_stops_was_replaced_only_if_another_deployment_was_in_progress() {
    const REPLACED: &str = "for a deployment";
    const SCALED_IN: &str = "by scaling in";
    let of_tasks = || {
        let mut script = Script::of("prod", "web");
        script.runs(1, &Task::of_service("web:8", NEW).created("10:00:02"), "10:00:31");
        script
    };
    let in_staging = || {
        let mut script = Script::of("prod", "web");
        script.add(healthy().moved("staging"));
        script
    };
    for (name, script, definition, deployment, at, expected) in [
        ("an old task", healthy(), "web:7", OLD, "10:01:00", REPLACED),
        ("a new task", healthy(), "web:8", NEW, "10:01:00", SCALED_IN),
        ("before the deployment", healthy(), "web:7", OLD, "09:59:00", SCALED_IN),
        ("after the deployment", healthy(), "web:8", NEW, "10:20:00", SCALED_IN),
        ("no deployment", Script::of("prod", "web"), "web:7", OLD, "10:01:00", SCALED_IN),
        ("another service", healthy(), "api:7", OLD, "10:01:00", SCALED_IN),
        ("another cluster", in_staging(), "web:7", OLD, "10:01:00", SCALED_IN),
        ("tasks alone, old", of_tasks(), "web:7", OLD, "10:06:00", REPLACED),
        ("tasks alone, new", of_tasks(), "web:8", NEW, "10:30:00", SCALED_IN),
        ("what is rolled back", crash(), "web:9", NEW, "10:04:30", REPLACED),
        ("after the rollback", crash(), "web:7", OLD, "10:20:00", SCALED_IN),
    ] {
        assert_eq!(scaling(script, definition, deployment, at), expected, "{name}");
    }
}
