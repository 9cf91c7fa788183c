//! Nothing panics, and every arrival ends in exactly one place.

use super::generate::{SAMPLES, json, mutated, odd_event, sample, spaced};
use super::{NOW_MS, cases, messages, planned, policy};
use crate::tree::Tree;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::event::Origin;
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::scan;
use ecs_event_forwarder::line::{End, Entry, Intent, Line, Plan, Receipt};
use ecs_event_forwarder::log::Batch;
use ecs_event_forwarder::policy::Policy;
use ecs_event_forwarder::respond::end_counts;
use ecs_event_forwarder::seen::{Identity, Seen};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Reads a payload as the Lambda runtime does.
fn planned_of_bytes(bytes: &[u8]) -> (Line, Plan) {
    let payload = Payload::deserialize(&mut serde_json::Deserializer::from_slice(bytes));
    let arrivals = decode(payload.expect("total"));
    let line = Line::new(policy(&[]));
    let plan = line.plan(arrivals, NOW_MS);
    (line, plan)
}

/// Checks the law of the product: received = stored + dropped + duplicates + failed, and exactly the
/// stored events are in the requests, each in one. Returns the ends if every request is accepted.
fn check(mut line: Line, plan: Plan, received: usize) -> Vec<End> {
    assert_eq!(plan.entries().len(), received);
    let mut requests: BTreeMap<usize, usize> = BTreeMap::new();
    for event in plan.batches().iter().flat_map(Batch::events) {
        assert!(requests.insert(event.arrival, event.message.len()).is_none(), "in one request");
        assert!(event.message.len() <= 1_048_550);
        check_message(&event.message);
    }
    for (position, entry) in plan.entries().iter().enumerate() {
        assert_eq!(requests.contains_key(&position), entry.intent == Intent::Deliver);
        if let Intent::Skip(Some(first)) = entry.intent {
            assert!(first < position && plan.entries()[first].intent == Intent::Deliver);
        }
    }
    let receipts: Vec<_> = plan.batches().iter().map(Receipt::stored).collect();
    let entries = line.settle(plan, receipts);
    for (position, entry) in entries.iter().enumerate() {
        assert_eq!(requests.contains_key(&position), *entry.end() == End::Stored);
        assert_eq!(requests.get(&position).copied().unwrap_or_default(), entry.bytes_out());
    }
    assert_eq!(counts(&entries).iter().sum::<usize>(), received);
    entries.iter().map(|entry| entry.end().clone()).collect()
}

/// Checks the same for a payload, with a line that has stored nothing yet.
fn ends(policy: &Policy, payload: &str) -> Vec<End> {
    let plan = planned(policy, payload);
    let received = plan.entries().len();
    check(Line::new(policy.clone()), plan, received)
}

/// The numbers of stored, dropped, duplicate and failed entries.
fn counts(entries: &[Entry]) -> [usize; 4] {
    let mut counts = [0; 4];
    for entry in entries {
        counts[match entry.end() {
            End::Stored => 0,
            End::Dropped(_) => 1,
            End::Duplicate => 2,
            End::Failed(_) => 3,
        }] += 1;
    }
    counts
}

/// One JSON object on one line.
fn check_message(message: &str) {
    assert!(message.starts_with('{') && !message.contains(['\n', '\r']));
    serde_json::from_str::<serde::de::IgnoredAny>(message).expect("JSON");
}

fn sqs(bodies: &[String]) -> String {
    let records = bodies.iter().enumerate().map(|(at, body)| {
        Tree::object([
            ("messageId", Tree::string(&format!("message-{at}"))),
            ("body", Tree::string(body)),
            ("eventSource", Tree::string("aws:sqs")),
        ])
    });
    Tree::object([("Records", Tree::Array(records.collect()))]).write()
}

fn on_failure(event: &str) -> String {
    format!(
        r#"{{"version":"1.0","requestContext":{{"condition":"RetriesExhausted"}},"requestPayload":{event}}}"#
    )
}

