//! Events → the load of each way to keep them.

use crate::clock;
use crate::dollars::Load;
use crate::input::Chunk;
use ecs_event_forwarder::event::Failure;
use ecs_event_forwarder::json::Json;
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, Matcher, Pattern, pattern};
use ecs_event_forwarder::plan::judge;
use ecs_event_forwarder::policy::Policy;
use ecs_event_forwarder::seen::{Identity, Seen};

/// The profiles of trimming.
const PROFILES: [&str; 3] = ["full", "lean", "minimal"];

/// What the events cause, way by way.
pub(crate) struct Measure {
    policy: Policy,
    seen: Seen,
    matcher: Matcher,
    /// The pattern of the policy.
    pub(super) pattern: Pattern,
    /// A rule whose target is the log group.
    pub(super) rule: Load,
    /// The forwarder with this policy.
    pub(super) forwarder: Load,
    /// The same behind the event pattern.
    pub(super) behind_pattern: Load,
    /// The forwarder with the profiles that the policy does not have.
    pub(super) others: Vec<(&'static str, Policy, Load)>,
    times_ms: Option<(i64, i64)>,
}

impl Measure {
    /// Nothing is measured yet; `with_trim` is the policy with another profile.
    pub(crate) fn new(policy: Policy, with_trim: impl Fn(&str) -> Option<Policy>) -> Self {
        let others = PROFILES.into_iter().filter(|name| *name != policy.trim.profile.as_str());
        let other = |name| Some((name, with_trim(name)?, Load::default()));
        let others = others.filter_map(other).collect();
        let pattern = pattern(&policy, DEFAULT_BYTES);
        Self {
            seen: Seen::default(),
            matcher: Matcher::new(&pattern),
            pattern,
            rule: Load::default(),
            forwarder: Load::default(),
            behind_pattern: Load::default(),
            others,
            times_ms: None,
            policy,
        }
    }

    /// The name of the policy's own profile.
    pub(super) fn profile(&self) -> &'static str {
        self.policy.trim.profile.as_str()
    }

    /// How many events are measured.
    pub(crate) fn events(&self) -> usize {
        self.rule.stored
    }

    /// From the first to the last of them.
    pub(crate) fn span_ms(&self) -> i64 {
        self.times_ms.map_or(0, |(first, last)| last - first)
    }

    /// Measures more events, and gives a sentence for each that is none.
    pub(crate) fn add(&mut self, chunk: &Chunk) -> Vec<String> {
        let mut problems = chunk.unreadable.clone();
        let now_ms = clock::now_ms();
        for (arrival, place) in chunk.arrivals.iter().zip(&chunk.places) {
            let event = arrival.event.as_ref().map_err(Failure::clone);
            if let Err(failure) = event.and_then(|event| self.add_event(event, now_ms)) {
                problems.push(place.refused(&failure));
            }
        }
        problems
    }

    fn add_event(&mut self, event: &Json, now_ms: i64) -> Result<(), Failure> {
        let judged = judge(&self.policy, event, now_ms)?;
        self.rule.store(event.text().len());
        if let Some(time_ms) = judged.event.timestamp_ms {
            let (first, last) = self.times_ms.unwrap_or((time_ms, time_ms));
            self.times_ms = Some((first.min(time_ms), last.max(time_ms)));
        }
        self.forwarder.invocations += 1;
        self.behind_pattern.invocations += usize::from(self.matcher.matches(event));
        for (_, _, load) in &mut self.others {
            load.invocations += 1;
        }
        let identity = Identity::of(&judged.event);
        let Ok(kept) = judged.ruling else { return Ok(()) };
        if self.seen.has(&identity) {
            return Ok(());
        }
        self.seen.remember(identity);
        self.forwarder.store(kept.message.len());
        self.behind_pattern.store(kept.message.len());
        for (_, policy, load) in &mut self.others {
            if let Ok(kept) = judge(policy, event, now_ms)?.ruling {
                load.store(kept.message.len());
            }
        }
        Ok(())
    }
}
