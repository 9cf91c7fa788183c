//! Policy → EventBridge event pattern, so that the rule decides what it can, for nothing.
//!
//! Law: the pattern matches every event that the filter keeps. It may match more: what a pattern
//! cannot say, or says at too great a length, the function still decides.
//!
//! The language: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>.
//! An operator never matches a field that is absent, `null` is a value, and of an array one
//! element is enough; so a field that an event may lack has its own two alternatives.
//!
//! Precondition: a `clusterArn`, if there is one, is an ARN as ECS writes them.

mod conditions;
mod json;

use crate::policy::Policy;
use conditions::{restricts, said};
use std::collections::BTreeSet;
use std::fmt;

/// The longest pattern that EventBridge takes by default, and after a quota increase.
///
/// See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>.
pub const DEFAULT_BYTES: usize = 2048;
/// See [`DEFAULT_BYTES`].
pub const MOST_BYTES: usize = 4096;

/// An event pattern, and what it does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The pattern as compact JSON.
    pub text: String,
    /// Conditions that were left out because the pattern would be too long.
    pub given_up: Vec<Condition>,
    /// Conditions that the pattern only approximates.
    pub approximate: Vec<Condition>,
}

/// What a policy's condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// Service names.
    Services,
    /// Event names.
    EventNames,
    /// Statuses of tasks.
    TaskStatuses,
    /// Cluster names.
    Clusters,
    /// Event types.
    EventTypes,
    /// Detail-types.
    DetailTypes,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Services => "services",
            Self::EventNames => "event names",
            Self::TaskStatuses => "task statuses",
            Self::Clusters => "clusters",
            Self::EventTypes => "event types",
            Self::DetailTypes => "detail-types",
        })
    }
}

/// What is given up first when the pattern is too long.
const WIDENING: [Condition; 6] = [
    Condition::Services,
    Condition::EventNames,
    Condition::TaskStatuses,
    Condition::Clusters,
    Condition::EventTypes,
    Condition::DetailTypes,
];

/// The narrowest pattern of at most `most_bytes` that matches every event the policy keeps.
///
/// The last resort is a pattern on `source` alone, however long that is.
pub fn pattern(policy: &Policy, most_bytes: usize) -> Pattern {
    let mut steps = 0..=WIDENING.len();
    loop {
        let step = steps.next().unwrap_or(WIDENING.len());
        let given_up = WIDENING.get(..step).unwrap_or_default();
        let mut approximate = BTreeSet::new();
        let rules = policy.filter.rules.iter();
        let branches: Vec<_> = rules.flat_map(|it| said(it, given_up, &mut approximate)).collect();
        let text = json::render(&policy.sources, &branches);
        if text.len() <= most_bytes || step == WIDENING.len() {
            let is_used =
                |it: &&Condition| policy.filter.rules.iter().any(|rule| restricts(rule, **it));
            return Pattern {
                text,
                given_up: given_up.iter().filter(is_used).copied().collect(),
                approximate: approximate.into_iter().collect(),
            };
        }
    }
}
