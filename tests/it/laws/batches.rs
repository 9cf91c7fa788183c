//! Requests are within every limit of `PutLogEvents`, and as few as possible.

use super::cases;
use ecs_event_forwarder::batch::batch;
use ecs_event_forwarder::log::{Batch, Destination, LogEvent, PlanNumber};
use ecs_event_forwarder::resource_name::ResourceName;
use proptest::prelude::*;
use proptest::sample::select;

// The limits, copied from the page and not from the code:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
const BYTES: usize = 1_048_576;
const OVERHEAD: usize = 26;
const EVENTS: usize = 10_000;
const DAY_MS: i64 = 86_400_000;

/// Log group, log stream, time, bytes of the message.
type Draft = (&'static str, &'static str, i64, usize);

fn batches_of(drafts: &[Draft]) -> Vec<Batch> {
    let log_events = drafts.iter().enumerate();
    let log_events = log_events.map(|(arrival, (group, stream, timestamp_ms, bytes))| {
        let destination = Destination {
            log_group: (*group).to_owned(),
            log_stream: stream,
            // Several clusters share a group, as with a template without `{cluster}`.
            cluster: ResourceName::new(format!("cluster-{}", arrival % 2).into()),
        };
        let event = LogEvent { timestamp_ms: *timestamp_ms, message: "x".repeat(*bytes), arrival };
        (destination, event)
    });
    batch(PlanNumber::fresh(), log_events.collect())
}

fn is_allowed(times_and_bytes: &[(i64, usize)]) -> bool {
    let bytes: usize = times_and_bytes.iter().map(|(_, bytes)| bytes + OVERHEAD).sum();
    let span = times_and_bytes.last().unwrap().0 - times_and_bytes[0].0;
    bytes <= BYTES && times_and_bytes.len() <= EVENTS && (0..DAY_MS).contains(&span)
}

/// The fewest requests for the log events of one stream in order of time, by trying every split.
fn fewest(mut of_stream: Vec<(i64, usize)>) -> usize {
    of_stream.sort_by_key(|(time, _)| *time);
    let mut fewest = vec![0];
    for end in 1..=of_stream.len() {
        let starts = (0..end).filter(|start| is_allowed(&of_stream[*start..end]));
        fewest.push(starts.map(|start| fewest[start] + 1).min().unwrap());
    }
    fewest[of_stream.len()]
}

fn times_and_bytes(batch: &Batch) -> Vec<(i64, usize)> {
    let events = batch.events().iter();
    events.map(|it| (it.timestamp_ms, it.message.len())).collect()
}

/// Checks everything except the number of requests.
fn check(drafts: &[Draft], batches: &[Batch]) {
    let mut arrivals = Vec::new();
    for batch in batches {
        assert!(is_allowed(&times_and_bytes(batch)));
        for pair in batch.events().windows(2) {
            let [earlier, later] = [&pair[0], &pair[1]].map(|it| (it.timestamp_ms, it.arrival));
            assert!(earlier < later, "in order of time, and then as they came");
        }
        for event in batch.events() {
            let destination = batch.destination();
            let bytes = event.message.len();
            let (group, stream) = (destination.log_group.as_str(), destination.log_stream);
            assert_eq!(drafts[event.arrival], (group, stream, event.timestamp_ms, bytes));
            arrivals.push(event.arrival);
        }
    }
    arrivals.sort_unstable();
    assert_eq!(arrivals, (0..drafts.len()).collect::<Vec<_>>(), "each once");
    for pair in batches.windows(2) {
        let stream =
            |batch: &Batch| (batch.destination().log_group.clone(), batch.destination().log_stream);
        let both = [&pair[0], &pair[1]].map(times_and_bytes).concat();
        let are_one = stream(&pair[0]) == stream(&pair[1]) && is_allowed(&both);
        assert!(!are_one, "two requests that could be one");
    }
}

fn draft(bytes: Vec<usize>) -> impl Strategy<Value = Draft> {
    let times = vec![0, 0, 1, 43_200_000, 86_399_999, 86_400_000, 86_400_001, 172_800_000];
    let group = select(vec!["/ecs/prod", "/ecs/staging"]);
    let stream = select(vec!["task", "deployment"]);
    (group, stream, select(times), select(bytes))
}

const LARGE: [usize; 8] = [1, 1000, 349_499, 349_500, 524_262, 524_263, 1_048_549, 1_048_550];
const SMALL: [usize; 4] = [1, 2, 500, 4000];

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn every_request_is_within_the_limits_and_none_is_split_without_need(
        drafts in prop_oneof![
            prop::collection::vec(draft(LARGE.to_vec()), 0..16),
            prop::collection::vec(draft(SMALL.to_vec()), 0..48),
        ],
    ) {
        let batches = batches_of(&drafts);
        check(&drafts, &batches);
        for stream in ["task", "deployment"] {
            for group in ["/ecs/prod", "/ecs/staging"] {
                let of_stream = drafts.iter().filter(|it| (it.0, it.1) == (group, stream));
                let of_stream = of_stream.map(|it| (it.2, it.3)).collect();
                let found = batches.iter().map(Batch::destination);
                let found = found.filter(|it| (it.log_group.as_str(), it.log_stream) == (group, stream));
                prop_assert_eq!(found.count(), fewest(of_stream));
            }
        }
    }
}

#[test]
fn ten_thousand_log_events_fit_and_one_more_does_not() {
    for (events, expected) in [(1, 1), (9_999, 1), (10_000, 1), (10_001, 2), (25_000, 3)] {
        let drafts: Vec<Draft> = (0..events).map(|at| ("/ecs/prod", "task", at % 7, 1)).collect();
        let batches = batches_of(&drafts);
        check(&drafts, &batches);
        assert_eq!(batches.len(), expected, "{events} log events");
    }
}

#[test]
fn the_last_byte_and_the_last_millisecond_fit() {
    let count = |drafts: &[Draft]| {
        let batches = batches_of(drafts);
        check(drafts, &batches);
        batches.len()
    };
    let one = |time, bytes| ("/ecs/prod", "task", time, bytes);
    assert_eq!(count(&[one(0, 1_048_550)]), 1);
    assert_eq!(count(&[one(0, 524_262), one(0, 524_262)]), 1);
    assert_eq!(count(&[one(0, 524_262), one(0, 524_263)]), 2);
    assert_eq!(count(&[one(86_399_999, 1), one(0, 1)]), 1);
    assert_eq!(count(&[one(86_400_000, 1), one(0, 1)]), 2);
    assert_eq!(count(&[]), 0);
}

#[test]
fn a_batch_splits_into_batches_of_the_same_log_events() {
    let drafts: Vec<Draft> = (0..7).map(|at| ("/ecs/prod", "task", at, 9)).collect();
    let [batch] = batches_of(&drafts).try_into().expect("one batch");
    for (most, expected) in [(0, 7), (1, 7), (3, 3), (7, 1), (8, 1)] {
        let parts: Vec<_> = batch.split(most).collect();
        assert_eq!(parts.len(), expected, "at most {most} in each");
        assert!(parts.iter().all(|part| (1..=most.max(1)).contains(&part.events().len())));
        assert_eq!(parts.iter().map(Batch::events).collect::<Vec<_>>().concat(), batch.events());
        let of_batch = |part: &Batch| (part.plan(), part.destination().clone());
        assert!(parts.iter().all(|part| of_batch(part) == of_batch(&batch)));
    }
}
