//! Stories whose events lack something, or come in the same second.

use super::scenes::script::{Script, Task};
use super::scenes::{NEW, OLD, crash, flapping, story};
use serde_json::Value;

/// The same events without a field of `detail`, or without the entries of `resources`.
pub(super) fn without(script: &Script, field: &str) -> Vec<String> {
    let lines = script.lines.iter().map(|line| {
        let mut event: Value = serde_json::from_str(line).unwrap();
        let members = event.as_object_mut().unwrap();
        if field == "resources" {
            members.insert(field.to_owned(), serde_json::json!([]));
        } else {
            members.get_mut("detail").and_then(Value::as_object_mut).unwrap().remove(field);
        }
        event.to_string()
    });
    lines.collect()
}

#[test]
fn arns_are_read_from_the_resources_where_the_detail_lacks_them() {
    for (script, field) in
        [(crash(), "taskArn"), (crash(), "clusterArn"), (flapping(), "containerInstanceArn")]
    {
        let headline = &story(&script.lines)["headline"];
        let other = story(&without(&script, field));
        assert_eq!(&other["headline"], headline, "{field}");
        assert_eq!(other["events"], script.lines.len(), "{field}");
    }
}

#[test]
fn events_without_an_arn_are_no_duplicates_of_each_other() {
    let script = crash();
    let mut lines = without(&script, "taskArn");
    for line in &mut lines {
        *line = line.replace(":task/", ":other/");
    }
    assert_eq!(story(&lines)["events"], script.lines.len());
}

#[test]
fn a_deployment_begins_before_it_ends_in_the_same_second() {
    for (end, outcome) in [("COMPLETED", "completed"), ("FAILED", "failed")] {
        for is_swapped in [false, true] {
            let mut script = Script::of("prod", "web");
            script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
            script.deployment("10:00:00", end, NEW, "ended.");
            if is_swapped {
                script.swap_ids();
            }
            let story = story(&script.lines);
            let [run] = story["deployments"].as_array().unwrap().as_slice() else {
                panic!("{story}")
            };
            assert_eq!(run["outcome"], outcome, "{story}");
        }
    }
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", OLD, "rolling back to deploymentId ecs-svc/1.");
    script.deployment("10:00:00", "COMPLETED", OLD, "completed.");
    script.swap_ids();
    assert_eq!(story(&script.lines)["deployments"].as_array().unwrap().len(), 1);
}

#[test]
fn deployments_without_a_service_do_not_supersede_each_other() {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", OLD, "in progress.");
    script.deployment("10:00:10", "IN_PROGRESS", NEW, "in progress.");
    let outcomes = |lines: &[String]| {
        let story = story(lines);
        let runs = story["deployments"].as_array().unwrap().iter();
        runs.map(|run| run["outcome"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&script.lines), ["replaced", "in_progress"]);
    assert_eq!(outcomes(&without(&script, "resources")), ["in_progress", "in_progress"]);
}

/// A task that exits a minute after it was created.
fn exits(script: &mut Script, number: usize, definition: &str, deployment: &str) {
    let task = Task::of_service(definition, deployment).created("10:00:02").started(20);
    let task = task.stopped("10:01:02").container("main", Some(1), None);
    script
        .ends(number, &task.with("EssentialContainerExited", "Essential container in task exited"));
}

#[test]
fn an_ongoing_deployment_whose_tasks_all_fail_leads() {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    for number in 1..=4 {
        exits(&mut script, number, "web:9", NEW);
    }
    let task = Task::of_service("tool:1", OLD).created("08:00:00").started(20).stopped("10:00:30");
    let reason = "Essential container in task exited";
    let task = task.with("EssentialContainerExited", reason).container("tool", Some(1), None);
    script.end(9, &task);
    let headline = "web:9 is being deployed: 4 tasks started, all 4 tasks exited";
    let story = story(&script.lines);
    assert!(story["headline"].as_str().unwrap().starts_with(headline), "{}", story["headline"]);
}

#[test]
fn the_instance_with_the_worst_trouble_leads() {
    let mut script = Script::of("prod", "web");
    script.instance_of(1, "10:00:00", false);
    script.instance_of(1, "10:06:40", true);
    script.health_of(2, "10:01:00", "IMPAIRED");
    let story = story(&script.lines);
    assert_eq!(story["headline"], "i-00000000000000002: impaired (CONTAINER_RUNTIME)");
}

#[test]
fn an_impairment_after_a_recovery_is_another_one() {
    let mut script = Script::of("prod", "web");
    for (at, health) in
        [("10:00:00", "IMPAIRED"), ("10:01:00", "OK"), ("11:00:00", "IMPAIRED"), ("11:02:00", "OK")]
    {
        script.health_of(2, at, health);
    }
    let story = story(&script.lines);
    let headline = story["headline"].as_str().unwrap();
    assert!(
        headline.ends_with("impaired 2 times (CONTAINER_RUNTIME), well again after 2m00s"),
        "{headline}"
    );
}
