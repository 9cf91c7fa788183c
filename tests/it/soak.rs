//! Many events of all kinds, while a quarter of the calls to CloudWatch Logs fail at random. Failed events
//! are delivered again, as Lambda and SQS do it. At the end, nothing is lost.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Event, assert_silent_about_secrets, number_of};
use world::{Answer, Chaos, Function, World, on_failure_record, sqs_batch};

/// The time that the template gives an invocation.
const MEMORY_BYTES: u64 = 128 * 1024 * 1024;
/// The most memory that a function may gain from the middle of the work to its end.
const GROWTH_BYTES: u64 = 8 * 1024 * 1024;
const FAILING_SHARE: f64 = 0.25;
const DIRECT: Duration = Duration::from_secs(3);
const BATCH: Duration = Duration::from_secs(30);
/// Lambda's attempts at an asynchronous event before it goes to the on-failure queue.
const TRIES: usize = 3;
/// An event that returns more often than this counts as lost.
const RECEIVES: usize = 50;

#[test]
fn a_short_soak_loses_nothing() {
    soak(&Soak { events: 1_200, environments: 6, largest_batch: 100, seed: 7 });
}

#[test]
#[ignore = "takes minutes: cargo test --release -- --ignored soak"]
fn a_long_soak_loses_nothing() {
    soak(&Soak { events: 200_000, environments: 8, largest_batch: 1_500, seed: 11 });
}

struct Soak {
    events: u64,
    /// The execution environments that work at the same time, each on a part of the events.
    environments: u64,
    largest_batch: u64,
    seed: u64,
}

/// The result of a soak.
#[derive(Default)]
struct Figures {
    offered: u64,
    stored: usize,
    dropped: u64,
    duplicates: usize,
    told_as_duplicates: u64,
    faults: usize,
    limits_broken: usize,
    lost: usize,
    peak_memory_bytes: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offered, stored, dropped, duplicates, told_as_duplicates, .. } = self;
        let Self { faults, limits_broken, lost, peak_memory_bytes, .. } = self;
        write!(
            f,
            "{offered} events offered, {stored} stored, {dropped} dropped, \
             {duplicates} duplicates after lost answers, {told_as_duplicates} told as duplicates, \
             {faults} faults injected, {limits_broken} limits broken, {lost} lost, \
             {} MB peak memory",
            peak_memory_bytes / 1_000_000
        )
    }
}

#[expect(clippy::disallowed_methods, reason = "how long it took is one of the figures")]
fn soak(soak: &Soak) {
    let started = Instant::now();
    let world = World::new();
    world.logs.keep_only(|message| number_of(message).to_string());
    world.logs.unleash(Chaos::new(soak.seed, FAILING_SHARE));
    let share = soak.events.div_ceil(soak.environments);
    let reports: Vec<Report> = thread::scope(|scope| {
        let environment = |index: u64| {
            let numbers = index * share..soak.events.min((index + 1) * share);
            let world = &world;
            scope.spawn(move || Environment::new(world, soak, index).work(numbers))
        };
        let environments: Vec<_> = (0..soak.environments).map(environment).collect();
        environments.into_iter().map(|it| it.join().expect("no environment fails")).collect()
    });
    let mut figures = count(&world, soak.events);
    for report in &reports {
        figures.peak_memory_bytes = figures.peak_memory_bytes.max(report.peak_memory_bytes);
        figures.told_as_duplicates += report.told_as_duplicates;
        let grown = report.end_memory_bytes.saturating_sub(report.middle_memory_bytes);
        assert!(grown < GROWTH_BYTES, "a function has grown by {grown} bytes");
    }
    // Written past the capture of the test runner, because this figure is the purpose of the run.
    let seconds = started.elapsed().as_secs();
    writeln!(std::io::stderr(), "soak: {figures}, {seconds} s").expect("standard error");
    assert_eq!((figures.limits_broken, figures.lost), (0, 0), "{figures}");
    assert!(figures.peak_memory_bytes < MEMORY_BYTES, "{figures}");
    assert!(figures.faults > 0, "{figures}");
}

/// Compares the events in CloudWatch Logs with the numbers below this.
fn count(world: &World, events: u64) -> Figures {
    let calls = world.logs.calls();
    let mut copies: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for event in world.logs.ever_stored() {
        let number = event.message.parse().expect("the number is what is kept");
        copies.entry(number).or_default().push(event.call);
    }
    let mut figures = Figures { offered: events, stored: copies.len(), ..Figures::default() };
    for number in 0..events {
        let is_stored = copies.contains_key(&number);
        if is_kept(number) {
            figures.lost += usize::from(!is_stored);
        } else {
            figures.dropped += 1;
            assert!(!is_stored, "{number} was to be dropped");
        }
    }
    for (number, mut calls_of_it) in copies {
        calls_of_it.sort_unstable();
        let (_, before) = calls_of_it.split_last().expect("at least one");
        figures.duplicates += before.len();
        let is_lost = |call: &usize| calls.get(*call).is_some_and(|call| call.is_answer_lost);
        assert!(before.iter().all(is_lost), "{number} is there twice for no reason");
    }
    figures.faults = world.logs.faults_injected().values().sum();
    figures.limits_broken = world.logs.violations().len();
    figures
}

// ── events ──

