//! The event pattern of a policy: it never misses an event that the filter keeps, EventBridge
//! takes it, and it says what it can.
//!
//! Matching is EventBridge's here: `ruler` is written from its documentation, and `verdicts` holds
//! it to what Event Ruler itself says.

mod events;
mod excess;
mod lacking;
mod law;
mod policies;
mod ruler;
mod texts;
mod typical;
mod valid;
mod verdicts;

use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::json::{Json, scan};
use ecs_event_forwarder::plan::judge;
use ecs_event_forwarder::policy::Policy;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use ruler::{Fields, Rule};
use std::path::Path;

/// What EventBridge takes without a quota increase.
const USUAL_BYTES: usize = 2048;

/// The seed is fixed, so that a run says what the last one said; `PROPTEST_RNG_SEED` and
/// `PROPTEST_CASES` look further.
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

fn policy<'a>(settings: impl IntoIterator<Item = &'a (&'a str, String)>) -> Policy {
    let settings = settings.into_iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    config(settings).expect("valid settings").policy
}

/// One event, as the function and as EventBridge see it.
#[derive(Clone)]
struct Event {
    name: String,
    json: Json,
    fields: Fields,
}

impl Event {
    fn new(name: &str, json: Json) -> Self {
        let fields = Fields::of(&serde_json::from_str(json.text()).expect("JSON"));
        Self { name: name.to_owned(), json, fields }
    }

    fn read(text: &str) -> Self {
        Self::new(text, scan(text.to_owned()).expect("JSON"))
    }

    fn is_kept(&self, policy: &Policy) -> bool {
        judge(policy, &self.json, 0).is_ok_and(|it| it.ruling.is_ok())
    }

    /// Its `detail-type`, if that is a known one.
    fn kind(&self) -> String {
        classify(&self.json).kind.known_detail_type().unwrap_or("unknown").to_owned()
    }

    fn is_matched(&self, rule: &Rule) -> bool {
        rule.matches(&self.fields)
    }
}

/// The events of a folder's payloads, those that are events.
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
