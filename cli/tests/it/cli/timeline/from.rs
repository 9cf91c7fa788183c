//! Where the events of the timeline come from.

use super::super::log_group::{GROUP, filled};
use super::super::{Desk, compact};
use serde_json::Value;
use world::{Fault, Operation, real_now_ms};

/// How many events these words find, and the exit status.
fn found(desk: &Desk, words: &str) -> (u64, Option<i32>) {
    let ran = desk.run(&format!("timeline --json {words}"));
    let story: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    (story.get("events").and_then(Value::as_u64).unwrap_or_default(), ran.code)
}

#[test]
fn the_name_of_a_cluster_is_enough() {
    let (world, desk) = filled();
    let (events, code) = found(&desk, "--cluster prod");
    assert_eq!((events, code), found(&desk, &format!("--cluster prod --from-log-group {GROUP}")));
    assert!(events >= 6 && code == Some(0), "{events}");
    assert_eq!(found(&desk, "--cluster prod --service web --since 150m").1, Some(0));
    let elsewhere = "/elsewhere/prod/eu-west-1";
    world.logs.keep(elsewhere, real_now_ms() - 1000, &compact("task-running"));
    let words = "--cluster prod --log-group /elsewhere/{cluster}/{region}";
    assert_eq!(found(&desk, words), (1, Some(0)));
    let calls = world.logs.calls_of(Operation::FilterLogEvents);
    assert_eq!(calls.last().unwrap().group, elsewhere);
}

#[test]
fn a_log_group_that_cannot_be_told_is_bad_use() {
    let (_world, desk) = filled();
    for (words, sentence) in [
        ("--cluster prod*", "does not name one log group: name it with --from-log-group"),
        ("--cluster prod --log-group /a/{account}", "{account}, which this command does not know"),
        ("--service web", "the following required arguments were not provided"),
        ("--cluster prod --select some", "--select (FORWARDER_SELECT)"),
    ] {
        let ran = desk.run(&format!("timeline {words}"));
        assert_eq!(ran.code, Some(2), "{ran}");
        assert!(ran.stderr.contains(sentence), "{ran}");
    }
}

#[test]
fn several_log_groups_are_one_story() {
    let (world, desk) = filled();
    let both = format!("--from-log-group {GROUP} --from-log-group /other");
    let (one, _) = found(&desk, &format!("--from-log-group {GROUP}"));
    world.logs.keep("/other", real_now_ms() - 1000, &compact("task-image-pull-failed"));
    assert_eq!(found(&desk, &both), (one + 1, Some(0)));
}

#[test]
fn a_log_group_that_cannot_be_read_is_exit_status_4_and_the_others_are_told() {
    let (world, desk) = filled();
    let both = format!("timeline --from-log-group /nowhere --from-log-group {GROUP}");
    let ran = desk.run(&both);
    assert_eq!(ran.code, Some(4), "{ran}");
    assert!(ran.stderr.contains("cannot read /nowhere: there is no such log group"), "{ran}");
    assert!(ran.stdout.contains("out of memory"), "{ran}");
    world.logs.inject(Fault::AccessDenied.on(Operation::FilterLogEvents).always());
    let ran = desk.run("timeline --cluster prod");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran}");
    assert!(ran.stderr.contains("your credentials must allow logs:FilterLogEvents"), "{ran}");
}

#[test]
fn the_service_filters_what_it_can_without_losing_an_event() {
    let (world, desk) = filled();
    let task = "44a3a78aece970d48b4a6360841fc91c";
    let deployment = "ecs-svc/9361929303285479948";
    for (words, terms) in [
        (format!("--task {task}"), vec![task]),
        (format!("--task arn:aws:ecs:us-east-1:123456789012:task/prod/{task}"), vec![task]),
        (format!("--task {task} --task {task}"), vec![task, task]),
        // Its hooks and service actions do not hold its id.
        (format!("--deployment {deployment}"), vec![]),
        ("--task 44a3a7".to_owned(), vec![]),
        ("--deployment ecs-svc/93619*".to_owned(), vec![]),
        ("--service web".to_owned(), vec![]),
    ] {
        let (events, code) = found(&desk, &format!("--cluster prod {words}"));
        let calls = world.logs.calls_of(Operation::FilterLogEvents);
        assert_eq!(calls.last().unwrap().terms, terms, "{words}");
        let all = world.logs.ever_stored();
        let dump: String = all.iter().map(|it| it.message.clone() + "\n").collect();
        desk.put("dump.jsonl", dump);
        assert_eq!((events, code), found(&desk, &format!("dump.jsonl --cluster prod {words}")));
        assert!(events > 0, "{words}");
    }
}

#[test]
fn a_policy_that_drops_what_the_story_needs_is_named() {
    let (_world, desk) = filled();
    let stdout = |words: &str| {
        let stdout = desk.run(&format!("timeline --cluster prod {words}")).stdout;
        stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let sentence = "The policy drops deployments that begin, deployments that complete, task \
                    starts: log groups that it fills lack them.";
    let problems = stdout("--select problems");
    assert!(problems.contains(sentence), "{problems}");
    for whole in
        ["", "--select lifecycle", "--event-names !SERVICE_STEADY_STATE", "--clusters prod"]
    {
        let stdout = stdout(whole);
        assert!(!stdout.contains("The policy drops"), "{stdout}");
    }
    let others = stdout("--services api");
    assert!(others.contains("deployments that fail"), "{others}");
}
