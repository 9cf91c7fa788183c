//! Policy → EventBridge event pattern, so that the rule decides what it can, for nothing.
//!
//! Law: the pattern matches every event that the filter keeps. It may match more: what a pattern
//! cannot say, or says at too great a length, the function still decides.
//!
//! The language: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>.
//! An operator never matches a field that is absent, `null` is a value, and of an array one
//! element is enough; so a field that an event may lack has its own two alternatives.
//!
//! Preconditions: where ECS writes a text there is a text, null or nothing, and clusters and services
//! are called as ECS allows. Only exclusions with `*` rely on the latter: the filter keeps an event
//! whose cluster `prod/..` is none, and the pattern takes it for one of `!prod*`.

mod condition;
mod operators;
mod classes;
mod branch;
mod types;
mod conditions;
mod json;
mod matches;

use crate::filter::Filter;
use crate::policy::Policy;
use condition::Omission;
use conditions::{nothing, restricts, said};
use std::collections::BTreeSet;

pub use condition::{Condition, Pattern};
pub use matches::Matcher;

/// The longest pattern that EventBridge takes by default, and after a quota increase.
///
/// See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>.
pub const DEFAULT_BYTES: usize = 2048;
/// See [`DEFAULT_BYTES`].
pub const MOST_BYTES: usize = 4096;

/// The narrowest pattern of at most `most_bytes` that matches every event the policy keeps.
///
/// The last resort is a pattern on `source` alone, however long that is.
pub fn pattern(policy: &Policy, most_bytes: usize) -> Pattern {
    let Filter { rules, select } = &policy.filter;
    let is_used = |it: &Condition| rules.iter().any(|rule| restricts(rule, *select, *it));
    let conditions = Condition::ALL.into_iter().filter(is_used).map(Omission::All);
    let mut omissions = Vec::new();
    let mut pattern = without(policy, &omissions);
    for omission in std::iter::once(Omission::Resources).chain(conditions) {
        if pattern.text.len() <= most_bytes {
            break;
        }
        omissions.push(omission);
        pattern = without(policy, &omissions);
    }
    narrow(policy, pattern, omissions, most_bytes)
}

/// Says again what was left out in vain, because something longer came after it.
fn narrow(
    policy: &Policy,
    mut pattern: Pattern,
    mut omissions: Vec<Omission>,
    most_bytes: usize,
) -> Pattern {
    if omissions.contains(&Omission::All(Condition::DetailTypes)) {
        // Nothing else can be said without them.
        return pattern;
    }
    for omission in omissions.clone().into_iter().rev() {
        let fewer: Vec<_> = omissions.iter().copied().filter(|it| *it != omission).collect();
        let narrower = without(policy, &fewer);
        if narrower.text.len() <= most_bytes {
            (pattern, omissions) = (narrower, fewer);
        }
    }
    pattern
}

fn without(policy: &Policy, omissions: &[Omission]) -> Pattern {
    let mut approximate = BTreeSet::new();
    let Filter { rules, select } = &policy.filter;
    let said = |rule| said(rule, *select, omissions, &mut approximate);
    let mut branches: Vec<_> = rules.iter().flat_map(said).collect();
    if branches.is_empty() {
        branches.push(nothing());
    }
    let is_given_up = |it: &Condition| omissions.contains(&Omission::All(*it));
    Pattern {
        text: json::render(&policy.sources, branches),
        given_up: Condition::ALL.into_iter().filter(is_given_up).collect(),
        approximate: approximate.into_iter().collect(),
    }
}
