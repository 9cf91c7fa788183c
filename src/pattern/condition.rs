//! The resulting pattern, and the conditions of a policy that it states or omits.

use std::fmt;

/// An event pattern, and the conditions of its policy that it does not state exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The pattern as compact JSON.
    pub text: String,
    /// Conditions that are left out because the pattern would be too long.
    pub given_up: Vec<Condition>,
    /// Conditions that the pattern states more widely than the filter.
    pub approximate: Vec<Condition>,
}

/// The conditions of a policy, by their subject.
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
    /// The selection beside the lists or rules.
    Select,
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
            Self::Select => "select",
            Self::EventTypes => "event types",
            Self::DetailTypes => "detail-types",
        })
    }
}

impl Condition {
    /// All of them. A pattern that is too long gives up the first one first.
    pub(super) const ALL: [Self; 7] = [
        Self::Services,
        Self::EventNames,
        Self::TaskStatuses,
        Self::Clusters,
        Self::Select,
        Self::EventTypes,
        Self::DetailTypes,
    ];
}

/// A part of the policy that a shorter pattern does not state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Omission {
    /// Clusters that events name only in `resources`.
    Resources,
    /// A whole condition.
    All(Condition),
}
