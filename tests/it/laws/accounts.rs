//! Nothing panics, and every arrival ends in exactly one place.

use super::generate::{SAMPLES, json, mutated, odd_event, sample, spaced};
use super::{NOW_MS, cases, messages, planned, policy};
use crate::tree::Tree;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::event::{Failure, Origin};
use ecs_event_forwarder::json::scan;
use ecs_event_forwarder::plan::{End, Entry, Plan, plan};
use ecs_event_forwarder::respond::summary;
use ecs_event_forwarder::seen::{Identity, Seen};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::Deserialize;
use std::collections::BTreeMap;

/// As the Lambda runtime reads a payload.
fn planned_of_bytes(bytes: &[u8]) -> Plan {
    let payload = Payload::deserialize(&mut serde_json::Deserializer::from_slice(bytes));
    let arrivals = decode(payload.expect("total"));
    plan(&policy(&[]), &Seen::default(), arrivals, NOW_MS)
}

/// The law of the product: received = stored + dropped + duplicates + undone, and what is stored
/// is in one request, and nothing else is.
fn check(plan: &Plan, received: usize) {
    assert_eq!(plan.entries.len(), received);
    let mut requests: BTreeMap<usize, usize> = BTreeMap::new();
    for event in plan.batches.iter().flat_map(|batch| &batch.events) {
        *requests.entry(event.arrival).or_default() += 1;
        let entry = &plan.entries[event.arrival];
        assert_eq!(entry.bytes_out, event.message.len());
        assert!(event.message.len() <= 1_048_550);
        check_message(&event.message);
    }
    for (position, entry) in plan.entries.iter().enumerate() {
        let expected = usize::from(entry.end == End::Stored);
        assert_eq!(requests.get(&position).copied().unwrap_or_default(), expected);
        if let End::Duplicate(Some(first)) = entry.end {
            assert!(first < position && plan.entries[first].end == End::Stored);
        }
    }
    let counts = counts(&plan.entries);
    assert_eq!(counts.iter().sum::<usize>(), received);
}

