//! Events → the load of each way to keep them.

use crate::clock;
use crate::dollars::Load;
use crate::input::Chunk;
use crate::rehearsal::{Rehearsed, rehearse};
use crate::times::Extent;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::Json;
use ecs_event_forwarder::line::{End, Entry, Line};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, Matcher, Pattern, pattern};
use ecs_event_forwarder::policy::Policy;

/// The profiles of trimming.
const PROFILES: [&str; 3] = ["full", "lean", "minimal"];

/// The load that the events cause, for each way to keep them.
pub(crate) struct Measure {
    line: Line,
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
    pub(super) others: Vec<(&'static str, Line, Load)>,
    times: Extent,
}

impl Measure {
    /// Begins a measurement; `with_trim` returns the policy with another profile.
    pub(crate) fn new(policy: Policy, with_trim: impl Fn(&str) -> Option<Policy>) -> Self {
        let others = PROFILES.into_iter().filter(|name| *name != policy.trim().profile().as_str());
        let other = |name| Some((name, Line::new(with_trim(name)?), Load::default()));
        let others = others.filter_map(other).collect();
        let pattern = pattern(&policy, DEFAULT_BYTES);
        Self {
            matcher: Matcher::new(&pattern),
            pattern,
            rule: Load::default(),
            forwarder: Load::default(),
            behind_pattern: Load::default(),
            others,
            times: Extent::default(),
            line: Line::new(policy),
        }
    }

    /// Returns the name of the policy's own profile.
    pub(super) fn profile(&self) -> &'static str {
        self.line.policy().trim().profile().as_str()
    }

    /// Returns the number of measured events.
    pub(crate) fn events(&self) -> usize {
        self.rule.stored
    }

    /// Returns the time from the first to the last of them.
    pub(crate) fn span_ms(&self) -> i64 {
        self.times.span_ms()
    }

    /// Measures more events, and returns a sentence for each arrival that is not an event.
    pub(crate) fn add(&mut self, chunk: &Chunk) -> Vec<String> {
        let mut problems = chunk.unreadable.clone();
        let now_ms = clock::now_ms();
        let rehearsed = rehearse(&mut self.line, &chunk.arrivals, now_ms);
        for ((arrival, location), Rehearsed { entry, .. }) in
            chunk.arrivals.iter().zip(&chunk.locations).zip(rehearsed)
        {
            if let End::Failed(failure) = entry.end() {
                problems.push(location.refused(failure));
            } else if let Ok(event) = &arrival.event {
                self.add_event(event, &entry);
            }
        }
        for (_, line, load) in &mut self.others {
            for Rehearsed { entry, .. } in rehearse(line, &chunk.arrivals, now_ms) {
                add_forwarded(load, &entry);
            }
        }
        problems
    }

    fn add_event(&mut self, event: &Json, entry: &Entry) {
        self.rule.store(event.text().len());
        self.times.add(classify(event, &Patterns::default()).timestamp_ms);
        add_forwarded(&mut self.forwarder, entry);
        self.behind_pattern.invocations += usize::from(self.matcher.matches(event));
        if *entry.end() == End::Stored {
            self.behind_pattern.store(entry.bytes_out());
        }
    }
}

/// Adds an event that invokes the function.
fn add_forwarded(load: &mut Load, entry: &Entry) {
    match entry.end() {
        End::Stored => load.store(entry.bytes_out()),
        End::Dropped(_) | End::Duplicate => {}
        End::Failed(_) => return,
    }
    load.invocations += 1;
}