/// The body of an SQS message: an event or any other text.
fn body() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => sample().prop_map(|tree| tree.write()),
        2 => sample().prop_map(|tree| on_failure(&tree.write())),
        1 => sample().prop_map(|tree| on_failure(&on_failure(&tree.write()))),
        2 => odd_event().prop_map(|tree| tree.write()),
        1 => json().prop_map(|tree| tree.write()),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_bytes_are_one_arrival(bytes in any::<Vec<u8>>()) {
        let (line, plan) = planned_of_bytes(&bytes);
        check(line, plan, 1);
    }

    #[test]
    fn any_json_that_is_no_batch_is_one_arrival(tree in json()) {
        prop_assume!(tree.get("Records").is_none());
        let (line, plan) = planned_of_bytes(tree.write().as_bytes());
        check(line, plan, 1);
    }

    #[test]
    fn a_broken_event_is_one_arrival(
        bytes in sample().prop_flat_map(|tree| mutated(tree.write())),
    ) {
        let (line, plan) = planned_of_bytes(&bytes);
        check(line, plan, 1);
    }

    #[test]
    fn an_event_with_something_odd_in_it_is_one_arrival(tree in odd_event(), full in any::<bool>()) {
        let profile = if full { "full" } else { "minimal" };
        let policy = policy(&[("FORWARDER_TRIM", profile), ("FORWARDER_DETAIL_TYPES", "*")]);
        assert_eq!(ends(&policy, &tree.write()).len(), 1);
    }

    #[test]
    fn a_batch_is_as_many_arrivals_as_it_has_records(bodies in prop::collection::vec(body(), 1..9)) {
        let (line, plan) = planned_of_bytes(sqs(&bodies).as_bytes());
        for (at, entry) in plan.entries().iter().enumerate() {
            let message_id = format!("message-{at}");
            prop_assert_eq!(&entry.origin, &Origin::Sqs { message_id });
        }
        // Each ends as it would alone, or as a duplicate of one before it.
        for (end, body) in check(line, plan, bodies.len()).iter().zip(&bodies) {
            let is_carrier = Tree::read_checked(body).is_some_and(|it| it.get("Records").is_some());
            if !is_carrier && *end != End::Duplicate {
                prop_assert_eq!(end, &ends(&policy(&[]), body)[0]);
            }
        }
    }

    #[test]
    fn what_comes_twice_is_stored_once(picks in prop::collection::vec(any::<Index>(), 1..24)) {
        let events: Vec<_> = picks.iter().map(|pick| pick.get(&SAMPLES)).collect();
        let bodies: Vec<_> = events.iter().map(|it| it.write()).collect();
        let policy = policy(&[("FORWARDER_DETAIL_TYPES", "*")]);
        let plan = planned(&policy, &sqs(&bodies));
        for (position, event) in events.iter().enumerate() {
            let first = events[..position].iter().position(|it| are_same(it, event));
            let expected = first.map_or(Intent::Deliver, |first| Intent::Skip(Some(first)));
            prop_assert_eq!(&plan.entries()[position].intent, &expected);
        }
        check(Line::new(policy), plan, bodies.len());
    }

    #[test]
    fn an_event_is_stored_if_a_receipt_says_so_and_its_duplicates_share_its_end(
        picks in prop::collection::vec(any::<Index>(), 1..24),
        refused in prop::collection::vec(any::<bool>(), 24),
        unanswered in prop::collection::vec(prop::bool::weighted(0.3), 24),
    ) {
        let bodies: Vec<_> = picks.iter().map(|pick| pick.get(&SAMPLES).write()).collect();
        let mut line = Line::new(policy(&[]));
        let plan = line.plan(decode(Payload::from(sqs(&bodies))), NOW_MS);
        let intents: Vec<_> = plan.entries().iter().map(|entry| entry.intent.clone()).collect();
        let answered: Vec<&Batch> =
            plan.batches().iter().zip(&unanswered).filter(|(_, lost)| !**lost).map(|(it, _)| it).collect();
        let mut accepted: BTreeMap<usize, usize> = BTreeMap::new();
        let mut named = BTreeSet::new();
        for event in answered.iter().copied().flat_map(Batch::events) {
            named.insert(event.arrival);
            if !refused[event.arrival] {
                accepted.insert(event.arrival, event.message.len());
            }
        }
        let receipt = |batch: &&Batch| {
            let failed = batch.events().iter().filter(|event| refused[event.arrival]);
            Receipt::new(batch, failed.map(|event| (event.arrival, Failure::DeadlineNear { cause: None })).collect())
        };
        // In any order.
        let receipts: Vec<_> = answered.iter().rev().map(receipt).collect();
        let entries = line.settle(plan, receipts);
        for (position, entry) in entries.iter().enumerate() {
            let decider = match intents[position] {
                Intent::Deliver => Some(position),
                Intent::Skip(first) => first,
                Intent::Drop(_) | Intent::Fail(_) => None,
            };
            match decider {
                Some(at) if accepted.contains_key(&at) => {
                    let expected = if at == position { End::Stored } else { End::Duplicate };
                    prop_assert_eq!(entry.end(), &expected);
                }
                Some(at) if named.contains(&at) => {
                    prop_assert_eq!(entry.end(), &End::Failed(Failure::DeadlineNear { cause: None }));
                }
                Some(_) => {
                    let is_failed = matches!(entry.end(), End::Failed(Failure::Undelivered { .. }));
                    prop_assert!(is_failed);
                }
                None => prop_assert!(matches!(entry.end(), End::Dropped(_) | End::Failed(_))),
            }
            let bytes = accepted.get(&position).copied().unwrap_or_default();
            prop_assert_eq!(entry.bytes_out(), bytes);
        }
        let [stored, dropped, duplicates, failed] = counts(&entries);
        prop_assert_eq!(stored + dropped + duplicates + failed, bodies.len());
        let shown = end_counts(&entries);
        let shown = [shown.received, shown.stored, shown.dropped, shown.duplicates, shown.failed];
        prop_assert_eq!(shown, [bodies.len(), stored, dropped, duplicates, failed]);
        // Only stored events are remembered; all others are delivered when they arrive again.
        let again = line.plan(decode(Payload::from(sqs(&bodies))), NOW_MS);
        let sample_of = |at: usize| picks[at].get(&SAMPLES);
        for (position, entry) in again.entries().iter().enumerate() {
            let was_stored = accepted.keys().any(|at| are_same(sample_of(*at), sample_of(position)));
            if was_stored && !matches!(intents[position], Intent::Drop(_) | Intent::Fail(_)) {
                prop_assert_eq!(&entry.intent, &Intent::Skip(None));
            } else {
                prop_assert_ne!(&entry.intent, &Intent::Skip(None));
            }
        }
    }

    #[test]
    fn what_was_stored_before_is_a_duplicate_and_what_was_dropped_is_not(
        first in any::<Index>(),
        second in any::<Index>(),
    ) {
        let policy = policy(&[("FORWARDER_EVENT_TYPES", "WARN,ERROR")]);
        let [first, second] = [first, second].map(|pick| pick.get(&SAMPLES));
        let mut line = Line::new(policy.clone());
        let before = line.plan(decode(Payload::from(first.write())), NOW_MS);
        let receipts: Vec<_> = before.batches().iter().map(Receipt::stored).collect();
        let before = line.settle(before, receipts);
        let after = line.plan(decode(Payload::from(second.write())), NOW_MS);
        let alone = planned(&policy, &second.write());
        let is_duplicate = *before[0].end() == End::Stored && are_same(first, second);
        let expected = if is_duplicate { &Intent::Skip(None) } else { &alone.entries()[0].intent };
        prop_assert_eq!(&after.entries()[0].intent, expected);
    }

    #[test]
    fn a_message_is_one_line_however_the_event_was_spaced(
        tree in sample(),
        spaces in prop::collection::vec(select(vec!["", " ", "\n", "\r\n\t"]), 1..9),
        profile in select(vec!["full", "lean", "minimal"]),
    ) {
        let policy = policy(&[("FORWARDER_TRIM", profile), ("FORWARDER_DETAIL_TYPES", "*")]);
        let tight = planned(&policy, &tree.write());
        let loose = planned(&policy, &spaced(&tree.write(), &spaces));
        prop_assert_eq!(loose.entries().len(), 1);
        prop_assert_eq!(messages(&tight).next(), messages(&loose).next());
        prop_assert!(messages(&loose).next().is_some());
    }
}

