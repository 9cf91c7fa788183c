//! Calls that fail in the network, or whose answer comes too late.

use std::time::Duration;

use insta::assert_snapshot;

use crate::harness::{Event, Harness, sqs};
use world::{Fault, Operation};

use Operation::PutLogEvents;

/// A short deadline. The function reserves half a second of it for its answer.
const SHORT: Duration = Duration::from_secs(2);

/// The transcript of a warm function whose next put meets this fault.
fn check(fault: Fault) -> String {
    let harness = Harness::warm();
    harness.world.logs.fail(PutLogEvents, fault);
    let story = harness.transcript(Event::task(1));
    assert_eq!(harness.log_lines(), "", "a fault that a retry mended writes no log line");
    format!("{story}, in all {:?}", harness.stored())
}

/// The answers and log of a warm function whose every put meets this fault until the deadline.
fn check_for_ever(fault: Fault) -> String {
    let harness = Harness::warm();
    harness.world.logs.inject(fault.on(PutLogEvents).always());
    let direct = harness.answer_within(SHORT, Event::task(1));
    let batch = harness.answer_within(SHORT, sqs(&[Event::task(2), Event::task(3)]));
    assert_eq!(harness.stored(), [0]);
    format!("{direct}\n{batch}\n{}", harness.log_lines())
}

