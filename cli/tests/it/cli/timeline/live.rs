//! `timeline --follow`, in the loopback world. Nobody sleeps: what happens next waits for a read.

use super::super::log_group::GROUP;
use super::super::{Desk, Ran};
use serde_json::json;
use std::process::{Command, Stdio};
use std::thread;
use world::{Clock, Fault, Operation, World, real_now_ms};

const OLD: &str = "ecs-svc/1111111111111111111";
const NEW: &str = "ecs-svc/2222222222222222222";
const WORDS: &str =
    "timeline --follow --until-settled --interval 20ms --cluster prod --service web";

fn world() -> (World, Desk) {
    let world = World::new();
    world.logs.set_clock(Clock::Timeless);
    let desk = Desk::empty().set("AWS_EC2_METADATA_DISABLED", "true");
    let desk =
        world.aws_environment().iter().fold(desk, |desk, (name, value)| desk.set(name, value));
    (world, desk)
}

/// Puts a deployment event into the log group, so many seconds ago.
fn put(world: &World, ago: i64, step: &str, id: &str, reason: &str) {
    let time_ms = real_now_ms() - ago * 1000;
    let time = jiff::Timestamp::from_millisecond(time_ms).unwrap().to_string();
    let service = "arn:aws:ecs:eu-west-1:123456789012:service/prod/web";
    let event_type = if step == "FAILED" { "ERROR" } else { "INFO" };
    let event = json!({
        "version": "0", "id": format!("{step}-{id}-{time_ms}"), "source": "aws.ecs",
        "detail-type": "ECS Deployment State Change", "account": "123456789012",
        "region": "eu-west-1", "time": time, "resources": [service],
        "detail": {
            "eventType": event_type, "eventName": format!("SERVICE_DEPLOYMENT_{step}"),
            "deploymentId": id, "updatedAt": time, "reason": reason,
        },
    });
    world.logs.keep(GROUP, time_ms, &event.to_string());
}

/// Runs these words, and does these things meanwhile: each after one more read of the group.
fn run(world: &World, desk: &Desk, words: &str, steps: &[&(dyn Fn() + Sync)]) -> Ran {
    thread::scope(|scope| {
        scope.spawn(|| {
            for step in steps {
                let reads = world.logs.calls_of(Operation::FilterLogEvents).len();
                world.logs.wait_for_calls(Operation::FilterLogEvents, reads + 2);
                step();
            }
        });
        desk.run(words)
    })
}

#[test]
fn a_deployment_that_completes_is_exit_status_0() {
    let (world, desk) = world();
    put(&world, 120, "IN_PROGRESS", OLD, "in progress.");
    put(&world, 60, "COMPLETED", OLD, "completed.");
    let begin = || put(&world, 0, "IN_PROGRESS", NEW, "in progress.");
    let end = || put(&world, 0, "COMPLETED", NEW, "completed.");
    let ran = run(&world, &desk, WORDS, &[&begin, &end]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stderr.contains("2 events so far; waiting for more"), "{ran}");
    let printed: Vec<_> = ran.stdout.lines().filter(|it| it.contains("ecs-svc/2222… ")).collect();
    assert!(
        matches!(printed.as_slice(), [begins, completed, _summary]
        if begins.ends_with("begins") && completed.ends_with("completed")),
        "{ran}"
    );
    assert!(ran.stdout.contains("2 deployments"), "{ran}");
    assert!(ran.stdout.contains("web was deployed in 0."), "{ran}");
}

#[test]
fn a_deployment_that_is_rolled_back_is_exit_status_1_once_the_rollback_has_ended() {
    let (world, desk) = world();
    put(&world, 60, "IN_PROGRESS", NEW, "in progress.");
    let fail = || put(&world, 0, "FAILED", NEW, "ECS deployment circuit breaker: tasks failed.");
    let back = format!("ECS deployment circuit breaker: rolling back to deploymentId {OLD}.");
    let back = || put(&world, 0, "IN_PROGRESS", OLD, &back);
    let end = || put(&world, 0, "COMPLETED", OLD, "completed.");
    let ran = run(&world, &desk, WORDS, &[&fail, &back, &end]);
    assert_eq!(ran.code, Some(1), "{ran}");
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&format!("was rolled back to {OLD} after 1m")), "{ran}");
    assert!(ran.stdout.contains("ROLLBACK") && ran.stdout.contains("completed"), "{ran}");
}

