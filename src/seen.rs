//! The memory of stored events, which recognizes a second delivery.
//!
//! EventBridge delivers at least once:
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-delivery-level.html>.

use crate::event::EcsEvent;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// The most ids that are remembered. The limit for revisions is the same.
pub const REMEMBERED: usize = 10_000;

/// The identity of an event. Two events are the same if they have the same `id`, or the same ARN and
/// `version` of a task or container instance.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    id: Option<Box<str>>,
    revision: Option<Box<str>>,
}

// An id is event content and could be a secret.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("id", &self.printable_id()).finish_non_exhaustive()
    }
}

impl Identity {
    /// Returns the identity of an event. An event without one is never a duplicate.
    pub fn of(event: &EcsEvent<'_>) -> Self {
        let id = event.envelope.id.as_deref().map(Box::from);
        let revision = event.revision.as_ref();
        let revision = revision.map(|(arn, version)| [arn, " ", version].concat().into_boxed_str());
        Self { id, revision }
    }

    /// Returns the `id` if it has the form of EventBridge's ids; any other text could be a secret.
    pub fn printable_id(&self) -> Option<&str> {
        let is_of_uuid = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        self.id.as_deref().filter(|id| id.len() == 36 && id.bytes().all(is_of_uuid))
    }
}

/// A bounded memory of identities.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    ids: Halves,
    revisions: Halves,
}

/// A bounded set of texts: when the newer half is full, the older half is forgotten.
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
    /// True if the same event is stored.
    pub fn has(&self, identity: &Identity) -> bool {
        self.ids.have(identity.id.as_deref()) || self.revisions.have(identity.revision.as_deref())
    }

    /// Remembers a stored event. It is called when the event is settled, never before.
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

/// The events of one plan, to find those that arrive twice in it.
#[derive(Default)]
pub struct Firsts {
    ids: HashMap<Box<str>, usize>,
    revisions: HashMap<Box<str>, usize>,
    is_alone: bool,
}

impl Firsts {
    /// For a plan with this many arrivals, if known. A lone arrival needs no comparison.
    pub fn expecting(arrivals: Option<usize>) -> Self {
        Self { is_alone: arrivals.is_some_and(|count| count < 2), ..Self::default() }
    }

    /// Returns the position of an earlier event with the same identity, or notes this one as the
    /// first.
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
