//! A receipt decides where events end, and the answer to the invocation follows from the ends.

use super::generate::SAMPLES;
use super::{NOW_MS, cases, policy};
use crate::tree::Tree;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::event::Origin;
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::filter::DropReason;
use ecs_event_forwarder::line::{End, Entry, Intent, Line, Plan, Receipt};
use ecs_event_forwarder::respond::{Response, end_counts, respond};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

/// An SQS batch of samples.
fn batch(picks: &[Index]) -> String {
    let records = picks.iter().enumerate().map(|(at, pick)| {
        Tree::object([
            ("messageId", Tree::string(&format!("message-{at}"))),
            ("body", Tree::string(&pick.get(&SAMPLES).write())),
            ("eventSource", Tree::string("aws:sqs")),
        ])
    });
    Tree::object([("Records", Tree::Array(records.collect()))]).write()
}

fn plan(line: &Line, payload: &str) -> Plan {
    line.plan(decode(Payload::from(payload.to_owned())), NOW_MS)
}

fn late() -> Failure {
    Failure::DeadlineNear { cause: None }
}

/// An event that the default policy keeps.
const KEPT: &str = r#"{"detail-type":"ECS Service Action","source":"aws.ecs","detail":{}}"#;

/// What a destination can say about one event.
fn answer() -> impl Strategy<Value = End> {
    select(vec![
        End::Stored,
        End::Dropped(DropReason::EventType),
        End::Duplicate,
        End::Failed(late()),
    ])
}

/// The message ids of the entries that failed, in order.
fn failed_message_ids(entries: &[Entry]) -> Vec<&str> {
    let failed = entries.iter().filter(|entry| matches!(entry.end(), End::Failed(_)));
    let ids = failed.map(|entry| match entry.origin() {
        Origin::Sqs { message_id } => message_id.as_str(),
        Origin::Direct => "direct",
    });
    ids.collect()
}

proptest! {
    #![proptest_config(cases(256))]

    /// The destination decides by a policy of its own: whatever it answers is the end.
    #[test]
    fn the_answer_for_one_event_is_its_end(
        picks in prop::collection::vec(any::<Index>(), 1..24),
        answers in prop::collection::vec(prop::option::weighted(0.8, answer()), 24),
    ) {
        let payload = batch(&picks);
        let mut line = Line::new(policy(&[]));
        let plan = plan(&line, &payload);
        let number = plan.number();
        let intents: Vec<_> = plan.entries().iter().map(|entry| entry.intent.clone()).collect();
        let deciders: Vec<_> =
            plan.entries().iter().enumerate().map(|(at, entry)| entry.decided_by(at)).collect();
        let positions = (0..intents.len()).filter(|at| intents[*at] == Intent::Deliver);
        let receipts = positions.filter_map(|at| {
            answers[at].clone().map(|answer| Receipt::of_one(number, at, answer))
        });
        let entries = line.settle(plan, receipts.collect::<Vec<_>>());
        for (position, entry) in entries.iter().enumerate() {
            let (decider, is_first) = match intents[position] {
                Intent::Deliver => (Some(position), true),
                Intent::Skip(first) => (first, false),
                Intent::Drop(_) | Intent::Fail(_) => (None, true),
            };
            prop_assert_eq!(deciders[position], decider);
            let Some(decider) = decider else { continue };
            match answers[decider].clone() {
                Some(End::Stored) if !is_first => prop_assert_eq!(entry.end(), &End::Duplicate),
                Some(answer) => prop_assert_eq!(entry.end(), &answer),
                None => {
                    let is_failed = matches!(entry.end(), End::Failed(Failure::Undelivered { .. }));
                    prop_assert!(is_failed);
                }
            }
        }
        let bytes_in = picks.iter().map(|pick| pick.get(&SAMPLES).write().len()).sum::<usize>();
        let bytes_out = entries.iter().map(Entry::bytes_out).sum::<usize>();
        let counts = end_counts(&entries);
        prop_assert_eq!([counts.bytes_in, counts.bytes_out], [bytes_in, bytes_out]);
        let Ok(Response::Sqs(response)) = respond(&entries) else { panic!("a batch") };
        let failures = response.batch_item_failures.iter();
        let named: Vec<_> = failures.map(|failure| failure.item_identifier.as_str()).collect();
        prop_assert_eq!(named, failed_message_ids(&entries));
    }
}

