//! Laws of the line, checked on generated inputs. Each module states some.
//!
//! The seed is fixed, so that each run gives the same result. `PROPTEST_RNG_SEED` and `PROPTEST_CASES`
//! search further.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "samples are files; a test that meets what it does not expect has failed"
)]

mod accounts;
mod batches;
mod generate;
mod globs;
mod oversize;
mod receipts;
mod scans;
mod secrets;
pub(crate) mod trimming;

use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::{Line, Plan};
use ecs_event_forwarder::log::Batch;
use ecs_event_forwarder::policy::Policy;
use proptest::test_runner::{Config, RngSeed};

const NOW_MS: i64 = 1_796_083_200_042;

/// `usual` cases, or the number in the environment.
fn cases(usual: u32) -> Config {
    let asked = Config::default();
    let is_asked = asked.cases != 256;
    Config {
        cases: if is_asked { asked.cases } else { usual },
        failure_persistence: None,
        rng_seed: match asked.rng_seed {
            RngSeed::Random => RngSeed::Fixed(20_261_116),
            given @ RngSeed::Fixed(_) => given,
        },
        ..asked
    }
}

fn policy(settings: &[(&str, &str)]) -> Policy {
    let settings = settings.iter().map(|(n, v)| ((*n).into(), (*v).into()));
    config(settings).expect("valid settings").policy
}

/// The plan for a payload, from a line that has stored nothing yet.
fn planned(policy: &Policy, payload: &str) -> Plan {
    let arrivals = decode(Payload::from(payload.to_owned()));
    Line::new(policy.clone()).plan(arrivals, NOW_MS)
}

/// The messages that a plan stores.
fn messages(plan: &Plan) -> impl Iterator<Item = &str> {
    let events = plan.batches().iter().flat_map(Batch::events);
    events.map(|event| event.message.as_str())
}
