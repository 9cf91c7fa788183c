//! The law: the pattern matches every event that the filter keeps, however short it must be.

use super::events::{event, event_with_odd_names};
use super::policies::{Settings, settings};
use super::ruler::Rule;
use super::{Event, events_in, patterns, policy, runner};
use ecs_event_forwarder::event::EventKind;
use ecs_event_forwarder::pattern::{Condition, Matcher, Pattern};
use ecs_event_forwarder::policy::Policy;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestError};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Checks generated policies on the samples and on generated events.
fn check(
    cases: u32,
    events: impl Strategy<Value = Value>,
    law: impl Fn(&Policy, &[&Event]) -> TestCaseResult,
) {
    let mut samples = ["events", "tests/fixtures"].map(events_in).concat();
    // Names that ECS does not allow.
    samples.retain(|sample| !sample.name.starts_with("hostile-"));
    let strategy = (settings(), prop::collection::vec(events, 40));
    let outcome = runner(cases).run(&strategy, |(settings, events)| {
        let events: Vec<_> = events.iter().map(|event| Event::read(&event.to_string())).collect();
        let all: Vec<_> = samples.iter().chain(&events).collect();
        law(&policy(&settings), &all)
    });
    if let Err(TestError::Fail(why, (settings, _))) = outcome {
        let settings: &Settings = &settings;
        panic!("{why} of {settings:?}");
    }
}

/// Checks that the pattern misses no event that is kept.
fn is_sound(kept: &[&Event], pattern: &Pattern) -> TestCaseResult {
    let rule = Rule::read(&pattern.text).map_err(TestCaseError::fail)?;
    let missed = kept.iter().find(|event| !event.is_matched(&rule));
    let missed = missed.map(|event| event.json.text());
    prop_assert!(missed.is_none(), "{} is missed by {}", missed.unwrap(), pattern.text);
    Ok(())
}

/// Splits events into those that the policy keeps and the others.
fn split<'a>(policy: &Policy, events: &[&'a Event]) -> (Vec<&'a Event>, Vec<&'a Event>) {
    events.iter().partition(|event| event.is_kept(policy))
}

/// Counts of what happened with the narrowest patterns, and the conditions that wider ones gave up.
#[derive(Default)]
struct Tally {
    all: usize,
    kept: usize,
    unmatched: usize,
    kept_of_kind: BTreeMap<String, usize>,
    unmatched_of_kind: BTreeMap<String, usize>,
    given_up: BTreeSet<Condition>,
    approximate: BTreeSet<Condition>,
}

impl Tally {
    fn count(&mut self, patterns: &[Pattern], kept: &[&Event], dropped: &[&Event]) {
        let rule = Rule::read(&patterns[0].text).unwrap();
        let unmatched: Vec<_> = dropped.iter().filter(|event| !event.is_matched(&rule)).collect();
        self.all += kept.len() + dropped.len();
        self.kept += kept.len();
        self.unmatched += unmatched.len();
        for event in kept {
            *self.kept_of_kind.entry(event.kind()).or_default() += 1;
        }
        for event in unmatched {
            *self.unmatched_of_kind.entry(event.kind()).or_default() += 1;
        }
        self.given_up.extend(patterns.iter().flat_map(|pattern| &pattern.given_up));
        self.approximate.extend(patterns.iter().flat_map(|pattern| &pattern.approximate));
    }

    /// Checks that the law was tested: events of every kind are kept, and others are not matched.
    fn check(&self) {
        assert!(self.kept * 4 > self.all, "{} of {} kept", self.kept, self.all);
        assert!(
            self.unmatched * 5 > self.all * 2,
            "{} of {} not matched",
            self.unmatched,
            self.all
        );
        for counts in [&self.kept_of_kind, &self.unmatched_of_kind] {
            assert_eq!(counts.len(), EventKind::KNOWN.len() + 1, "{counts:?}");
            assert!(counts.values().all(|count| *count >= 30), "{counts:?}");
        }
        let all = BTreeSet::from([
            Condition::Services,
            Condition::EventNames,
            Condition::TaskStatuses,
            Condition::Clusters,
            Condition::Select,
            Condition::EventTypes,
            Condition::DetailTypes,
        ]);
        assert_eq!(self.given_up, all);
        assert_eq!(self.approximate, all);
    }
}

#[test]
fn the_pattern_matches_every_event_that_the_filter_keeps() {
    let tally = RefCell::new(Tally::default());
    check(150, event(), |policy, events| {
        let (kept, dropped) = split(policy, events);
        let patterns = patterns(policy);
        for pattern in &patterns {
            is_sound(&kept, pattern)?;
        }
        tally.borrow_mut().count(&patterns, &kept, &dropped);
        Ok(())
    });
    tally.into_inner().check();
}

/// Only exclusions with `*` rely on the names that ECS allows.
#[test]
fn an_event_with_odd_names_is_not_missed() {
    let count = RefCell::new(0);
    check(80, event_with_odd_names(), |policy, events| {
        let has_stars = |globs: &[String]| globs.iter().any(|glob| glob.contains('*'));
        let relies = policy
            .filter()
            .rules()
            .any(|rule| has_stars(rule.clusters.unwanted()) || has_stars(rule.services.unwanted()));
        if relies {
            return Ok(());
        }
        let (kept, _) = split(policy, events);
        *count.borrow_mut() += kept.len();
        is_sound(&kept, &patterns(policy)[0])
    });
    assert!(count.into_inner() > 500);
}

/// Only with real events: generated ones lack fields that no ECS event lacks.
#[test]
fn a_pattern_that_reports_nothing_is_exact() {
    let samples = events_in("events");
    let counts = RefCell::new([0; 3]);
    let outcome = runner(200).run(&settings(), |settings| {
        let policy = policy(&settings);
        for Pattern { text, given_up, approximate } in patterns(&policy) {
            if !given_up.is_empty() || !approximate.is_empty() {
                counts.borrow_mut()[2] += 1;
                continue;
            }
            let rule = Rule::read(&text).map_err(TestCaseError::fail)?;
            for event in &samples {
                let is_kept = event.is_kept(&policy);
                prop_assert_eq!(is_kept, event.is_matched(&rule), "{} {}", event.name, text);
                counts.borrow_mut()[usize::from(is_kept)] += 1;
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|why| panic!("{why}"));
    let [dropped, kept, inexact] = counts.into_inner();
    assert!(dropped > 1000 && kept > 1000 && inexact > 100, "{dropped} {kept} {inexact}");
}

/// The command line uses it to count the events that the rule matches.
#[test]
fn the_librarys_matcher_agrees_with_the_tests_own() {
    let counts = RefCell::new([0; 2]);
    check(60, event_with_odd_names(), |policy, events| {
        for pattern in patterns(policy) {
            let rule = Rule::read(&pattern.text).map_err(TestCaseError::fail)?;
            let matcher = Matcher::new(&pattern);
            for event in events {
                let is_matched = event.is_matched(&rule);
                let (event, text) = (&event.json, &pattern.text);
                prop_assert_eq!(matcher.matches(event), is_matched, "{} {}", event.text(), text);
                counts.borrow_mut()[usize::from(is_matched)] += 1;
            }
        }
        Ok(())
    });
    assert!(counts.into_inner().iter().all(|count| *count > 2000));
}
