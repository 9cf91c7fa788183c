//! Every sample event and every fixture through the real function.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use insta::assert_snapshot;

use crate::harness::Harness;
use world::{Clock, event, fixture};

const PATIENCE: Duration = Duration::from_secs(20);

/// The answer for each file of a folder, and the places where its events are stored.
fn check_folder(folder: &str, read: fn(&str) -> Vec<u8>) -> String {
    let harness = Harness::new();
    harness.world.logs.set_clock(Clock::Timeless);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(path).expect("the folder is there");
    let mut names: Vec<String> = files
        .map(|file| file.expect("a file"))
        .filter(|file| file.path().is_file())
        .map(|file| file.file_name().into_string().expect("a name"))
        .filter(|name| name != "README.md")
        .collect();
    names.sort_unstable();
    let mut told = 0;
    let mut story = String::new();
    for name in names {
        let answer = harness.answer_within(PATIENCE, read(&name));
        let short: String = answer.split(": the ").take(1).collect();
        write!(story, "{name} {short}").expect("a text");
        let stored = harness.world.logs.ever_stored();
        let mut places = Vec::new();
        for event in stored.iter().skip(told) {
            let group = event.group.replace("/aws/events/ecs/containerinsights/", "");
            places.push(format!(", {}/{}", group.replace("/performance", ""), event.stream));
            assert!(!event.message.contains("not-a-real-secret"), "{name} stores a secret");
        }
        told = stored.len();
        places.sort_unstable();
        story.push_str(&places.concat());
        story.push('\n');
    }
    assert!(!harness.log_lines().contains("not-a-real-secret"), "a secret is told");
    story
}

#[test]
fn every_sample_event_ends_as_reviewed() {
    assert_snapshot!(check_folder("events", event), @r"
    cloudtrail-register-task-definition.json = dropped 1
    cloudtrail-run-task-failed.json = dropped 1
    cloudtrail-service-event.json = dropped 1
    cloudtrail-update-service-denied.json = dropped 1
    cloudtrail-update-service.json = dropped 1
    container-instance-agent-update-failed.json = stored 1, staging/container-instance
    container-instance-disconnected.json = stored 1, prod/container-instance
    container-instance-draining.json = stored 1, prod/container-instance
    container-instance-health-unknown.json = stored 1, prod/container-instance-health
    container-instance-impaired.json = stored 1, prod/container-instance-health
    container-instance-recovered.json = stored 1, prod/container-instance-health
    container-instance-registered.json = stored 1, prod/container-instance
    container-instance-registration-failed.json = stored 1, staging/container-instance
    daemon-deployment-pending.json = stored 1, prod/daemon-deployment
    daemon-deployment-rollback-failed.json = stored 1, prod/daemon-deployment
    daemon-task-not-created.json = stored 1, prod/daemon-service-action
    daemon-task-start-impaired.json = stored 1, prod/daemon-service-action
    deployment-completed.json = stored 1, prod/deployment
    deployment-failed.json = stored 1, staging/deployment
    deployment-in-progress.json = stored 1, prod/deployment
    deployment-of-unknown-cluster.json = stored 1, _unresolved/deployment
    hook-awaiting-action.json = stored 1, prod/hook
    on-failure-record.json = stored 1, prod/task
    service-empty-resources.json = stored 1, staging/service-action
    service-old-arn.json = stored 1, staging/service-action
    service-placement-failure-on-fargate-spot.json = stored 1, prod/service-action
    service-placement-failure.json = stored 1, prod/service-action
    service-start-impaired.json = stored 1, staging/service-action
    service-steady-state-replayed.json = stored 1, prod/service-action
    service-steady-state.json = stored 1, prod/service-action
    sqs-batch.json = all done, prod/deployment, prod/task, staging/service-action
    task-activating.json = stored 1, prod/task
    task-deactivating.json = stored 1, prod/task
    task-deprovisioning.json = stored 1, prod/task
    task-exited-with-error.json = stored 1, staging/task
    task-exited-with-zero.json = stored 1, staging/task
    task-failed-container-health-checks.json = stored 1, prod/task
    task-failed-elb-health-checks.json = stored 1, prod/task
    task-five-containers.json = stored 1, prod/task
    task-host-terminated.json = stored 1, prod/task
    task-image-pull-failed.json = stored 1, staging/task
    task-in-china.json = stored 1, prod/task
    task-job-ended-sidecar-killed.json = stored 1, staging/task
    task-numbers-as-spelled.json = stored 1, prod/task
    task-old-arns.json = stored 1, prod/task
    task-on-draining-instance.json = stored 1, prod/task
    task-on-ec2.json = stored 1, prod/task
    task-on-managed-instances.json = stored 1, staging/task
    task-out-of-memory.json = stored 1, prod/task
    task-pending.json = stored 1, prod/task
    task-provisioning.json = stored 1, prod/task
    task-rebalanced.json = stored 1, prod/task
    task-run-with-overrides.json = stored 1, prod/task
    task-running.json = stored 1, prod/task
    task-scaled-in-with-exit-code.json = stored 1, prod/task
    task-scaled-in-with-sidecar-not-pulled.json = stored 1, prod/task
    task-secret-missing.json = stored 1, staging/task
    task-sidecar-exited-with-error.json = stored 1, prod/task
    task-spot-interrupted.json = stored 1, prod/task
    task-spot-notice-without-stop-code.json = stored 1, prod/task
    task-stopped-by-user.json = stored 1, staging/task
    task-stopped.json = stored 1, prod/task
    task-stopping.json = stored 1, prod/task
    task-timestamps-of-every-precision.json = stored 1, prod/task
    task-unicode-and-control-characters.json = stored 1, prod/task
    task-volume-not-attached.json = stored 1, staging/task
    task-without-exit-code.json = stored 1, staging/task
    unknown-kind.json = stored 1, prod/other
    ");
}

#[test]
fn every_fixture_ends_as_reviewed() {
    assert_snapshot!(check_folder("tests/fixtures", fixture), @r"
    array.json = Forwarder.UnknownPayload
    broken.json = Forwarder.UnreadablePayload
    detail-is-a-string.json = stored 1, prod/service-action
    empty-object.json = Forwarder.UnknownPayload
    empty-records.json = Forwarder.UnknownPayload
    foreign-source.json = Forwarder.ForeignSource
    hostile-cluster-dots.json = stored 1, _unresolved/service-action
    hostile-cluster-long.json = stored 1, _unresolved/service-action
    hostile-cluster-parent.json = stored 1, _unresolved/service-action
    hostile-cluster-unicode.json = stored 1, _unresolved/service-action
    no-detail.json = stored 1, prod/service-action
    no-time.json = stored 1, prod/service-action
    not-json.txt = Forwarder.UnreadablePayload
    nulls.json = stored 1, prod/task
    number.json = Forwarder.UnknownPayload
    on-failure-of-broken.json = Forwarder.UnknownPayload
    own-source.json = Forwarder.ForeignSource
    s3.json = Forwarder.UnknownPayload
    sns.json = Forwarder.UnknownPayload
    sqs-mixed.json = failed: 2e69f82c-d35c-c13b-61e2-c9c73ae30294, prod/service-action, prod/service-action
    sqs-one-foreign.json = failed: fd03055a-9559-b66f-1277-418bb110fa86, prod/service-action, prod/service-action
    sqs-one-unreadable.json = failed: ee9e7305-25ed-bcad-ae3b-49d199fc67f3, prod/service-action, prod/service-action
    ");
}
