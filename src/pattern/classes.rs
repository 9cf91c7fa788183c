//! The kinds of events, in classes that have their fields in common.

use crate::event::EventKind;
use crate::glob::Patterns;
use serde_json::{Value, json};

/// Kinds about which a rule says different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Task,
    ContainerInstance,
    Health,
    ServiceAction,
    CloudTrail,
    /// The other known kinds, and those that nobody knows.
    Rest,
}

pub(super) const CLASSES: [Class; 6] = [
    Class::Task,
    Class::ContainerInstance,
    Class::Health,
    Class::CloudTrail,
    Class::Rest,
    Class::ServiceAction,
];

impl Class {
    fn kind(self) -> Option<EventKind<'static>> {
        match self {
            Self::Task => Some(EventKind::Task),
            Self::ContainerInstance => Some(EventKind::ContainerInstance),
            Self::Health => Some(EventKind::ContainerInstanceHealth),
            Self::ServiceAction => Some(EventKind::ServiceAction),
            Self::CloudTrail => Some(EventKind::CloudTrail),
            Self::Rest => None,
        }
    }

    /// Whether the rule may want events of the class, and by which detail-types they are told.
    pub(super) fn detail_types(self, wanted: &Patterns) -> Option<DetailTypes> {
        let is_wanted = |name: &&str| wanted.hold(Some(name));
        if let Some(kind) = self.kind() {
            let named = vec![kind.detail_type().to_owned()];
            return is_wanted(&kind.detail_type()).then_some(DetailTypes { named, all_but: None });
        }
        let is_other = |kind: &&EventKind<'_>| {
            let is_of_class = CLASSES.iter().any(|class| class.kind().as_ref() == Some(kind));
            is_of_class || !is_wanted(&kind.detail_type())
        };
        let others = EventKind::KNOWN.iter().filter(is_other);
        let others: Vec<_> = others.map(|kind| kind.detail_type().to_owned()).collect();
        if wanted.wanted().is_empty() || wanted.wanted().iter().any(|glob| glob.contains('*')) {
            return Some(DetailTypes { named: vec![], all_but: Some(others) });
        }
        let is_ours = |name: &&String| !others.contains(name) && is_wanted(&name.as_str());
        let named: Vec<_> = wanted.wanted().iter().filter(is_ours).cloned().collect();
        (!named.is_empty()).then_some(DetailTypes { named, all_but: None })
    }
}

/// The detail-types of some classes.
#[derive(Clone)]
pub(super) struct DetailTypes {
    named: Vec<String>,
    /// If kinds that nobody knows are among them: those that are not.
    all_but: Option<Vec<String>>,
}

impl DetailTypes {
    pub(super) fn extend(&mut self, more: Self) {
        self.named.extend(more.named);
        self.all_but = self.all_but.take().or(more.all_but);
    }

    pub(super) fn values(mut self) -> Vec<Value> {
        let Some(mut others) = self.all_but.take() else {
            return self.named.into_iter().map(Value::from).collect();
        };
        others.retain(|name| !self.named.contains(name));
        if others.is_empty() {
            return vec![json!({ "exists": true })];
        }
        vec![json!({ "anything-but": others })]
    }

    /// Whether these are all that are wanted; the kinds of ECS that nobody knows begin like the
    /// others.
    pub(super) fn are_exact(&self, wanted: &Patterns) -> bool {
        let is_all = |glob: &String| glob == "*" || glob == "ECS *";
        let is_known =
            |name: &String| EventKind::KNOWN.iter().any(|kind| kind.detail_type() == name);
        let wants_unknown = wanted.wanted().is_empty() || wanted.wanted().iter().any(is_all);
        self.all_but.is_none() || wants_unknown && wanted.unwanted().iter().all(is_known)
    }
}