#[test]
fn a_deployment_that_had_ended_settles_nothing_unless_it_is_named() {
    let (world, desk) = world();
    put(&world, 120, "IN_PROGRESS", OLD, "in progress.");
    put(&world, 60, "COMPLETED", OLD, "completed.");
    let ran = desk.run(&format!("{WORDS} --timeout 300ms"));
    assert_eq!(ran.code, Some(3), "{ran}");
    assert!(ran.stderr.contains("time ran out, and no deployment was seen"), "{ran}");
    assert_eq!(desk.run(&format!("{WORDS} --deployment {OLD}")).code, Some(0));
    let ran = desk.run(&format!("{WORDS} --timeout 300ms --deployment {NEW}"));
    assert_eq!(ran.code, Some(3), "{ran}");
    put(&world, 10, "IN_PROGRESS", NEW, "in progress.");
    let ran = desk.run(&format!("{WORDS} --timeout 300ms"));
    assert_eq!(ran.code, Some(3), "{ran}");
    assert!(ran.stderr.contains("time ran out before the deployments ended"), "{ran}");
    assert!(ran.stdout.contains("ONGOING"), "{ran}");
}

#[test]
fn a_named_deployment_that_another_one_replaces_is_exit_status_1_at_once() {
    const NEXT: &str = "ecs-svc/3333333333333333333";
    let (world, desk) = world();
    put(&world, 60, "IN_PROGRESS", NEW, "in progress.");
    let next = || put(&world, 0, "IN_PROGRESS", NEXT, "in progress.");
    let ran = run(&world, &desk, &format!("{WORDS} --timeout 20s --deployment {NEW}"), &[&next]);
    assert_eq!(ran.code, Some(1), "{ran}");
    let sentence = format!("web was replaced by {NEXT}, which is in progress");
    assert!(ran.stdout.contains(&sentence), "{ran}");
    // Whoever names none waits for the next one.
    let end = || put(&world, 0, "COMPLETED", NEXT, "completed.");
    let ran = run(&world, &desk, WORDS, &[&end]);
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn an_event_that_comes_late_stands_in_its_place() {
    let (world, desk) = world();
    put(&world, 30, "IN_PROGRESS", NEW, "in progress.");
    let end = || put(&world, 0, "COMPLETED", NEW, "completed.");
    let late = || {
        put(&world, 20, "NEWLY_NAMED", NEW, "late");
        end();
    };
    let ran = run(&world, &desk, &format!("{WORDS} --json"), &[&late]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let story: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let course: Vec<_> = story["course"].as_array().unwrap().iter().collect();
    let what: Vec<_> = course.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(course.len(), 3);
    assert!(what[1].ends_with("NEWLY_NAMED"), "{what:?}");
    assert_eq!(story["events"], 3);
}

#[test]
fn an_interrupt_prints_the_summary_so_far() {
    let (world, desk) = world();
    put(&world, 30, "IN_PROGRESS", NEW, "in progress.");
    for (words, code) in [(WORDS, 3), ("timeline --follow --interval 20ms --cluster prod", 0)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-events"));
        command.args(words.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env_clear().envs(desk.variables.iter().map(|(name, value)| (name, value)));
        let reads = world.logs.calls_of(Operation::FilterLogEvents).len();
        let child = command.spawn().unwrap();
        world.logs.wait_for_calls(Operation::FilterLogEvents, reads + 2);
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let output = child.wait_with_output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{stdout}");
        assert!(stdout.contains("1 in progress") && stdout.contains("ONGOING"), "{stdout}");
    }
}

#[test]
fn a_log_group_that_appears_later_is_waited_for() {
    let (world, desk) = world();
    let deploy = || {
        put(&world, 1, "IN_PROGRESS", NEW, "in progress.");
        put(&world, 0, "COMPLETED", NEW, "completed.");
    };
    let ran = run(&world, &desk, WORDS, &[&deploy]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let missing = format!("there is no log group {GROUP} yet; waiting for it");
    assert_eq!(ran.stderr.matches(&missing).count(), 1, "{ran}");
    assert!(ran.stderr.contains(&format!("the log group {GROUP} exists now")), "{ran}");
}

#[test]
fn throttling_is_survived() {
    let (world, desk) = world();
    put(&world, 30, "IN_PROGRESS", NEW, "in progress.");
    // More than the SDK tries for one read.
    world.logs.inject(Fault::Throttle.on(Operation::FilterLogEvents).times(15).after(1));
    let end = || put(&world, 0, "COMPLETED", NEW, "completed.");
    let ran = run(&world, &desk, WORDS, &[&end]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stderr.contains("FilterLogEvents is throttled; trying again"), "{ran}");
}

#[test]
fn credentials_that_expire_are_looked_for_again_and_missed_in_a_sentence() {
    let (world, desk) = world();
    put(&world, 30, "IN_PROGRESS", NEW, "in progress.");
    let message = "The security token included in the request is expired";
    let expired = || Fault::Refused("ExpiredTokenException", message);
    world.logs.inject(expired().on(Operation::FilterLogEvents).times(1).after(1));
    let end = || put(&world, 0, "COMPLETED", NEW, "completed.");
    assert_eq!(run(&world, &desk, WORDS, &[&end]).code, Some(0));
    world.logs.inject(expired().on(Operation::FilterLogEvents).always());
    let ran = desk.run(WORDS);
    assert_eq!(ran.code, Some(4), "{ran}");
    let sentence = format!("cannot read {GROUP}: the AWS credentials have expired: sign in again");
    assert!(ran.stderr.contains(&sentence), "{ran}");
}

#[test]
fn a_group_that_must_not_be_read_is_exit_status_4() {
    let (world, desk) = world();
    world.logs.inject(Fault::AccessDenied.on(Operation::FilterLogEvents).always());
    let ran = desk.run(WORDS);
    assert_eq!(ran.code, Some(4), "{ran}");
    assert!(ran.stderr.contains("must allow logs:FilterLogEvents"), "{ran}");
    // The reason alone: nobody waits, and nobody knows what is in the group.
    assert_eq!((ran.stdout.as_str(), ran.stderr.lines().count()), ("", 1), "{ran}");
    let nobody = Desk::empty().run(WORDS);
    assert_eq!(nobody.code, Some(4), "{nobody}");
    assert!(nobody.stderr.contains("there is no AWS Region"), "{nobody}");
}

#[test]
fn an_event_that_cannot_be_read_is_a_warning() {
    let (world, desk) = world();
    world.logs.keep(GROUP, real_now_ms() - 1000, "no event");
    put(&world, 30, "IN_PROGRESS", NEW, "in progress.");
    let end = || put(&world, 0, "COMPLETED", NEW, "completed.");
    let ran = run(&world, &desk, WORDS, &[&end]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stderr.contains("warning: Forwarder.UnreadablePayload"), "{ran}");
}

#[test]
fn a_policy_that_drops_deployment_events_is_refused_at_start() {
    let (world, desk) = world();
    for (policy, dropped) in [
        ("--select problems", "deployments that begin and deployments that complete"),
        ("--event-names !SERVICE_DEPLOYMENT_COMPLETED", "deployments that complete"),
        ("--detail-types ECS_Task*", "deployments that fail"),
        ("--clusters staging", "deployments that complete"),
    ] {
        let ran = desk.run(&format!("{WORDS} {policy}"));
        assert_eq!(ran.code, Some(2), "{ran}");
        assert!(ran.stderr.contains(dropped), "{ran}");
        assert!(ran.stderr.contains("--until-settled would wait in vain"), "{ran}");
    }
    for words in [
        "timeline --until-settled --cluster prod",
        "timeline --follow --cluster prod events",
        "timeline --follow --cluster prod --timeout 3m",
        "timeline --follow --cluster prod --until 3m",
    ] {
        assert_eq!(desk.run(words).code, Some(2), "{words}");
    }
    assert_eq!(world.logs.calls_of(Operation::FilterLogEvents).len(), 0);
}
