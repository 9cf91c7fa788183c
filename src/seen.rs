//! What this execution environment has stored, so that a second delivery is told as such.
//!
//! EventBridge delivers at least once:
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-delivery-level.html>.

use crate::event::EcsEvent;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// How many ids are remembered at most, and as many revisions.
pub const REMEMBERED: usize = 10_000;

/// What makes two events the same: the `id`, or the ARN and the `version` of what changed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    id: Option<Box<str>>,
    revision: Option<Box<str>>,
}

// It is event content, which could say anything.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("id", &self.printable_id()).finish_non_exhaustive()
    }
}

impl Identity {
    /// The identity of an event; one that carries none is never a duplicate.
    pub fn of(event: &EcsEvent<'_>) -> Self {
        let id = event.envelope.id.as_deref().map(Box::from);
        let revision = event.revision.as_ref();
        let revision = revision.map(|(arn, version)| [arn, " ", version].concat().into_boxed_str());
        Self { id, revision }
    }

    /// The event's `id`, if it is like those of EventBridge; others could say anything.
    pub fn printable_id(&self) -> Option<&str> {
        let is_of_uuid = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        self.id.as_deref().filter(|id| id.len() == 36 && id.bytes().all(is_of_uuid))
    }
}

/// A bounded memory of identities: when a half is full, the older half is forgotten.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    ids: Halves,
    revisions: Halves,
}

#[derive(Clone, Default)]
struct Halves {
    newer: HashSet<Box<str>>,
    older: HashSet<Box<str>>,
}

impl fmt::Debug for Halves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} + {}", self.newer.len(), self.older.len())
    }
}

impl Seen {
    /// Whether such an event was stored.
    pub fn has(&self, identity: &Identity) -> bool {
        self.ids.have(identity.id.as_deref()) || self.revisions.have(identity.revision.as_deref())
    }

    /// To be said of events that are stored, never before.
    pub fn remember(&mut self, identity: Identity) {
        self.ids.remember(identity.id);
        self.revisions.remember(identity.revision);
    }
}

impl Halves {
    fn have(&self, text: Option<&str>) -> bool {
        text.is_some_and(|text| self.newer.contains(text) || self.older.contains(text))
    }

    fn remember(&mut self, text: Option<Box<str>>) {
        if self.newer.len() >= REMEMBERED / 2 {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.extend(text);
    }
}

/// The events of one plan, to find those that come twice in it.
#[derive(Default)]
pub struct Firsts {
    ids: HashMap<Box<str>, usize>,
    revisions: HashMap<Box<str>, usize>,
    is_alone: bool,
}

impl Firsts {
    /// For a plan with so many arrivals, if that is known; one alone is nothing to be compared with.
    pub fn expecting(arrivals: Option<usize>) -> Self {
        Self { is_alone: arrivals.is_some_and(|count| count < 2), ..Self::default() }
    }

    /// The position of an earlier event of the same identity, if there is one; else this event is
    /// the first.
    pub fn earlier(&mut self, identity: &Identity, position: usize) -> Option<usize> {
        if self.is_alone {
            return None;
        }
        let by_id = identity.id.as_ref().and_then(|id| self.ids.get(id));
        let by_revision = identity.revision.as_ref().and_then(|it| self.revisions.get(it));
        if let Some(first) = by_id.or(by_revision) {
            return Some(*first);
        }
        self.ids.extend(identity.id.clone().map(|id| (id, position)));
        self.revisions.extend(identity.revision.clone().map(|it| (it, position)));
        None
    }
}
