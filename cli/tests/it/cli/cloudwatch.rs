//! `ecs-events forward --to cloudwatch`, into the strict CloudWatch Logs of the world.

use super::{Desk, THREE};
use world::{Clock, Fault, Operation, World};

const GROUP: &str = "/aws/events/ecs/containerinsights/prod/performance";

/// The files' times stand still.
fn timeless() -> World {
    let world = World::new();
    world.logs.set_clock(Clock::Timeless);
    world
}

fn desk(world: &World) -> Desk {
    let variables = world.aws_environment();
    let desk = Desk::with(&THREE).set("AWS_EC2_METADATA_DISABLED", "true");
    variables.iter().fold(desk, |desk, (name, value)| desk.set(name, value))
}

#[test]
fn log_groups_are_made_and_events_stored() {
    let world = timeless();
    insta::assert_snapshot!(desk(&world).run("forward events --to cloudwatch"), @"
    EVENTS  BYTES IN  BYTES OUT  STORED IN
         2     3,735      2,571  /aws/events/ecs/containerinsights/
         1       489        541    _unresolved/performance
         1       489        541      deployment
         1     3,246      2,030    prod/performance
         1     3,246      2,030      task

    TOTAL       EVENTS  BYTES
    received         3  5,356
    stored           2  2,571  68 % of their original 3,735
    dropped          1         detailType 1
    duplicates       0
    failed           0
    --- exit 0 ---
    ");
    let stored = world.logs.stored(GROUP, "task");
    let folder = Desk::with(&THREE);
    folder.run("forward events");
    let file = folder.path(&format!("out{GROUP}/task.jsonl"));
    assert_eq!(stored.len(), 1);
    assert_eq!(format!("{}\n", stored[0].1), std::fs::read_to_string(file).unwrap());
}

#[test]
fn a_refused_request_fails_and_is_reported_once() {
    let world = timeless();
    world.logs.fail(Operation::PutLogEvents, Fault::AccessDenied);
    let ran = desk(&world).run("forward events --to cloudwatch --clusters prod");
    insta::assert_snapshot!(ran, @"
    TOTAL       EVENTS  BYTES
    received         3  5,356
    stored           0      0
    dropped          2         detailType 1, cluster 1
    duplicates       0
    failed           1         Forwarder.AccessDenied 1
    --- stderr ---
    error: 1 event failed, first events/task-out-of-memory.json:1: Forwarder.AccessDenied: your credentials must allow logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:task
    --- exit 1 ---
    ");
}

#[test]
fn a_group_without_retention_is_a_warning() {
    let world = timeless();
    world.logs.fail(Operation::PutRetentionPolicy, Fault::AccessDenied);
    let ran = desk(&world).run("forward events --to cloudwatch --clusters prod");
    insta::assert_snapshot!(ran.stderr, @r#" WARN the new log group has no retention: your credentials must allow logs:PutRetentionPolicy on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream: log_group="/aws/events/ecs/containerinsights/prod/performance" retention_days=7"#);
    assert_eq!(ran.code, Some(0));
    let world = timeless();
    world.logs.fail(Operation::PutRetentionPolicy, Fault::AccessDenied);
    let quiet = desk(&world).run("forward -q events --to cloudwatch --clusters prod");
    assert_eq!(format!("{quiet}"), "--- exit 0 ---");
}

#[test]
fn there_must_be_a_region_and_credentials() {
    let nobody = || Desk::with(&THREE).set("AWS_EC2_METADATA_DISABLED", "true");
    insta::assert_snapshot!(nobody().run("forward events --to cloudwatch"), @"
    --- stderr ---
    error: there is no AWS Region: set AWS_REGION, or region in the profile
    --- exit 2 ---
    ");
    let anonymous = nobody().set("AWS_REGION", "eu-west-1");
    insta::assert_snapshot!(anonymous.run("forward events --to cloudwatch"), @"
    --- stderr ---
    error: there are no AWS credentials: set AWS_PROFILE, or sign in as for the AWS CLI
    --- exit 2 ---
    ");
}
