//! `ecs-events replay --to lambda`, through the real function.

use super::{all, days, desk, stored_days};
use crate::cli::{Desk, THREE, compact};
use serde_json::json;
use world::{Answer, Authority, Invoke, Invoked, Tls, World};

const REPLAY: &str = "replay dump.jsonl --to lambda --function forwarder";

fn with(desk: Desk, invoke: &Invoke) -> Desk {
    desk.set("AWS_ENDPOINT_URL_LAMBDA", &invoke.endpoint())
}

#[test]
fn the_function_decides_and_its_answer_is_believed() {
    let world = World::new();
    let function = world.function(&[]);
    let invoke =
        Invoke::start("forwarder", move |_, payload| Invoked::Ended(function.invoke(payload)));
    let desk = with(desk(&world), &invoke);
    desk.put("dump.jsonl", format!("{}{}\n{}", days(12), compact(THREE[1]), days(1)));
    insta::assert_snapshot!(desk.run(REPLAY), @"
    TOTAL          EVENTS  BYTES
    received           14  7,133
    stored             12  5,880
    stored before       0
    dropped             1         detailType 1
    duplicates          1
    failed              0
    --- exit 0 ---
    ");
    assert_eq!(stored_days(&world), all(12));
    assert_eq!(invoke.payloads().len(), 13);
    let ran = desk.run(REPLAY);
    assert!(ran.stdout.contains("stored before      13\n"), "{ran}");
    assert_eq!(stored_days(&world), all(12));
}

#[test]
fn an_event_that_the_function_refuses_fails_and_one_without_an_answer_is_in_doubt() {
    let world = World::new();
    let function = world.function(&[("FORWARDER_SOURCES", "mine")]);
    let invoke = Invoke::start("forwarder", move |call, payload| match call {
        0 => Invoked::Refused(429, "TooManyRequestsException"),
        2 => Invoked::Unhandled("Sandbox.Timedout"),
        _ => Invoked::Ended(function.invoke(payload)),
    });
    let desk = with(desk(&world), &invoke);
    desk.put("dump.jsonl", days(3));
    insta::assert_snapshot!(desk.run(&format!("{REPLAY} --rate 1")), @"
    TOTAL          EVENTS  BYTES
    received            3  1,272
    stored              0      0
    stored before       0
    dropped             0
    duplicates          0
    failed              3         Forwarder.Undelivered 1, in doubt 1, not sent 1
    --- stderr ---
    error: 1 event failed, first dump.jsonl:1: Forwarder.Undelivered: the function failed: Forwarder.ForeignSource
    error: 1 event failed, first dump.jsonl:2: Forwarder.Undelivered: the function failed: Sandbox.Timedout
    error: stopped, because a batch got no answer; run the command again to send the rest
    --- exit 1 ---
    ");
    let ran = desk.run(REPLAY);
    assert!(ran.stdout.contains("Forwarder.Undelivered 2, in doubt 1"), "{ran}");
}

#[test]
fn an_invocation_whose_answer_is_lost_is_not_repeated() {
    let world = World::new();
    let invoke = Invoke::start("forwarder", |_, _| Invoked::Lost);
    let desk = with(desk(&world), &invoke);
    desk.put("dump.jsonl", days(1));
    for _ in 0..2 {
        let ran = desk.run(REPLAY);
        assert!(ran.stdout.contains("in doubt 1"), "{ran}");
    }
    assert_eq!(invoke.payloads().len(), 1);
}

#[test]
fn a_missing_function_or_another_program_is_named() {
    let world = World::new();
    let invoke = Invoke::start("other", |_, _| {
        Invoked::Ended(world::Answer::Response(serde_json::json!("hello")))
    });
    let desk = with(desk(&world), &invoke);
    desk.put("dump.jsonl", days(1));
    let ran = desk.run(REPLAY);
    assert!(
        ran.stderr.contains("Invoke failed: there is no function forwarder in this region"),
        "{ran}"
    );
    assert_eq!(ran.code, Some(1));
    let ran = desk.run("replay dump.jsonl --to lambda --function other --journal 2");
    assert!(ran.stderr.contains("it does not answer like the forwarder"), "{ran}");
}

#[test]
fn a_dry_run_invokes_nothing_and_a_policy_would_not_count() {
    let world = World::new();
    let desk = desk(&world);
    desk.put("dump.jsonl", days(2));
    let ran = desk.run(&format!("{REPLAY} --dry-run"));
    assert!(ran.stdout.contains("to send             2"), "{ran}");
    insta::assert_snapshot!(desk.run(&format!("{REPLAY} --trim minimal")), @"
    --- stderr ---
    error: the function applies its own policy; FORWARDER_TRIM requires --to cloudwatch
    --- exit 2 ---
    ");
}

#[test]
fn a_drop_without_a_known_reason_fails_and_is_sent_again() {
    let world = World::new();
    for reason in [json!(null), json!("moon phase")] {
        let invoke = Invoke::start("forwarder", move |_, _| {
            let counts = json!({
                "received": 1, "stored": 0, "dropped": 1, "duplicates": 0, "failed": 0,
                "bytesIn": 1, "bytesOut": 0, "dropReason": reason
            });
            Invoked::Ended(Answer::Response(counts))
        });
        let desk = with(desk(&world), &invoke);
        desk.put("dump.jsonl", days(1));
        for calls in 1..=2 {
            let ran = desk.run(REPLAY);
            assert!(ran.stderr.contains("this version of ecs-events does not know"), "{ran}");
            assert_eq!((ran.code, invoke.payloads().len()), (Some(1), calls), "{ran}");
        }
    }
}

#[test]
fn an_invocation_without_a_connection_is_certain_and_made_again() {
    let world = World::new();
    let invoke = Invoke::start("forwarder", |_, _| Invoked::Lost);
    // Nobody trusts this authority, and so nothing is sent.
    let stranger = Authority::new("Stranger");
    let tls = Tls::before(invoke.address(), stranger.certify("localhost"));
    let desk = desk(&world).set("AWS_ENDPOINT_URL_LAMBDA", &tls.endpoint());
    desk.put("dump.jsonl", days(1));
    for _ in 0..2 {
        let ran = desk.run(REPLAY);
        assert!(
            ran.stdout.contains("failed              1         Forwarder.Undelivered 1"),
            "{ran}"
        );
        let cause = "Invoke failed: no trusted authority signed the certificate of localhost:";
        assert!(ran.stderr.contains(cause), "{ran}");
        assert!(ran.stderr.contains("stopped, because a batch could not be sent"), "{ran}");
    }
    assert!(invoke.payloads().is_empty());
}
