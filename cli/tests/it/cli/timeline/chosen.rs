//! A deployment or a task that an option chooses.

use super::scenes::script::{Script, Task};
use super::scenes::turns::exits;
use super::scenes::{self, NEW, OLD, run, story};

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
    let scenes = scenes::all().into_iter().chain([no_room().lines]);
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
