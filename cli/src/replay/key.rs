//! The names of an event in the journal.

use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::Json;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The names by which an event is recognized: its id, and its revision of a resource.
///
/// EventBridge can deliver one change under two ids, so either name is enough.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The event's `id`, or a fingerprint for an event with an odd one or none.
    id: Name,
    /// A fingerprint of the ARN and the `version` of a task or container instance.
    revision: Option<Name>,
}

/// A text, and the hash that represents it in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) hash: u128,
}

/// The longest id that is used unchanged; EventBridge's ids are half as long.
const ID_BYTES: usize = 72;

impl Key {
    pub(super) fn of(event: &Json) -> Self {
        let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let id = match event.root().get_string("id") {
            Some(id) if id.is_empty() => fingerprint("event", event.text()),
            Some(id) if id.len() <= ID_BYTES && id.bytes().all(is_of_id) => id.into_owned(),
            // It can hold anything, and a journal holds no event content.
            Some(id) => fingerprint("id", &id),
            None => fingerprint("event", event.text()),
        };
        let revision = classify(event, &Patterns::default()).revision.map(|(arn, version)| {
            let revision = [arn.as_ref(), " ", version].concat();
            Name::new(fingerprint("revision", &revision))
        });
        Self { id: Name::new(id), revision }
    }

    /// Returns all names of the event.
    pub(super) fn names(&self) -> impl Iterator<Item = &Name> {
        std::iter::once(&self.id).chain(&self.revision)
    }
}

impl Name {
    fn new(text: String) -> Self {
        Self { hash: Self::hash_of(&text), text }
    }

    pub(super) fn hash_of(text: &str) -> u128 {
        Sha256::digest(text).iter().take(16).fold(0, |hash, byte| hash << 8 | u128::from(*byte))
    }
}

fn fingerprint(of: &str, text: &str) -> String {
    Sha256::digest(text).iter().fold(format!("{of}:"), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}
