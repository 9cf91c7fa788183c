//! A branch: the part of a pattern that matches events of some detail-types.

use super::condition::Condition;
use super::operators::{absent, matchers};
use crate::glob::Patterns;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The accepted values of each field, which is named by its dotted path. An event matches if each
/// field has one of its values.
pub(super) type FieldValues = BTreeMap<&'static str, Vec<Value>>;

/// One alternative of a pattern.
#[derive(Clone, Debug, Default)]
pub(super) struct Branch {
    /// Fields that must all match.
    pub(super) fields: FieldValues,
    /// Sets of fields of which one must match as well; if there are none, `fields` decide alone.
    pub(super) alternatives: Vec<FieldValues>,
    /// The policy's conditions that the branch matches more widely than the filter does.
    pub(super) approximate: BTreeSet<Condition>,
}

/// The treatment of events that lack a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lacking {
    /// They match.
    Matches,
    /// They match if the patterns hold for an absent text.
    AsPatterns,
}

impl Branch {
    /// A branch with alternatives alone.
    pub(super) fn any_of(alternatives: Vec<FieldValues>) -> Self {
        Self { alternatives, ..Self::default() }
    }

    /// The same branch, marked as wider than the filter in these conditions.
    pub(super) fn approximating(mut self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.approximate.extend(conditions);
        self
    }

    /// The same branch, narrowed to events whose field fits the patterns, each brought into `form`
    /// first: `service:web` for `web`.
    pub(super) fn with_field(
        mut self,
        field: &'static str,
        patterns: &Patterns,
        lacking: Lacking,
        form: impl Fn(&str) -> String,
    ) -> Self {
        let mut values = matchers(patterns, form);
        if lacking == Lacking::Matches || patterns.hold(None) {
            values.splice(0..0, absent());
        }
        self.fields.insert(field, values);
        self
    }

    /// True if both match the same events.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.fields == other.fields && self.alternatives == other.alternatives
    }
}