/// True if the two events are the same: by their id, or by ARN and version.
fn are_same(one: &Tree, other: &Tree) -> bool {
    let revision = |event: &Tree| {
        let detail = event.get("detail")?;
        let arn = match event.get("detail-type")?.text()?.as_str() {
            "ECS Task State Change" => detail.get("taskArn"),
            "ECS Container Instance State Change" => detail.get("containerInstanceArn"),
            _ => None,
        };
        Some((arn?.clone(), detail.get("version")?.clone()))
    };
    one.get("id") == other.get("id") || revision(one).is_some() && revision(one) == revision(other)
}

#[test]
fn a_change_that_is_delivered_under_two_ids_is_stored_once() {
    let event = |id: &str, version: &str, kind: &str| {
        format!(
            r#"{{"detail-type":"{kind}","source":"aws.ecs","id":"{id}",
            "detail":{{"taskArn":"arn:1","containerInstanceArn":"arn:2","version":{version}}}}}"#
        )
    };
    let task = "ECS Task State Change";
    let intents = |bodies: &[String]| {
        let plan = planned(&policy(&[]), &sqs(bodies));
        plan.entries().iter().map(|entry| entry.intent.clone()).collect::<Vec<_>>()
    };
    let (stored, same) = (Intent::Deliver, Intent::Skip(Some(0)));
    for kind in [task, "ECS Container Instance State Change"] {
        let twice = [event("a", "5", kind), event("b", "5", kind)];
        assert_eq!(intents(&twice), [stored.clone(), same.clone()], "{kind}");
    }
    for other in [
        event("b", "6", task),
        event("b", "5", "ECS Container Instance State Change"),
        event("b", "5", "ECS Service Action"),
        event("b", "null", task),
    ] {
        assert_eq!(intents(&[event("a", "5", task), other]), [stored.clone(), stored.clone()]);
    }
}

