//! Each fault does what it says: to the store, to the answer, to the record of the call.

use std::io::ErrorKind;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{GROUP, STREAM, call, check, messages, put, send, timeless};
use crate::Operation::{CreateLogGroup, CreateLogStream, PutLogEvents, PutRetentionPolicy};
use crate::client::Client;
use crate::{Fault, Gate, Outcome, Rejected, World};

/// What the client of a put sees, whether the event was stored, and whether its answer was lost.
fn check_put(fault: Fault) -> (String, bool, bool) {
    let world = timeless();
    let name = fault.name();
    world.logs.fail(PutLogEvents, fault);
    let seen = match send(&world.logs, &[(1, "first")]) {
        Ok(reply) if reply.status == 200 => "200".to_owned(),
        Ok(reply) => format!("{} {}", reply.status, reply.error().0),
        Err(error) => format!("{:?}", error.kind()),
    };
    let first = call(&world.logs, 0);
    assert_eq!(first.fault, Some(name));
    let was_stored = !world.logs.ever_stored().is_empty();
    assert_eq!(first.outcome == Outcome::Done, was_stored, "{first:?}");
    world.logs.create_stream(GROUP, STREAM);
    let next = send(&world.logs, &[(1, "next")]).expect("one call is struck and no other");
    assert_eq!(next.status, 200);
    assert_eq!(world.logs.faults_injected().into_iter().collect::<Vec<_>>(), [(name, 1)]);
    (seen, was_stored, first.is_answer_lost)
}

#[test]
fn errors_are_answered_and_store_nothing() {
    let errors = [
        (Fault::Throttle, "400 ThrottlingException"),
        (Fault::ServiceUnavailable, "503 ServiceUnavailableException"),
        (Fault::InternalFailure, "500 InternalFailure"),
        (Fault::BadGateway, "502 "),
        (Fault::AccessDenied, "400 AccessDeniedException"),
        (Fault::AccessDeniedTo("logs:TagResource"), "400 AccessDeniedException"),
        (Fault::OperationAborted, "400 OperationAbortedException"),
        (Fault::LimitExceeded, "400 LimitExceededException"),
        (Fault::InvalidParameter, "400 InvalidParameterException"),
        (Fault::KmsKeyInvalid, "400 InvalidParameterException"),
        (Fault::KmsKeyRefused, "400 AccessDeniedException"),
        (Fault::GroupNotFound, "400 ResourceNotFoundException"),
        (Fault::StreamNotFound, "400 ResourceNotFoundException"),
        (Fault::DeleteGroupBefore, "400 ResourceNotFoundException"),
    ];
    for (fault, seen) in errors {
        assert_eq!(check_put(fault), (seen.to_owned(), false, false));
    }
}

#[test]
fn lost_connections_and_lost_answers() {
    let reset = if cfg!(target_os = "linux") { "ConnectionReset" } else { "UnexpectedEof" };
    assert_eq!(check_put(Fault::ResetBefore), (reset.to_owned(), false, false));
    assert_eq!(check_put(Fault::ResetAfter), (reset.to_owned(), true, true));
    assert_eq!(check_put(Fault::HalfAnswer), ("UnexpectedEof".to_owned(), true, true));
}

#[test]
fn events_that_are_stored_and_gone() {
    assert_eq!(check_put(Fault::DeleteGroupAfter), ("200".to_owned(), true, false));
    let world = timeless();
    world.logs.fail(PutLogEvents, Fault::DeleteGroupAfter);
    send(&world.logs, &[(1, "a")]).expect("an answer");
    assert!(world.logs.group(GROUP).is_none() && messages(&world.logs).is_empty());
}

#[test]
fn a_slow_answer_comes_when_it_said() {
    let started = Instant::now();
    let delay = Duration::from_millis(50);
    assert_eq!(check_put(Fault::Slow(delay)), ("200".to_owned(), true, false));
    assert!(started.elapsed() >= delay);
}

#[test]
fn a_slow_answer_is_lost_when_the_client_leaves() {
    let world = timeless();
    world.logs.fail(PutLogEvents, Fault::Slow(Duration::from_mins(1)));
    let mut client = Client::of(&world.logs);
    client.set_patience(Duration::from_millis(20));
    client.call(PutLogEvents, &put(&[(1, "a")])).expect_err("no answer yet");
    drop(client);
    world.logs.wait_until(|calls| calls.iter().any(|call| call.is_answer_lost));
    assert_eq!(messages(&world.logs), ["a"]);
}