#[test]
fn a_receipt_names_what_failed() {
    let line = Line::new(policy(&[]));
    let plan = plan(&line, KEPT);
    let [batch] = plan.batches() else { panic!("one batch") };
    assert_eq!(Receipt::stored(batch).failed().count(), 0);
    let failed = Receipt::new(batch, vec![(0, late())]);
    assert_eq!(failed.failed().collect::<Vec<_>>(), [(0, &late())]);
    for end in [End::Stored, End::Duplicate, End::Dropped(DropReason::Select)] {
        assert_eq!(Receipt::of_one(plan.number(), 7, end).failed().count(), 0);
    }
    let failed = Receipt::of_one(plan.number(), 7, End::Failed(late()));
    assert_eq!(failed.failed().collect::<Vec<_>>(), [(7, &late())]);
}

#[test]
fn of_two_answers_to_one_event_the_worse_counts() {
    let dropped = End::Dropped(DropReason::Select);
    let failed = End::Failed(late());
    for (better, worse) in [
        (&End::Stored, &End::Duplicate),
        (&End::Stored, &dropped),
        (&End::Stored, &failed),
        (&End::Duplicate, &dropped),
        (&End::Duplicate, &failed),
        (&dropped, &failed),
    ] {
        for answers in [[better, worse], [worse, better]] {
            let mut line = Line::new(policy(&[]));
            let plan = plan(&line, KEPT);
            let receipts = answers.map(|end| Receipt::of_one(plan.number(), 0, end.clone()));
            let entries = line.settle(plan, receipts);
            assert_eq!(entries[0].end(), worse, "{answers:?}");
        }
    }
}

#[test]
fn a_receipt_settles_no_plan_but_its_own() {
    let mut line = Line::new(policy(&[]));
    let [first, second] = [(); 2].map(|()| plan(&line, KEPT));
    let receipt = Receipt::stored(&first.batches()[0]);
    let entries = line.settle(second, [receipt.clone()]);
    assert!(matches!(entries[0].end(), End::Failed(Failure::Undelivered { .. })), "{entries:?}");
    assert_eq!(line.settle(first, [receipt])[0].end(), &End::Stored);
}

/// Each row: where the event ended, and the counts and reason of the answer.
#[test]
fn the_answer_to_one_event_says_where_it_ended() {
    for (end, expected) in [
        (End::Stored, json!({ "stored": 1 })),
        (End::Dropped(DropReason::Cluster), json!({ "dropped": 1, "dropReason": "cluster" })),
        (End::Duplicate, json!({ "duplicates": 1 })),
    ] {
        let mut line = Line::new(policy(&[]));
        let plan = plan(&line, KEPT);
        let bytes_out =
            if end == End::Stored { plan.batches()[0].events()[0].message.len() } else { 0 };
        let receipt = Receipt::of_one(plan.number(), 0, end);
        let entries = line.settle(plan, [receipt]);
        let mut whole = json!({
            "received": 1, "stored": 0, "dropped": 0, "duplicates": 0, "failed": 0,
            "bytesIn": KEPT.len(), "bytesOut": bytes_out,
        });
        let expected = expected.as_object().expect("an object").clone();
        whole.as_object_mut().expect("an object").extend(expected);
        let response = respond(&entries).expect("it has not failed");
        assert_eq!(serde_json::to_value(response).expect("JSON"), whole);
    }
    let mut line = Line::new(policy(&[]));
    let plan = plan(&line, KEPT);
    let receipt = Receipt::of_one(plan.number(), 0, End::Failed(late()));
    let entries = line.settle(plan, [receipt]);
    assert_eq!(respond(&entries), Err(late()));
}

/// A warning names an event that failed, but only by an id that cannot be a secret.
#[test]
fn only_an_id_like_those_of_eventbridge_is_printed() {
    let id = "5f3c1a0e-7d55-4c1b-a8d6-1e354a3f8fa9";
    for (given, expected) in [
        (id, Some(id)),
        ("5f3c1a0e-7d55-4c1b-a8d6-1e354a3f8fa", None),
        ("5f3c1a0e-7d55-4c1b-a8d6-1e354a3f8fa90", None),
        ("5f3c1a0e-7d55-4c1b-a8d6-1e354a3f8fag", None),
        ("5f3c1a0e_7d55_4c1b_a8d6_1e354a3f8fa9", None),
        ("hunter2", None),
        ("", None),
    ] {
        let mut line = Line::new(policy(&[]));
        let event = format!(r#"{{"detail-type":"ECS x","source":"aws.ecs","id":"{given}"}}"#);
        let plan = plan(&line, &event);
        let entries = line.settle(plan, []);
        assert_eq!(entries[0].printable_id(), expected, "{given}");
        let debugged = format!("{:?}", entries[0]);
        let is_shown = !given.is_empty() && debugged.contains(given);
        assert_eq!(is_shown, expected.is_some(), "{debugged}");
    }
}
