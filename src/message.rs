//! The text of an event on its way through the steps from trimming to enriching.

use crate::json::Compact;
use std::fmt;

/// One JSON object on one line, without white space between its tokens.
///
/// Only the steps of the line make one from text. It begins as the whole event ([`Message::whole`]), as a
/// trimmed event ([`trim`](crate::trim::trim)) or as a [`stub`](crate::stub::stub).
#[derive(Clone, PartialEq, Eq)]
pub struct Message(String);

impl Message {
    /// The event as it arrived.
    pub fn whole(event: &Compact) -> Self {
        Self(event.text().to_owned())
    }

    /// A message with this text. A step calls it with one JSON object without white space between
    /// its tokens.
    pub(crate) fn of_step(text: String) -> Self {
        Self(text)
    }

    /// The text of the JSON object.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text of the JSON object.
    pub fn into_string(self) -> String {
        self.0
    }
}

// Events can hold secrets.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} bytes)", self.0.len())
    }
}