#[test]
fn a_hanging_call_never_answers_and_stores_nothing() {
    let world = timeless();
    world.logs.fail(PutLogEvents, Fault::Hang);
    let mut client = Client::of(&world.logs);
    client.set_patience(Duration::from_millis(50));
    let error = client.call(PutLogEvents, &put(&[(1, "a")])).expect_err("no answer");
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
    assert_eq!(call(&world.logs, 0).outcome, Outcome::Ignored);
    assert!(messages(&world.logs).is_empty());
}

#[test]
fn a_forced_rejection_stores_the_events_between_the_indexes() {
    let world = timeless();
    let rejected = Rejected { too_new_start: Some(3), too_old_end: Some(1), expired_end: Some(2) };
    world.logs.fail(PutLogEvents, Fault::Reject(rejected));
    let reply = send(&world.logs, &[(1, "a"), (1, "b"), (1, "c"), (1, "d")]).expect("an answer");
    let expected = json!({
        "tooNewLogEventStartIndex": 3, "tooOldLogEventEndIndex": 1, "expiredLogEventEndIndex": 2
    });
    assert_eq!((reply.status, &reply.json()["rejectedLogEventsInfo"]), (200, &expected));
    assert_eq!(messages(&world.logs), ["c"]);
    assert_eq!(call(&world.logs, 0).rejected, 3);
}

#[test]
fn a_poison_event_spoils_every_batch_that_it_is_in_and_no_other() {
    let world = timeless();
    world.logs.poison("arsenic");
    let refused = "InvalidParameterException: 1 validation error detected: Value \
        '[InputLogEvent(timestamp=1, message=bread), InputLogEvent(timestamp=1, message=old \
        arsenic)]' failed to satisfy constraint";
    for _ in 0..3 {
        let batch = put(&[(1, "bread"), (1, "old arsenic")]);
        assert_eq!(check(&world.logs, PutLogEvents, &batch), refused);
    }
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, "bread")])), "done");
    world.logs.heal();
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, "arsenic")])), "done");
}

#[test]
fn a_rule_says_which_calls_it_strikes() {
    let world = timeless();
    world.logs.create_stream("/other", STREAM);
    let rule = Fault::Throttle.on(PutLogEvents).in_group("/other").after(1).times(2);
    world.logs.inject(rule);
    world.logs.inject(Fault::InternalFailure.on(CreateLogGroup).always());
    let mut elsewhere = put(&[(1, "a")]);
    elsewhere["logGroupName"] = json!("/other");
    let mut statuses = Vec::new();
    for input in [&elsewhere, &put(&[(1, "a")]), &elsewhere, &elsewhere, &elsewhere] {
        statuses.push(Client::of(&world.logs).call(PutLogEvents, input).expect("an answer").status);
    }
    assert_eq!(statuses, [200, 200, 400, 400, 200]);
    for name in ["/a", "/b", "/c"] {
        let input = json!({"logGroupName": name});
        let reply = Client::of(&world.logs).call(CreateLogGroup, &input).expect("an answer");
        assert_eq!(reply.status, 500);
    }
}

#[test]
fn somebody_else_can_make_it_first() {
    let world = World::new();
    world.logs.fail(CreateLogGroup, Fault::MadeByAnother);
    world.logs.fail(CreateLogStream, Fault::MadeByAnother);
    let group = json!({"logGroupName": GROUP});
    let stream = json!({"logGroupName": GROUP, "logStreamName": STREAM});
    let exists = "ResourceAlreadyExistsException: The specified log";
    assert_eq!(
        check(&world.logs, CreateLogGroup, &group),
        format!("{exists} group already exists")
    );
    assert_eq!(
        check(&world.logs, CreateLogStream, &stream),
        format!("{exists} stream already exists")
    );
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(i64::MAX, "a")])), "done");
}

#[test]
fn a_gate_holds_calls_until_it_opens() {
    let world = timeless();
    let gate = Gate::closed();
    world.logs.inject(gate.fault().on(PutRetentionPolicy).times(2));
    thread::scope(|scope| {
        let set = |days: i64| {
            let input = json!({"logGroupName": GROUP, "retentionInDays": days});
            check(&world.logs, PutRetentionPolicy, &input)
        };
        let waiting = [scope.spawn(move || set(1)), scope.spawn(move || set(3))];
        gate.wait_for(2);
        assert_eq!(world.logs.group(GROUP).and_then(|group| group.retention_days), None);
        gate.open();
        for thread in waiting {
            assert_eq!(thread.join().expect("no panic"), "done");
        }
    });
}

#[test]
fn a_gate_that_is_dropped_is_open() {
    let world = timeless();
    let gate = Gate::closed();
    world.logs.fail(PutLogEvents, gate.fault());
    drop(gate);
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, "a")])), "done");
}
