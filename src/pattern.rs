//! Turns a policy into an EventBridge event pattern, so that the rule drops events for free.
//!
//! Law: the pattern matches every event that the filter keeps. It may match other events, too, which
//! the function then drops: no pattern can state some conditions, and others would make it too long.
//!
//! How it is built: `rule` turns each rule of the filter into branches, one for each of the `classes`
//! of kinds that have the same fields. `types` and `tasks` add the wanted event types, `operators` the
//! lists of names. `render` writes the branches as one pattern. `matches` predicts which events a
//! pattern matches.
//!
//! [The language] has surprises: no operator but `exists` matches a field that is absent, `null`
//! is a value of its own, and one element of an array is enough. A condition that an event without
//! the field meets therefore lists `{"exists":false}` and `null` beside its values.
//!
//! Preconditions: a field in which ECS writes text holds text, `null` or nothing, and clusters and
//! services have names that ECS allows. Only exclusions with `*` rely on the names. For example,
//! `prod/..` is no name of a cluster, so the filter keeps its events under `!prod*` as events without
//! a cluster, but the pattern excludes them.
//!
//! [The language]: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html

mod condition;
mod operators;
mod classes;
mod branch;
mod tasks;
mod types;
mod rule;
mod render;
mod matches;

use crate::policy::Policy;
use condition::Omission;
use rule::{branches, nothing, restricts};
use std::collections::BTreeSet;

pub use condition::{Condition, Pattern};
pub use matches::Matcher;

/// The longest pattern that EventBridge accepts by default.
///
/// See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>.
pub const DEFAULT_BYTES: usize = 2048;
/// The longest pattern that EventBridge accepts after a quota increase.
///
/// See [`DEFAULT_BYTES`].
pub const MOST_BYTES: usize = 4096;

/// Returns the narrowest pattern of at most `most_bytes` that matches every event the policy keeps.
///
/// If nothing fits, it is the pattern for the policy's sources alone, whatever its length.
pub fn pattern(policy: &Policy, most_bytes: usize) -> Pattern {
    let filter = policy.filter();
    let is_used = |it: &Condition| filter.rules().any(|rule| restricts(rule, filter.select(), *it));
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
    restored(policy, pattern, omissions, most_bytes)
}

/// Puts back every condition that still fits after a longer one was removed.
fn restored(
    policy: &Policy,
    mut pattern: Pattern,
    mut omissions: Vec<Omission>,
    most_bytes: usize,
) -> Pattern {
    if omissions.contains(&Omission::All(Condition::DetailTypes)) {
        // Without detail-types a pattern can state nothing else.
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

/// Returns the pattern for the policy without the omitted parts, whatever its length.
fn without(policy: &Policy, omissions: &[Omission]) -> Pattern {
    let filter = policy.filter();
    let branches_of = |rule| branches(rule, filter.select(), omissions);
    let mut branches: Vec<_> = filter.rules().flat_map(branches_of).collect();
    if branches.is_empty() {
        branches.push(nothing());
    }
    let approximate: BTreeSet<_> =
        branches.iter().flat_map(|branch| branch.approximate.iter().copied()).collect();
    let is_given_up = |it: &Condition| omissions.contains(&Omission::All(*it));
    Pattern {
        text: render::render(policy.sources(), branches),
        given_up: Condition::ALL.into_iter().filter(is_given_up).collect(),
        approximate: approximate.into_iter().collect(),
    }
}
