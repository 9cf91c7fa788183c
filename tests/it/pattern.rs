//! The event pattern of a policy never misses an event that the filter keeps, is valid for EventBridge,
//! and drops as many events as it can.
//!
//! These tests match events as EventBridge does: `ruler` is written from its documentation, and
//! `verdicts` compares it with Event Ruler itself.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "samples are files; a test that meets what it does not expect has failed"
)]

mod inexact;
mod events;
mod excess;
mod missing_fields;
mod matcher;
mod law;
mod policies;
mod ruler;
mod texts;
mod choices;
mod typical;
mod valid;
mod verdicts;

use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::{Compact, scan};
use ecs_event_forwarder::judge::judge;
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, MOST_BYTES, Pattern, pattern};
use ecs_event_forwarder::policy::Policy;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use ruler::{Leaves, Rule};
use std::path::Path;

/// The seed is fixed, so that each run gives the same result. `PROPTEST_RNG_SEED` and `PROPTEST_CASES`
/// search further.
fn runner(usual_cases: u32) -> TestRunner {
    let asked = Config::default();
    let is_asked = asked.cases != 256;
    TestRunner::new(Config {
        cases: if is_asked { asked.cases } else { usual_cases },
        failure_persistence: None,
        rng_seed: match asked.rng_seed {
            RngSeed::Random => RngSeed::Fixed(20_261_123),
            given @ RngSeed::Fixed(_) => given,
        },
        ..asked
    })
}

fn policy<V: AsRef<str>>(settings: &[(&str, V)]) -> Policy {
    let settings =
        settings.iter().map(|(name, value)| ((*name).to_owned(), value.as_ref().to_owned()));
    config(settings).expect("valid settings").policy
}

/// The patterns of a policy with ever less room, until it gives up every condition.
fn patterns(policy: &Policy) -> Vec<Pattern> {
    let mut patterns = vec![pattern(policy, MOST_BYTES), pattern(policy, DEFAULT_BYTES)];
    loop {
        let shortest = patterns.iter().map(|it| it.text.len()).min().unwrap_or_default();
        let shorter = pattern(policy, shortest - 1);
        if shorter.text.len() >= shortest {
            return patterns;
        }
        patterns.push(shorter);
    }
}

/// One event, as the function and as EventBridge see it.
#[derive(Clone)]
struct Event {
    name: String,
    json: Compact,
    leaves: Leaves,
}

impl Event {
    fn new(name: &str, json: Compact) -> Self {
        let leaves = Leaves::of(&serde_json::from_str(json.text()).expect("JSON"));
        Self { name: name.to_owned(), json, leaves }
    }

    fn read(text: &str) -> Self {
        Self::new(text, scan(text.to_owned()).expect("JSON").into_compact().expect("an object"))
    }

    fn is_kept(&self, policy: &Policy) -> bool {
        judge(policy, &self.json, 0).is_ok_and(|it| it.ruling.is_ok())
    }

    /// Its `detail-type`, if it is known.
    fn kind(&self) -> String {
        classify(&self.json, &Patterns::default())
            .kind
            .known_detail_type()
            .unwrap_or("unknown")
            .to_owned()
    }

    fn is_matched(&self, rule: &Rule) -> bool {
        rule.matches(&self.leaves)
    }
}

/// The events in a folder of payloads.
fn events_in(folder: &str) -> Vec<Event> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.is_file()).collect();
    files.sort();
    let events = files.iter().flat_map(|file| {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let arrivals = decode(Payload::from(std::fs::read_to_string(file).unwrap()));
        let events = arrivals.into_iter().filter_map(|arrival| arrival.event.ok());
        events.map(move |json| Event::new(name, json))
    });
    events.collect()
}