#[test]
fn an_event_nested_thousands_deep_is_stored_like_any_other() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let deeper = "{\"a\":[".repeat(10_000) + &"]}".repeat(10_000);
    for inner in [&deep, &deeper] {
        assert_eq!(ends(&policy(&[]), inner), [End::Failed(Failure::UnknownPayload)]);
        for kind in ["ECS Task State Change", "ECS Service Action", "ECS New Kind"] {
            let event = format!(
                r#"{{"odd":{inner},"detail-type":"{kind}","source":"aws.ecs","detail":{{"odd":{inner},"overrides":{inner},"containers":{inner},"clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/prod"}}}}"#
            );
            let bodies = [event.clone(), on_failure(&event)];
            for payload in [event.clone(), on_failure(&event), sqs(&bodies[..1]), sqs(&bodies[1..])]
            {
                for profile in ["full", "lean", "minimal"] {
                    let policy = policy(&[("FORWARDER_TRIM", profile)]);
                    assert_eq!(ends(&policy, &payload), [End::Stored]);
                    let plan = planned(&policy, &payload);
                    let message = messages(&plan).next().expect("stored");
                    assert!(message.starts_with(&format!(r#"{{"odd":{inner},"detail-type":"#)));
                    if profile == "full" || kind != "ECS Task State Change" {
                        assert!(message.starts_with(&event[..event.len() - 1]));
                    }
                }
            }
        }
    }
}

#[test]
fn the_memory_of_stored_events_is_bounded() {
    let identity = |number: usize| {
        let text = format!(
            r#"{{"id":"{number}","detail-type":"ECS Task State Change","detail":{{"taskArn":"arn:{number}","version":1}}}}"#
        );
        Identity::of(&classify(&scan(text).unwrap(), &Patterns::default()))
    };
    let mut seen = Seen::default();
    let told = 30_000;
    (0..told).for_each(|number| seen.remember(identity(number)));
    let known = (0..told).filter(|number| seen.has(&identity(*number))).count();
    assert!((5_000..=10_000).contains(&known), "{known} of {told} are remembered");
    assert!((told - 5_000..told).all(|number| seen.has(&identity(number))), "the latest are");
}
