//! The conditions of a policy, as a pattern expresses or omits them.

use std::fmt;

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
    /// What is selected beside the lists or rules.
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
    /// All of them; the first is given up first when the pattern is too long.
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

/// What a shorter pattern leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Omission {
    /// The clusters that events name in `resources` alone.
    Resources,
    /// A condition.
    All(Condition),
}
