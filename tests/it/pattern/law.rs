//! The law: what the filter keeps, the pattern matches, however little room the pattern has.

use super::events::event;
use super::policies::{Settings, settings};
use super::ruler::Rule;
use super::{Event, USUAL_BYTES, events_in, policy, runner};
use ecs_event_forwarder::pattern::{Condition, MOST_BYTES, Pattern, pattern};
use ecs_event_forwarder::policy::Policy;
use proptest::prelude::*;
use proptest::test_runner::TestError;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The patterns of a policy with all the room there is, and with ever less until it gives up all.
pub(super) fn patterns(policy: &Policy) -> Vec<Pattern> {
    let mut patterns = vec![pattern(policy, MOST_BYTES), pattern(policy, USUAL_BYTES)];
    loop {
        let shortest = patterns.iter().map(|it| it.text.len()).min().unwrap_or_default();
        let shorter = pattern(policy, shortest - 1);
        if shorter.text.len() >= shortest {
            patterns.push(shorter);
            return patterns;
        }
        patterns.push(shorter);
    }
}

/// How often each thing happened.
#[derive(Default)]
struct Tally {
    events: usize,
    kept: usize,
    matched: usize,
    kept_of_kind: BTreeMap<String, usize>,
    unmatched_of_kind: BTreeMap<String, usize>,
    given_up: BTreeSet<Condition>,
    approximate: BTreeSet<Condition>,
}

impl Tally {
    /// The law for one policy and all the events.
    fn check(&mut self, settings: &Settings, events: &[&Event]) -> Result<(), TestCaseError> {
        let policy = policy(settings);
        let kept: Vec<_> = events.iter().map(|event| event.is_kept(&policy)).collect();
        for (at, Pattern { text, given_up, approximate }) in patterns(&policy).iter().enumerate() {
            let rule = Rule::read(text).map_err(|why| TestCaseError::fail(format!("{why}: {text}")))?;
            let is_whole = at == 0;
            for (event, is_kept) in events.iter().zip(&kept) {
                let is_matched = event.is_matched(&rule);
                prop_assert!(is_matched || !is_kept, "{} is missed by {text}", event.json.text());
                if is_whole {
                    self.count(event, *is_kept, is_matched);
                }
            }
            self.given_up.extend(given_up);
            self.approximate.extend(approximate);
        }
        Ok(())
    }

    fn count(&mut self, event: &Event, is_kept: bool, is_matched: bool) {
        self.events += 1;
        self.kept += usize::from(is_kept);
        self.matched += usize::from(is_matched);
        let kind = event.kind();
        *self.kept_of_kind.entry(kind.clone()).or_default() += usize::from(is_kept);
        *self.unmatched_of_kind.entry(kind).or_default() += usize::from(!is_matched);
    }
}

#[test]
fn the_pattern_matches_every_event_that_the_filter_keeps() {
    let mut samples = ["events", "tests/fixtures"].map(events_in).concat();
    samples.retain(|sample| !sample.name.starts_with("hostile-"));
    let tally = RefCell::new(Tally::default());
    let strategy = (settings(), prop::collection::vec(event(), 40));
    let law = runner(300).run(&strategy, |(settings, events)| {
        let events: Vec<_> = events.iter().map(|event| Event::read(&event.to_string())).collect();
        let all: Vec<_> = samples.iter().chain(&events).collect();
        tally.borrow_mut().check(&settings, &all)
    });
    if let Err(TestError::Fail(why, (settings, _))) = law {
        panic!("{why} of {settings:?}");
    }
    let tally = tally.into_inner();
    println!("{} {} {}", tally.events, tally.kept, tally.matched);
    println!("{:?}\n{:?}", tally.kept_of_kind, tally.unmatched_of_kind);
    println!("{:?}\n{:?}", tally.given_up, tally.approximate);
}
