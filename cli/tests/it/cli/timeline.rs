//! `ecs-events timeline`.

use super::{Desk, compact};

fn desk() -> Desk {
    Desk::with(&[
        "task-out-of-memory",
        "task-image-pull-failed",
        "task-running",
        "service-steady-state",
        "deployment-completed",
        "deployment-of-unknown-cluster",
        "container-instance-draining",
        "container-instance-impaired",
        "cloudtrail-update-service",
    ])
}

#[test]
fn the_story_is_told_in_order() {
    insta::assert_snapshot!(desk().run("timeline events"), @"
    TIME                        AFTER  TYPE   WHAT HAPPENED
    2026-11-16 07:59:50                INFO   prod/web: UpdateService
                                                7b6fffa6-2c36-87b7-fcd8-17fb941b9130
    2026-11-16 08:00:40       +50.8 s  INFO   prod/web: task ef23bb5ea280216ceec6a566d219cc0e RUNNING
                                                9ac78eaa-4364-65ee-5dd8-2fada5674995 · pulled in 5.4 s · started in 36.5 s
    2026-11-16 08:03:20   +2 min 39 s  INFO   prod/web: SERVICE_DEPLOYMENT_COMPLETED of ecs-svc/3014614313470278483
                                                e0d78bc1-5baa-6dac-1ce6-72faaeb55a40 · ECS deployment ecs-svc/3014614313470278483 completed.
    2026-11-17 10:30:00      +1 d 2 h  INFO   legacy: SERVICE_DEPLOYMENT_IN_PROGRESS of ecs-svc/8614709831422249057
                                                1fbe847c-c59d-0778-31b6-08625f1ca6b3 · ECS deployment ecs-svc/8614709831422249057 in progress.
    2026-11-17 11:43:30   +1 h 13 min  ERROR  staging/worker: task 08fd7ce5a5255525d90b70da34864237 STOPPED
                                                c7c632bc-76bc-eee4-a461-ce3fd51e858b · pulled in 1 min 1 s · stopped in 24.0 s · image_pull · CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref 111122223333.dkr.ecr.eu-west-1.amazonaws.com/worker:rc-65: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/worker:rc-65: not found · worker: CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref 111122223333.dkr.ecr.eu-west-1.amazonaws.com/worker:rc-65: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/worker:rc-65: not found
    2026-11-17 18:00:41   +6 h 17 min  INFO   prod/web: SERVICE_STEADY_STATE
                                                35e9a2e5-c141-d512-1038-32ac6a29f0df
    2026-11-18 09:15:03  +15 h 14 min  ERROR  prod/web: task 44a3a78aece970d48b4a6360841fc91c STOPPED
                                                2e2e556b-07c3-9ec0-8576-a344f86a755a · pulled in 4.2 s · started in 9.1 s · ran for 1 d 0 h · stopped in 31.0 s · out_of_memory · Essential container in task exited · web exit 137 · web: OutOfMemoryError: Container killed due to memory usage
    2026-11-18 21:40:02  +12 h 24 min  INFO   prod: container instance i-0b6d9f48429ea51a9 DRAINING
                                                e7dc690f-619e-e858-32c0-545663e6fc3e
    2026-11-19 03:48:12    +6 h 8 min  ERROR  prod: container instance a7d27b46b8c164a48bbac7ded79c8f0c IMPAIRED
                                                872ad4a0-4b10-bd8e-2dd3-d701708ed65a

    9 events in 2 d 19 h
    --- exit 0 ---
    ");
}

#[test]
fn it_can_be_of_a_service_a_task_a_deployment_or_a_cluster() {
    let ids = |words: &[&str]| {
        let ran = desk().run_with(words, "");
        assert_eq!(ran.code, Some(0), "{ran}");
        ran.stdout.lines().filter(|line| line.starts_with("20")).count()
    };
    assert_eq!(ids(&["timeline", "events"]), 9);
    let task = "44a3a78aece970d48b4a6360841fc91c";
    let arn = format!("arn:aws:ecs:us-east-1:123456789012:task/prod/{task}");
    for (option, value, expected) in [
        ("--task", task, 1),
        ("--task", arn.as_str(), 1),
        ("--task", "44a3a78a", 0),
        ("--service", "legacy", 1),
        ("--service", "leg*", 1),
        ("--cluster", "nowhere", 0),
        ("--deployment", "ecs-svc/936192930328547994", 0),
    ] {
        assert_eq!(ids(&["timeline", "events", option, value]), expected, "{option} {value}");
    }
    assert!(ids(&["timeline", "events", "--deployment", "ecs-svc/9361929303285479948"]) >= 1);
}

#[test]
fn an_event_that_comes_twice_is_told_once() {
    let desk = Desk::empty();
    let event = compact("task-out-of-memory");
    desk.put("twice.jsonl", format!("{event}\n{event}\n"));
    let ran = desk.run("timeline twice.jsonl");
    assert!(ran.stdout.ends_with("1 event in 0.0 s\n"), "{ran}");
}

#[test]
fn what_cannot_be_read_is_told_and_does_not_stop_the_rest() {
    let desk = Desk::with(&["service-steady-state"]);
    desk.put("events/z.json", "{");
    insta::assert_snapshot!(desk.run("timeline events"), @"
    TIME                 AFTER  TYPE  WHAT HAPPENED
    2026-11-17 18:00:41         INFO  prod/web: SERVICE_STEADY_STATE
                                        35e9a2e5-c141-d512-1038-32ac6a29f0df

    1 event in 0.0 s
    --- stderr ---
    error: events/z.json:1: Forwarder.UnreadablePayload: the payload is not JSON: byte 1 cannot stand there
    --- exit 1 ---
    ");
    insta::assert_snapshot!(Desk::empty().run_with(&["timeline", "-"], ""), @"
    --- stderr ---
    no event is part of that story
    --- exit 0 ---
    ");
    assert_eq!(Desk::empty().run("timeline").code, Some(2));
}
