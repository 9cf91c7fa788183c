//! Calls that fail for lack of a permission or a key. They are reported at once and not retried.

use std::time::Duration;

use insta::assert_snapshot;

use crate::harness::{Event, Harness, sqs};
use world::{Fault, Operation};

const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// The transcript and log of a cold function whose every call of the operation meets this fault.
fn check(operation: Operation, fault: Fault) -> String {
    let harness = Harness::with(&[("FORWARDER_KMS_KEY_ARN", KEY)]);
    harness.world.logs.inject(fault.on(operation).always());
    let story = harness.transcript(Event::task(1));
    assert!(harness.stored().is_empty());
    format!("{story}\n{}", harness.log_lines())
}

#[test]
fn put_log_events_denied_names_the_action_and_the_arn() {
    assert_snapshot!(check(Operation::PutLogEvents, Fault::AccessDenied), @r"
    PutLogEvents prod/task (1): AccessDeniedException
    = Forwarder.AccessDenied: the function's role must allow logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:task
    WARN event failed: the function's role must allow logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:task [1]
    ");
}

#[test]
fn create_log_stream_denied_names_the_action_and_the_arn() {
    assert_snapshot!(check(Operation::CreateLogStream, Fault::AccessDenied), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: AccessDeniedException
    = Forwarder.AccessDenied: the function's role must allow logs:CreateLogStream on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:task
    WARN event failed: the function's role must allow logs:CreateLogStream on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:task [1]
    ");
}

#[test]
fn create_log_group_denied_names_the_action_and_the_arn() {
    assert_snapshot!(check(Operation::CreateLogGroup, Fault::AccessDenied), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: AccessDeniedException
    = Forwarder.AccessDenied: the function's role must allow logs:CreateLogGroup on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:
    WARN event failed: the function's role must allow logs:CreateLogGroup on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream: [1]
    ");
}

#[test]
fn tagging_denied_names_the_action_and_the_arn() {
    assert_snapshot!(check(Operation::CreateLogGroup, Fault::AccessDeniedTo("logs:TagResource")), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: AccessDeniedException
    = Forwarder.AccessDenied: the function's role must allow logs:TagResource on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:
    WARN event failed: the function's role must allow logs:TagResource on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream: [1]
    ");
}

#[test]
fn a_missing_permission_for_tags_is_named() {
    let said = "User with accountId: 123456789012 is not authorized to perform CreateLogGroup with \
                Tags. An additional permission \"logs:TagResource\" is required.";
    let fault = Fault::Refused("AccessDeniedException", said);
    assert_snapshot!(check(Operation::CreateLogGroup, fault), @"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: AccessDeniedException
    = Forwarder.AccessDenied: the function's role must allow logs:TagResource on arn:*:logs:eu-west-1:*:log-group:/aws/events/ecs/containerinsights/prod/performance:*
    WARN event failed: the function's role must allow logs:TagResource on arn:*:logs:eu-west-1:*:log-group:/aws/events/ecs/containerinsights/prod/performance:* [1]
    ");
}

#[test]
fn the_policy_that_denies_a_call_whatever_the_role_allows_is_named() {
    let check = |why: &'static str| {
        let fault = Fault::Refused("AccessDeniedException", why);
        check(Operation::PutLogEvents, fault).lines().nth(1).unwrap_or_default().to_owned()
    };
    assert_snapshot!(check(
        "User: arn:aws:sts::123456789012:assumed-role/f/f is not authorized to perform: \
         logs:PutLogEvents on resource: arn:aws:logs:eu-west-1:123456789012:log-group:x with an \
         explicit deny in a service control policy"
    ), @"= Forwarder.AccessDenied: a service control policy explicitly denies logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:x: change that policy, because the function's role cannot override it");
    assert_snapshot!(check(
        "User: arn:aws:sts::123456789012:assumed-role/f/f is not authorized to perform: \
         logs:PutLogEvents on resource: arn:aws:logs:eu-west-1:123456789012:log-group:x because no \
         permissions boundary allows the logs:PutLogEvents action"
    ), @"= Forwarder.AccessDenied: a permissions boundary does not allow logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:x: change that policy, because the function's role cannot override it");
    assert_snapshot!(check(
        "User: arn:aws:sts::123456789012:assumed-role/f/f is not authorized to perform: \
         logs:PutLogEvents on resource: arn:aws:logs:eu-west-1:123456789012:log-group:x with an \
         explicit deny in an identity-based policy"
    ), @"= Forwarder.AccessDenied: a policy of the role explicitly denies logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:x: change that policy, because the function's role cannot override it");
    assert_snapshot!(check(
        "User: arn:aws:sts::123456789012:assumed-role/f/f is not authorized to perform: \
         logs:PutLogEvents on resource: arn:aws:logs:eu-west-1:123456789012:log-group:x because no \
         identity-based policy allows the logs:PutLogEvents action"
    ), @"= Forwarder.AccessDenied: the function's role must allow logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:x");
}

#[test]
fn the_services_message_about_a_group_a_tag_or_a_key_is_shown() {
    let said = "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy \
                constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+";
    let fault = || Fault::Refused("ValidationException", said);
    assert_snapshot!(check(Operation::CreateLogGroup, fault()), @r#"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: ValidationException
    = Forwarder.Undelivered: CreateLogGroup failed: ValidationException: 1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+
    WARN event failed: CreateLogGroup failed: ValidationException: 1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+ [1]
    "#);
    assert_snapshot!(check(Operation::PutLogEvents, fault()), @r#"
    PutLogEvents prod/task (1): ValidationException
    = Forwarder.Undelivered: PutLogEvents failed: ValidationException: 1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+
    WARN event failed: PutLogEvents failed: ValidationException: 1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+ [1]
    "#);
    let said = "1 validation error detected: Value '[InputLogEvent(message=planted-secret)]' at \
                'logEvents' failed to satisfy constraint, at 'logGroupName'";
    let fault = Fault::Refused("ValidationException", said);
    assert_snapshot!(check(Operation::PutLogEvents, fault), @"
    PutLogEvents prod/task (1): ValidationException
    = Forwarder.Undelivered: PutLogEvents failed: ValidationException
    WARN event failed: PutLogEvents failed: ValidationException [1]
    ");
}

#[test]
fn a_denial_without_names_is_reported_with_the_call_and_its_log_group() {
    assert_snapshot!(check(Operation::PutLogEvents, Fault::AccessDeniedTersely), @r"
    PutLogEvents prod/task (1): AccessDeniedException
    = Forwarder.AccessDenied: the function's role must allow logs:PutLogEvents on arn:*:logs:eu-west-1:*:log-group:/aws/events/ecs/containerinsights/prod/performance:*
    WARN event failed: the function's role must allow logs:PutLogEvents on arn:*:logs:eu-west-1:*:log-group:/aws/events/ecs/containerinsights/prod/performance:* [1]
    ");
}

#[test]
fn an_invalid_group_name_fails_without_a_search() {
    let harness = Harness::new();
    harness.world.logs.inject(Fault::InvalidParameter.on(Operation::CreateLogGroup).always());
    assert_snapshot!(harness.transcript(sqs(&[Event::task(1), Event::task(2)])), @"
    PutLogEvents prod/task (2): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: InvalidParameterException
    = failed: m1 m2
    ");
    assert_snapshot!(harness.log_lines(), @"WARN event failed: CreateLogGroup failed: InvalidParameterException: 1 validation error detected: Value '[]' failed to satisfy constraint [2]");
}

#[test]
fn put_retention_policy_denied_names_the_action_and_the_arn_and_stores_the_event() {
    let harness = Harness::new();
    harness.world.logs.inject(Fault::AccessDenied.on(Operation::PutRetentionPolicy).always());
    assert_snapshot!(harness.transcript(Event::task(1)), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: done
    PutRetentionPolicy prod: AccessDeniedException
    CreateLogStream prod/task: done
    PutLogEvents prod/task (1): done
    = stored 1
    ");
    assert_eq!(harness.stored(), [1]);
    assert_snapshot!(harness.log_lines(), @"WARN the new log group has no retention: the function's role must allow logs:PutRetentionPolicy on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:");
}

#[test]
fn a_denied_batch_fails_as_a_whole_and_spares_another_group() {
    let harness = Harness::new();
    let group = "/aws/events/ecs/containerinsights/prod/performance";
    harness
        .world
        .logs
        .inject(Fault::AccessDenied.on(Operation::PutLogEvents).always().in_group(group));
    let batch = sqs(&[Event::task(1), Event::task(2).in_cluster("test"), Event::task(3)]);
    let answer = harness.answer_within(Duration::from_secs(20), batch);
    assert_eq!(answer, "= failed: m1 m3");
    assert_eq!(harness.stored(), [2]);
    assert_snapshot!(harness.log_lines(), @"WARN event failed: the function's role must allow logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:task [2]");
}

#[test]
fn a_key_that_does_not_exist_is_named_as_the_cause() {
    assert_snapshot!(check(Operation::CreateLogGroup, Fault::KmsKeyInvalid), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: InvalidParameterException
    = Forwarder.Undelivered: CreateLogGroup failed: the KMS key of the log group does not exist, is disabled, or does not let CloudWatch Logs use it
    WARN event failed: CreateLogGroup failed: the KMS key of the log group does not exist, is disabled, or does not let CloudWatch Logs use it [1]
    ");
}

#[test]
fn a_key_that_refuses_its_use_is_named_as_the_cause() {
    assert_snapshot!(check(Operation::CreateLogGroup, Fault::KmsKeyRefused), @r"
    PutLogEvents prod/task (1): ResourceNotFoundException
    CreateLogStream prod/task: ResourceNotFoundException
    CreateLogGroup prod: AccessDeniedException
    = Forwarder.Undelivered: CreateLogGroup failed: the KMS key of the log group does not exist, is disabled, or does not let CloudWatch Logs use it
    WARN event failed: CreateLogGroup failed: the KMS key of the log group does not exist, is disabled, or does not let CloudWatch Logs use it [1]
    ");
}

#[test]
fn a_key_that_was_disabled_later_starts_no_search_for_invalid_events() {
    let harness = Harness::warm();
    harness.world.logs.inject(Fault::KmsKeyInvalid.on(Operation::PutLogEvents).always());
    let batch: Vec<Event> = (1..=4).map(Event::task).collect();
    assert_snapshot!(harness.transcript(sqs(&batch)), @r"
    PutLogEvents prod/task (4): InvalidParameterException
    = failed: m1 m2 m3 m4
    ");
    assert_eq!(harness.stored(), [0]);
    assert_snapshot!(harness.log_lines(), @"WARN event failed: PutLogEvents failed: the KMS key of the log group does not exist, is disabled, or does not let CloudWatch Logs use it [4]");
}
