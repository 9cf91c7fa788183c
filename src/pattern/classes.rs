//! Classes: kinds of events that a rule treats alike.

use crate::event::EventKind;
use crate::glob::Patterns;
use serde_json::{Value, json};

/// Kinds that have the same fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Task,
    ContainerInstance,
    Health,
    ServiceAction,
    CloudTrail,
    /// All other kinds, known or not.
    Rest,
}

impl Class {
    /// All of them, in the order of their branches.
    pub(super) const ALL: [Self; 6] = [
        Self::Task,
        Self::ContainerInstance,
        Self::Health,
        Self::CloudTrail,
        Self::Rest,
        Self::ServiceAction,
    ];

    /// The kinds of the class; none for [`Class::Rest`], whose kinds cannot be listed.
    fn kinds(self) -> &'static [EventKind<'static>] {
        match self {
            Self::Task => &[EventKind::Task],
            Self::ContainerInstance => &[EventKind::ContainerInstance],
            Self::Health => &[EventKind::ContainerInstanceHealth],
            Self::ServiceAction => &[EventKind::ServiceAction],
            Self::CloudTrail => &[EventKind::CloudTrail, EventKind::CloudTrailServiceEvent],
            Self::Rest => &[],
        }
    }

    /// Returns the detail-types of the class that a rule wants, if it wants any.
    pub(super) fn detail_types(self, wanted: &Patterns) -> Option<DetailTypes> {
        let is_wanted = |name: &str| wanted.hold(Some(name));
        if self != Self::Rest {
            let names = self.kinds().iter().map(|kind| kind.detail_type().to_owned());
            return DetailTypes::of(names.filter(|name| is_wanted(name)).collect());
        }
        let has_class = |kind: &EventKind<'_>| Self::ALL.iter().any(|it| it.kinds().contains(kind));
        let is_other = |kind: &&EventKind<'_>| has_class(kind) || !is_wanted(kind.detail_type());
        let others = EventKind::KNOWN.iter().filter(is_other);
        let others: Vec<_> = others.map(|kind| kind.detail_type().to_owned()).collect();
        if wanted.wanted().is_empty() || wanted.wanted().iter().any(|glob| glob.contains('*')) {
            return Some(DetailTypes { named: vec![], all_but: Some(others) });
        }
        let is_ours = |name: &&String| !others.contains(name) && is_wanted(name);
        DetailTypes::of(wanted.wanted().iter().filter(is_ours).cloned().collect())
    }
}

/// The detail-types of one or more classes.
#[derive(Clone)]
pub(super) struct DetailTypes {
    named: Vec<String>,
    /// If unknown kinds belong to them: the known kinds that do not.
    all_but: Option<Vec<String>>,
}

impl DetailTypes {
    fn of(named: Vec<String>) -> Option<Self> {
        (!named.is_empty()).then_some(Self { named, all_but: None })
    }

    /// Adds the detail-types of another class.
    pub(super) fn extend(&mut self, more: Self) {
        self.named.extend(more.named);
        self.all_but = self.all_but.take().or(more.all_but);
    }

    /// The values of `detail-type` in a pattern.
    pub(super) fn into_values(mut self) -> Vec<Value> {
        let Some(mut others) = self.all_but.take() else {
            return self.named.into_iter().map(Value::from).collect();
        };
        others.retain(|name| !self.named.contains(name));
        if others.is_empty() {
            return vec![json!({ "exists": true })];
        }
        vec![json!({ "anything-but": others })]
    }

    /// True if these are exactly the wanted ones. `ECS *` counts as wanting every unknown kind,
    /// because ECS begins all of its detail-types that way.
    pub(super) fn are_exact(&self, wanted: &Patterns) -> bool {
        let is_all = |glob: &String| glob == "*" || glob == "ECS *";
        let is_known =
            |name: &String| EventKind::KNOWN.iter().any(|kind| kind.detail_type() == name);
        let wants_unknown = wanted.wanted().is_empty() || wanted.wanted().iter().any(is_all);
        self.all_but.is_none() || wants_unknown && wanted.unwanted().iter().all(is_known)
    }
}
