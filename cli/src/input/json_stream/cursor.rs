//! The position in the stream: the bytes in memory, the offset, and the line.

use super::window::Window;
use crate::input::found::Found;
use std::io::{self, Read};

/// A position in the bytes of a reader.
pub(super) struct Cursor<R> {
    window: Window<R>,
    /// The position of the next byte.
    pub(super) at: usize,
    pub(super) line: Line,
}

/// The line that the position is on.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) start: usize,
    /// True if the line has only space up to the position.
    pub(super) is_blank: bool,
}

/// Where a value begins.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) at: usize,
    pub(super) line: usize,
    /// How far its line is indented, if it is the first on it.
    pub(super) indent: Option<usize>,
}

impl<R: Read> Cursor<R> {
    pub(super) fn new(reader: R) -> Self {
        let line = Line { number: 1, start: 0, is_blank: true };
        Self { window: Window::new(reader), at: 0, line }
    }

    /// Returns the byte here, unless it has yet to be read.
    pub(super) fn byte(&self) -> Option<u8> {
        self.window.byte(self.at)
    }

    /// Returns the bytes in memory from here on.
    pub(super) fn rest(&self) -> &[u8] {
        self.window.from(self.at)
    }

    /// Returns the bytes between two positions.
    pub(super) fn between(&self, start: usize, end: usize) -> &[u8] {
        self.window.between(start, end)
    }

    /// Drops the bytes before a position and reads more; returns false at the end.
    pub(super) fn read(&mut self, needed: usize) -> io::Result<bool> {
        self.window.read(needed)
    }

    /// Goes to the end of the bytes in memory.
    pub(super) fn skip_all(&mut self) {
        self.at = self.window.end();
    }

    /// Returns how far into its line the position is.
    pub(super) fn column(&self) -> usize {
        self.at - self.line.start
    }

    /// Notes that a line begins here.
    pub(super) fn new_line(&mut self) {
        self.line = Line { number: self.line.number + 1, start: self.at, is_blank: true };
    }

    /// Returns the start of a value that begins here.
    pub(super) fn start(&self) -> Start {
        let indent = self.line.is_blank.then(|| self.column());
        Start { at: self.at, line: self.line.number, indent }
    }

    /// Returns the value between two positions, which begins on that line.
    pub(super) fn found(&self, start: usize, end: usize, line: usize) -> Found {
        let text = String::from_utf8(self.between(start, end).to_vec());
        Found { line, text: text.map_err(|error| error.utf8_error().valid_up_to()) }
    }
}