/// The events: every kind, stored and dropped ones, and some without a known cluster.
fn event(number: u64) -> Event {
    let event = Event::task(number).in_cluster(&format!("cluster-{}", number % 11));
    match number % 20 {
        0..=10 => event,
        11 => service(event, "SERVICE_STEADY_STATE"),
        12 | 13 => service(event, "SERVICE_TASK_PLACEMENT_FAILURE"),
        14 | 15 => event.of_kind("ECS Deployment State Change"),
        16 | 17 => event.of_kind("ECS Container Instance State Change"),
        18 => event.of_kind("AWS API Call via CloudTrail"),
        _ => event.in_cluster("").with("resources", json!([])),
    }
}

fn service(event: Event, event_name: &str) -> Event {
    event.of_kind("ECS Service Action").with_detail("eventName", event_name)
}

fn is_kept(number: u64) -> bool {
    !matches!(number % 20, 11 | 18)
}

// ── environments ──

/// One execution environment, and the queue for its failures.
struct Environment<'a> {
    function: Function,
    soak: &'a Soak,
    dice: Dice,
    waiting: Vec<Message>,
    told_as_duplicates: u64,
}

/// An event in a queue.
struct Message {
    number: u64,
    body: String,
    receives: usize,
}

struct Report {
    told_as_duplicates: u64,
    middle_memory_bytes: u64,
    end_memory_bytes: u64,
    peak_memory_bytes: u64,
}

impl<'a> Environment<'a> {
    fn new(world: &World, soak: &'a Soak, index: u64) -> Self {
        let function = world.function(&[("FORWARDER_EVENT_NAMES", "!SERVICE_STEADY_STATE")]);
        let dice = Dice(soak.seed + index);
        Self { function, soak, dice, waiting: Vec::new(), told_as_duplicates: 0 }
    }

    /// Offers these events until every one is stored or dropped.
    fn work(mut self, mut numbers: Range<u64>) -> Report {
        let half = numbers.start.midpoint(numbers.end);
        let mut middle_memory_bytes = 0;
        while !numbers.is_empty() || !self.waiting.is_empty() {
            let size = 1 + self.dice.below(self.soak.largest_batch);
            let fresh = numbers.by_ref().take(usize::try_from(size).expect("small"));
            let fresh: Vec<u64> = fresh.collect();
            self.batch(&fresh);
            // A tenth of the events come alone.
            let alone: Vec<u64> = numbers.by_ref().take(fresh.len() / 9).collect();
            for number in alone {
                self.direct(number);
            }
            if middle_memory_bytes == 0 && numbers.start >= half {
                middle_memory_bytes = self.function.memory_bytes().unwrap_or_default();
            }
        }
        let report = Report {
            told_as_duplicates: self.told_as_duplicates,
            middle_memory_bytes,
            end_memory_bytes: self.function.memory_bytes().unwrap_or_default(),
            peak_memory_bytes: self.function.peak_memory_bytes().unwrap_or_default(),
        };
        assert_silent_about_secrets(&format!("{:?}", self.function.stop()));
        report
    }

    /// Offers one event alone: Lambda tries again, and then puts it into its on-failure queue.
    fn direct(&mut self, number: u64) {
        let body = event(number).text();
        for _ in 0..TRIES {
            match self.invoke(DIRECT, body.clone()) {
                Answer::Response(summary) => {
                    let is_stored = summary.get("stored").is_some_and(|count| count == 1);
                    assert_eq!(is_stored, is_kept(number), "{number}: {summary}");
                    // EventBridge delivers at least once.
                    if is_kept(number) && self.dice.below(50) == 0 {
                        let again = self.invoke(DIRECT, body);
                        let duplicates = again.response().get("duplicates");
                        assert!(duplicates.is_some_and(|count| count == 1), "{number}");
                        self.told_as_duplicates += 1;
                    }
                    return;
                }
                Answer::Error { .. } => {}
                Answer::NoAnswer => unreachable!("it was answered"),
            }
        }
        self.waiting.push(Message { number, body: on_failure_record(&body), receives: 0 });
    }

    /// Offers a batch of waiting and new events. SQS keeps those that the answer names.
    fn batch(&mut self, fresh: &[u64]) {
        let message =
            |number: &u64| Message { number: *number, body: event(*number).text(), receives: 0 };
        let mut messages = std::mem::take(&mut self.waiting);
        messages.extend(fresh.iter().map(message));
        if messages.is_empty() {
            return;
        }
        let ids: Vec<String> = messages.iter().map(|it| it.number.to_string()).collect();
        let bodies = messages.iter().map(|it| it.body.as_str());
        let pairs: Vec<(&str, &str)> = ids.iter().map(String::as_str).zip(bodies).collect();
        let failed = self.invoke(BATCH, sqs_batch(&pairs)).failed_message_ids();
        for mut message in messages {
            message.receives += 1;
            if failed.contains(&message.number.to_string()) {
                assert!(message.receives < RECEIVES, "{} comes for ever", message.number);
                self.waiting.push(message);
            }
        }
    }

    fn invoke(&self, deadline: Duration, payload: impl Into<Vec<u8>>) -> Answer {
        let (answer, took) = self.function.invoke_within(deadline, payload);
        assert!(answer != Answer::NoAnswer && took < deadline, "{took:?} of {deadline:?}");
        answer
    }
}

/// Random numbers that are the same for the same seed: `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}