#[test]
fn a_throttled_put_is_retried() {
    assert_snapshot!(check(Fault::Throttle), @r"
    PutLogEvents prod/task (1): ThrottlingException
    PutLogEvents prod/task (1): done
    = stored 1, in all [0, 1]
    ");
}

#[test]
fn a_put_that_meets_an_unavailable_service_is_retried() {
    assert_snapshot!(check(Fault::ServiceUnavailable), @r"
    PutLogEvents prod/task (1): ServiceUnavailableException
    PutLogEvents prod/task (1): done
    = stored 1, in all [0, 1]
    ");
}

#[test]
fn a_put_that_meets_an_internal_failure_is_retried() {
    assert_snapshot!(check(Fault::InternalFailure), @r"
    PutLogEvents prod/task (1): InternalFailure
    PutLogEvents prod/task (1): done
    = stored 1, in all [0, 1]
    ");
}

#[test]
fn a_put_that_meets_a_bad_gateway_is_retried() {
    assert_snapshot!(check(Fault::BadGateway), @r"
    PutLogEvents prod/task (1): BadGateway
    PutLogEvents prod/task (1): done
    = stored 1, in all [0, 1]
    ");
}

#[test]
fn a_connection_reset_before_storing_is_retried() {
    assert_snapshot!(check(Fault::ResetBefore), @r"
    PutLogEvents prod/task (1): no answer
    PutLogEvents prod/task (1): done
    = stored 1, in all [0, 1]
    ");
}

#[test]
fn a_connection_reset_after_storing_stores_twice_and_loses_nothing() {
    assert_snapshot!(check(Fault::ResetAfter), @r"
    PutLogEvents prod/task (1): done, unheard
    PutLogEvents prod/task (1): done
    = stored 1, in all [0, 1, 1]
    ");
}

#[test]
fn half_an_answer_stores_twice_and_loses_nothing() {
    assert_snapshot!(check(Fault::HalfAnswer), @r"
    PutLogEvents prod/task (1): done, unheard
    PutLogEvents prod/task (1): done
    = stored 1, in all [0, 1, 1]
    ");
}

#[test]
fn a_throttling_storm_fails_before_the_deadline() {
    assert_snapshot!(check_for_ever(Fault::Throttle), @"
    = Forwarder.DeadlineNear: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: ThrottlingException
    = failed: m2 m3
    WARN event failed: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: ThrottlingException [1]
    WARN event failed: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: ThrottlingException [2]
    ");
}

#[test]
fn a_service_that_is_down_fails_before_the_deadline() {
    assert_snapshot!(check_for_ever(Fault::BadGateway), @"
    = Forwarder.DeadlineNear: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: HTTP status 502
    = failed: m2 m3
    WARN event failed: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: HTTP status 502 [1]
    WARN event failed: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: HTTP status 502 [2]
    ");
}

#[test]
fn an_endpoint_that_hangs_fails_before_the_deadline() {
    assert_snapshot!(check_for_ever(Fault::Hang), @r"
    = Forwarder.DeadlineNear: the invocation ran out of time before CloudWatch Logs accepted the event
    = failed: m2 m3
    WARN event failed: the invocation ran out of time before CloudWatch Logs accepted the event [1]
    WARN event failed: the invocation ran out of time before CloudWatch Logs accepted the event [2]
    ");
}

#[test]
fn a_put_that_hangs_is_retried_after_five_seconds() {
    assert_snapshot!(check(Fault::Hang), @r"
    PutLogEvents prod/task (1): no answer
    PutLogEvents prod/task (1): done
    = stored 1, in all [0, 1]
    ");
}

#[test]
fn a_storm_that_outlasts_twelve_attempts_is_reported_with_its_cause() {
    let harness = Harness::warm();
    let faults = [
        ("busy", Fault::Throttle),
        ("broken", Fault::BadGateway),
        ("gone", Fault::ResetBefore),
        ("half", Fault::HalfAnswer),
    ];
    for (cluster, fault) in faults {
        let group = format!("/aws/events/ecs/containerinsights/{cluster}/performance");
        harness.world.logs.inject(fault.on(PutLogEvents).always().in_group(&group));
    }
    let clusters = (1..).zip(["busy", "broken", "gone", "half"]);
    let batch: Vec<Event> =
        clusters.map(|(number, name)| Event::task(number).in_cluster(name)).collect();
    let answer = harness.answer_within(Duration::from_secs(30), sqs(&batch));
    assert_eq!(answer, "= failed: m1 m2 m3 m4");
    let puts = harness.world.logs.calls_of(PutLogEvents);
    let of_storm = puts.iter().filter(|put| put.fault.is_some());
    assert_eq!(of_storm.count(), 4 * 12);
    assert_snapshot!(harness.log_lines(), @"
    WARN event failed: PutLogEvents failed: ThrottlingException [1]
    WARN event failed: PutLogEvents failed: HTTP status 502 [1]
    WARN event failed: PutLogEvents failed: the connection failed [1]
    WARN event failed: PutLogEvents failed: the answer is unreadable [1]
    ");
}

#[test]
fn a_storm_does_not_use_up_the_retries_of_the_environment() {
    let harness = Harness::warm();
    harness.world.logs.inject(Fault::InternalFailure.on(PutLogEvents).always());
    let event = |number| Event::task(number).in_cluster(&format!("storm-{number}"));
    let batch: Vec<Event> = (1..=8).map(event).collect();
    for _ in 0..2 {
        let answer = harness.answer_within(SHORT, sqs(&batch));
        assert_eq!(answer, "= failed: m1 m2 m3 m4 m5 m6 m7 m8");
    }
    harness.world.logs.heal();
    harness.world.logs.fail(PutLogEvents, Fault::InternalFailure);
    harness.calls();
    assert_snapshot!(harness.transcript(Event::task(9)), @r"
    PutLogEvents prod/task (1): InternalFailure
    PutLogEvents prod/task (1): done
    = stored 1
    ");
}

#[test]
fn near_the_deadline_only_the_events_of_a_slow_endpoint_fail() {
    let harness = Harness::new();
    let slow = "/aws/events/ecs/containerinsights/slow/performance";
    harness.world.logs.create_stream(slow, "task");
    let minute = Fault::Slow(Duration::from_mins(1));
    harness.world.logs.inject(minute.on(PutLogEvents).always().in_group(slow));
    let batch = [
        Event::task(1).in_cluster("slow"),
        Event::task(2),
        Event::task(3).in_cluster("slow"),
        Event::task(4).in_cluster("test"),
    ];
    assert_eq!(harness.answer_within(SHORT, sqs(&batch)), "= failed: m1 m3");
    assert_snapshot!(harness.log_lines(), @"WARN event failed: the invocation ran out of time before CloudWatch Logs accepted the event [2]");
}

#[test]
fn the_function_waits_for_a_slow_endpoint_that_answers_in_time() {
    assert_snapshot!(check(Fault::Slow(Duration::from_secs(1))), @r"
    PutLogEvents prod/task (1): done
    = stored 1, in all [0, 1]
    ");
}

#[test]
fn an_invocation_that_begins_with_no_time_left_is_still_answered() {
    let harness = Harness::warm();
    harness.world.logs.inject(Fault::Hang.on(PutLogEvents).always());
    let answer = harness.answer_within(Duration::from_millis(450), Event::task(1));
    assert_snapshot!(answer, @"= Forwarder.DeadlineNear: the invocation ran out of time before CloudWatch Logs accepted the event");
}

/// The answer of a function that cannot reach this endpoint within three seconds.
fn check_unreachable(endpoint: &str) -> String {
    let harness = Harness::with(&[("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint)]);
    harness.answer_within(Duration::from_secs(3), Event::task(1))
}

#[test]
fn a_name_that_does_not_resolve_is_named() {
    assert_snapshot!(check_unreachable("https://logs.invalid"), @"= Forwarder.DeadlineNear: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: the name logs.invalid does not resolve: check Region, endpoint and DNS");
}

#[test]
fn an_endpoint_that_refuses_connections_is_named() {
    assert_snapshot!(check_unreachable("http://127.0.0.1:9"), @"= Forwarder.DeadlineNear: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: 127.0.0.1:9 refuses connections");
}

/// The log lines of a function that cannot start with these variables.
fn check_start(variables: &[(&str, &str)]) -> String {
    let harness = Harness::with(variables);
    assert_eq!(harness.function.exit().code, Some(1));
    harness.log_lines()
}

#[test]
fn an_endpoint_that_is_not_a_url_is_an_error_at_start() {
    let check = |wrong| check_start(&[("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", wrong)]);
    let said = check("logs.eu-west-1.amazonaws.com");
    assert_eq!(
        said,
        "ERROR cannot start: AWS_ENDPOINT_URL_CLOUDWATCH_LOGS is not the URL of a server: \
         write https://HOST or http://HOST\n"
    );
    for wrong in ["ftp://logs.example", "https://", "a b"] {
        assert_eq!(check(wrong), said, "{wrong}");
    }
}

#[test]
fn fips_or_dual_stack_with_an_endpoint_is_an_error_at_start() {
    assert_snapshot!(check_start(&[("AWS_USE_FIPS_ENDPOINT", "true")]), @"ERROR cannot start: AWS_ENDPOINT_URL_CLOUDWATCH_LOGS cannot be combined with a FIPS endpoint: set only AWS_ENDPOINT_URL_CLOUDWATCH_LOGS, which can be the URL of the FIPS endpoint, or remove it");
    assert_snapshot!(check_start(&[("AWS_USE_DUALSTACK_ENDPOINT", "TRUE")]), @"ERROR cannot start: AWS_ENDPOINT_URL_CLOUDWATCH_LOGS cannot be combined with a dual-stack endpoint: set only AWS_ENDPOINT_URL_CLOUDWATCH_LOGS, which can be the URL of the dual-stack endpoint, or remove it");
}

#[test]
fn fips_and_dual_stack_are_true_or_false_and_nothing_else() {
    assert_snapshot!(check_start(&[("AWS_USE_FIPS_ENDPOINT", "1")]), @"ERROR cannot start: AWS_USE_FIPS_ENDPOINT is 1: set it to true or false");
    assert_snapshot!(check_start(&[("AWS_USE_DUALSTACK_ENDPOINT", "yes")]), @"ERROR cannot start: AWS_USE_DUALSTACK_ENDPOINT is yes: set it to true or false");
    let harness = Harness::with(&[("AWS_USE_FIPS_ENDPOINT", "False")]);
    assert_snapshot!(harness.answer_within(SHORT, Event::task(1)), @"= stored 1");
}