/// Stored, dropped, duplicates, undone.
fn counts(entries: &[Entry]) -> [usize; 4] {
    let mut counts = [0; 4];
    for entry in entries {
        counts[match entry.end {
            End::Stored => 0,
            End::Dropped(_) => 1,
            End::Duplicate(_) => 2,
            End::Undone(_) => 3,
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

/// What an SQS message may carry, and whether it is an event.
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
        check(&planned_of_bytes(&bytes), 1);
    }

    #[test]
    fn any_json_that_is_no_batch_is_one_arrival(tree in json()) {
        prop_assume!(tree.get("Records").is_none());
        let plan = planned_of_bytes(tree.write().as_bytes());
        check(&plan, 1);
    }

    #[test]
    fn a_broken_event_is_one_arrival(
        bytes in sample().prop_flat_map(|tree| mutated(tree.write())),
    ) {
        check(&planned_of_bytes(&bytes), 1);
    }

    #[test]
    fn an_event_with_something_odd_in_it_is_one_arrival(tree in odd_event(), full in any::<bool>()) {
        let profile = if full { "full" } else { "minimal" };
        let policy = policy(&[("FORWARDER_TRIM", profile), ("FORWARDER_DETAIL_TYPES", "*")]);
        check(&planned(&policy, &tree.write()), 1);
    }

    #[test]
    fn a_batch_is_as_many_arrivals_as_it_has_records(bodies in prop::collection::vec(body(), 1..9)) {
        let plan = planned_of_bytes(sqs(&bodies).as_bytes());
        check(&plan, bodies.len());
        for (at, entry) in plan.entries.iter().enumerate() {
            let message_id = format!("message-{at}");
            prop_assert_eq!(&entry.origin, &Origin::Sqs { message_id });
        }
        // Each ends as it would alone, or as a duplicate of one before it.
        for (entry, body) in plan.entries.iter().zip(&bodies) {
            let alone = planned(&policy(&[]), body);
            let is_carrier = Tree::read_checked(body).is_some_and(|it| it.get("Records").is_some());
            if !is_carrier && !matches!(entry.end, End::Duplicate(_)) {
                prop_assert_eq!(&entry.end, &alone.entries[0].end);
            }
        }
    }

    #[test]
    fn what_comes_twice_is_stored_once(picks in prop::collection::vec(any::<Index>(), 1..24)) {
        let events: Vec<_> = picks.iter().map(|pick| pick.get(&SAMPLES)).collect();
        let bodies: Vec<_> = events.iter().map(|it| it.write()).collect();
        let plan = planned(&policy(&[("FORWARDER_DETAIL_TYPES", "*")]), &sqs(&bodies));
        check(&plan, bodies.len());
        for (position, event) in events.iter().enumerate() {
            let first = events[..position].iter().position(|it| are_same(it, event));
            let expected = first.map_or(End::Stored, |first| End::Duplicate(Some(first)));
            prop_assert_eq!(&plan.entries[position].end, &expected);
        }
    }

    #[test]
    fn what_is_undone_is_accounted_for_with_its_duplicates(
        picks in prop::collection::vec(any::<Index>(), 1..24),
        undone in prop::collection::vec(any::<bool>(), 24),
    ) {
        let bodies: Vec<_> = picks.iter().map(|pick| pick.get(&SAMPLES).write()).collect();
        let plan = planned(&policy(&[]), &sqs(&bodies));
        let before: Vec<_> = plan.entries.iter().map(|entry| entry.end.clone()).collect();
        let stored = before.iter().enumerate().filter(|(_, end)| **end == End::Stored);
        let lost: Vec<_> = stored.map(|(at, _)| at).filter(|at| undone[*at]).collect();
        let after = plan.settle(lost.iter().map(|at| (*at, Failure::DeadlineNear)));
        for (position, entry) in after.iter().enumerate() {
            let is_lost = |at| lost.contains(at);
            let is_undone = match &before[position] {
                End::Stored => is_lost(&position),
                End::Duplicate(Some(first)) => is_lost(first),
                End::Duplicate(None) | End::Dropped(_) | End::Undone(_) => false,
            };
            let expected = if is_undone {
                End::Undone(Failure::DeadlineNear)
            } else {
                before[position].clone()
            };
            prop_assert_eq!(entry.bytes_out > 0, expected == End::Stored);
            prop_assert_eq!(&entry.end, &expected);
        }
        let [stored, dropped, duplicates, undone] = counts(&after);
        prop_assert_eq!(stored + dropped + duplicates + undone, bodies.len());
        let told = summary(&after);
        let told = [told.received, told.stored, told.dropped, told.duplicates, told.undone];
        prop_assert_eq!(told, [bodies.len(), stored, dropped, duplicates, undone]);
    }

    #[test]
    fn what_was_stored_before_is_a_duplicate_and_what_was_dropped_is_not(
        first in any::<Index>(),
        second in any::<Index>(),
    ) {
        let policy = policy(&[("FORWARDER_EVENT_TYPES", "WARN,ERROR")]);
        let [first, second] = [first, second].map(|pick| pick.get(&SAMPLES));
        let mut seen = Seen::default();
        let before = planned(&policy, &first.write());
        for entry in before.entries.into_iter().filter(|entry| entry.end == End::Stored) {
            seen.remember(entry.identity);
        }
        let stored_before = seen.has(&Identity::of(&classify(&scan(first.write()).unwrap())));
        let arrivals = decode(Payload::from(second.write()));
        let after = plan(&policy, &seen, arrivals, NOW_MS);
        let alone = planned(&policy, &second.write());
        let is_duplicate = stored_before && are_same(first, second);
        let expected = if is_duplicate { &End::Duplicate(None) } else { &alone.entries[0].end };
        prop_assert_eq!(&after.entries[0].end, expected);
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
        check(&loose, 1);
        prop_assert_eq!(messages(&tight).next(), messages(&loose).next());
        prop_assert!(messages(&loose).next().is_some());
    }
}

/// Section 7 of the contract: the same id, or the same task or instance at the same version.
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
fn two_deliveries_of_one_change_under_two_ids_are_one() {
    let event = |id: &str, version: &str, kind: &str| {
        format!(
            r#"{{"detail-type":"{kind}","source":"aws.ecs","id":"{id}",
            "detail":{{"taskArn":"arn:1","containerInstanceArn":"arn:2","version":{version}}}}}"#
        )
    };
    let task = "ECS Task State Change";
    let ends = |bodies: &[String]| {
        let plan = planned(&policy(&[]), &sqs(bodies));
        plan.entries.into_iter().map(|entry| entry.end).collect::<Vec<_>>()
    };
    let (stored, same) = (End::Stored, End::Duplicate(Some(0)));
    for kind in [task, "ECS Container Instance State Change"] {
        let twice = [event("a", "5", kind), event("b", "5", kind)];
        assert_eq!(ends(&twice), [stored.clone(), same.clone()], "{kind}");
    }
    for other in [
        event("b", "6", task),
        event("b", "5", "ECS Container Instance State Change"),
        event("b", "5", "ECS Service Action"),
        event("b", "null", task),
    ] {
        assert_eq!(ends(&[event("a", "5", task), other]), [stored.clone(), stored.clone()]);
    }
}

#[test]
fn an_event_nested_thousands_deep_is_stored_like_any_other() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let deeper = "{\"a\":[".repeat(10_000) + &"]}".repeat(10_000);
    for inner in [&deep, &deeper] {
        let alone = planned_of_bytes(inner.as_bytes());
        check(&alone, 1);
        assert_eq!(alone.entries[0].end, End::Undone(Failure::UnknownPayload));
        for kind in ["ECS Task State Change", "ECS Service Action", "ECS New Kind"] {
            let event = format!(
                r#"{{"odd":{inner},"detail-type":"{kind}","source":"aws.ecs","detail":{{"odd":{inner},"overrides":{inner},"containers":{inner},"clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/prod"}}}}"#
            );
            let bodies = [event.clone(), on_failure(&event)];
            for payload in [event.clone(), on_failure(&event), sqs(&bodies[..1]), sqs(&bodies[1..])]
            {
                for profile in ["full", "lean", "minimal"] {
                    let plan = planned(&policy(&[("FORWARDER_TRIM", profile)]), &payload);
                    check(&plan, 1);
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
fn the_memory_of_what_was_stored_is_bounded() {
    let identity = |number: usize| {
        let text = format!(
            r#"{{"id":"{number}","detail-type":"ECS Task State Change","detail":{{"taskArn":"arn:{number}","version":1}}}}"#
        );
        Identity::of(&classify(&scan(text).unwrap()))
    };
    let mut seen = Seen::default();
    let told = 30_000;
    (0..told).for_each(|number| seen.remember(identity(number)));
    let known = (0..told).filter(|number| seen.has(&identity(*number))).count();
    assert!((5_000..=10_000).contains(&known), "{known} of {told} are remembered");
    assert!((told - 5_000..told).all(|number| seen.has(&identity(number))), "the latest are");
}
