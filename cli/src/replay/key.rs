//! What an event is called in the journal.

use ecs_event_forwarder::json::Json;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The event's `id`; of one that has none, or an odd one, a fingerprint.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) hash: u128,
}

/// EventBridge's ids are half as long.
const ID_BYTES: usize = 72;

impl Key {
    pub(super) fn of(event: &Json) -> Self {
        let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let id = match event.root().get_string("id") {
            Some(id) if id.is_empty() => fingerprint("event", event.text()),
            Some(id) if id.len() <= ID_BYTES && id.bytes().all(is_of_id) => id.into_owned(),
            // It could say anything, and a journal holds no event content.
            Some(id) => fingerprint("id", &id),
            None => fingerprint("event", event.text()),
        };
        Self { hash: Self::hash_of(&id), id }
    }

    pub(super) fn hash_of(id: &str) -> u128 {
        Sha256::digest(id).iter().take(16).fold(0, |hash, byte| hash << 8 | u128::from(*byte))
    }
}

fn fingerprint(of: &str, text: &str) -> String {
    Sha256::digest(text).iter().fold(format!("{of}:"), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}
