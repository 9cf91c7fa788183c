//! Where an arrival was read.

use ecs_event_forwarder::failure::Failure;
use std::sync::Arc;

/// A file, a line in it, and a position on that line.
#[derive(Clone)]
pub(crate) struct Location {
    pub(crate) file: Arc<str>,
    /// From 1.
    pub(crate) line: usize,
    /// Position among the arrivals that begin on that line, from 1.
    pub(crate) item: usize,
    /// True if the file holds no other arrival.
    pub(super) is_alone: bool,
    /// True if another arrival begins on the same line.
    pub(super) shares_line: bool,
}

impl Location {
    /// Returns `file:line`, and `#` with the position if the line has several arrivals.
    pub(crate) fn in_full(&self) -> String {
        let item = if self.shares_line { format!("#{}", self.item) } else { String::new() };
        format!("{}:{}{item}", self.file, self.line)
    }

    /// Returns the same, or only the file if it holds no other arrival.
    pub(crate) fn in_short(&self) -> String {
        if self.is_alone { self.file.to_string() } else { self.in_full() }
    }

    /// Returns the error message for an arrival here that failed.
    pub(crate) fn refused(&self, failure: &Failure) -> String {
        format!("{}: {}: {failure}", self.in_full(), failure.error_type())
    }
}
