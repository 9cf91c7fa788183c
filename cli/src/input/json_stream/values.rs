//! The grammar: which token may come next, and where values begin and end.

use super::cursor::{Cursor, Start};
use super::due::{Due, Level};
use super::recovery::Enclosed;
use crate::input::found::Found;
use memchr::memchr3;
use serde::de::IgnoredAny;
use std::io::{self, Read};

/// The largest value that is read: far beyond what Lambda takes.
const VALUE_BYTES: usize = 64 * 1024 * 1024;
/// Members of an outermost object whose elements are the values.
const LISTS: [&[u8]; 4] = [b"events", b"results", b"Messages", b"logEvents"];

/// The values of a reader, up to the first byte that breaks one.
pub(super) struct Values<R> {
    pub(super) cursor: Cursor<R>,
    /// The value that is being read.
    value: Option<Start>,
    /// Complete values inside that one, in case it is broken.
    enclosed: Enclosed,
    levels: Vec<Level>,
    /// Number of levels around the values that are looked for.
    depth: usize,
    /// True if the last key of the outermost object was one of [`LISTS`].
    is_in_list: bool,
    due: Due,
}

/// An error in the current value, or in the objects and arrays around it.
pub(super) struct Broken;

/// The remains of a broken value.
pub(super) struct Remains {
    /// Where it began.
    pub(super) start: Start,
    /// Start, end and line of each complete value inside it.
    pub(super) enclosed: Vec<(usize, usize, usize)>,
}

/// The depth at which no value is found, until the outermost object ends.
const NOWHERE: usize = usize::MAX;

impl<R: Read> Values<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            cursor: Cursor::new(reader),
            value: None,
            enclosed: Enclosed::default(),
            levels: Vec::new(),
            depth: 0,
            is_in_list: false,
            due: Due::Value,
        }
    }

    /// Reads more bytes, and keeps those of the current value; returns false at the end.
    pub(super) fn read(&mut self) -> io::Result<bool> {
        self.cursor.read(self.value.map_or(self.cursor.at, |value| value.at))
    }

    /// True if the current value is larger than any payload can be.
    pub(super) fn is_too_large(&self) -> bool {
        self.value.is_some_and(|value| self.cursor.at - value.at > VALUE_BYTES)
    }

    /// True where the input may end.
    pub(super) fn is_complete(&self) -> bool {
        self.due == Due::Value && self.levels.is_empty()
    }

    /// Takes the end of the input, where a number may end, and nothing else.
    pub(super) fn end(&mut self) -> Result<Option<Found>, Broken> {
        if self.due == Due::Scalar && self.levels.is_empty() {
            return self.scalar_ended();
        }
        Err(Broken)
    }

    /// Takes the byte at the cursor, and returns the value that ends with it.
    pub(super) fn step(&mut self, byte: u8) -> Result<Option<Found>, Broken> {
        match self.due {
            Due::String { key_at, is_escaped } => self.string(byte, key_at, is_escaped),
            Due::Scalar if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) => {
                self.cursor.at += 1;
                Ok(None)
            }
            Due::Scalar => self.scalar_ended(),
            Due::Value | Due::ValueOrEnd | Due::Key | Due::KeyOrEnd | Due::Colon | Due::Comma => {
                self.between(byte)
            }
        }
    }

    /// Gives up the current value, but not the array around it.
    pub(super) fn give_up(&mut self) -> Remains {
        let mut start = self.value.take().unwrap_or_else(|| self.cursor.start());
        if self.depth == NOWHERE {
            self.depth = 0;
            start.indent = None;
        }
        self.levels.truncate(self.depth);
        Remains { start, enclosed: self.enclosed.take() }
    }

    /// Goes on with a value at the cursor: in the same array, or outside of all.
    pub(super) fn go_on(&mut self, is_outermost: bool) {
        if is_outermost {
            self.levels.clear();
            self.depth = 0;
        }
        self.due = Due::Value;
    }

    /// Takes a byte between tokens, where there can be space.
    fn between(&mut self, byte: u8) -> Result<Option<Found>, Broken> {
        let is_space = b" \t\r\n".contains(&byte);
        if !is_space {
            let found = self.token(byte)?;
            self.cursor.line.is_blank = false;
            return Ok(found);
        }
        self.cursor.at += 1;
        if byte == b'\n' {
            self.cursor.new_line();
        }
        Ok(None)
    }

    fn token(&mut self, byte: u8) -> Result<Option<Found>, Broken> {
        let level = self.levels.last().copied();
        match (self.due, byte) {
            (Due::Value | Due::ValueOrEnd, _) if b"{[\"-0123456789tfn".contains(&byte) => {
                self.value_begins(byte);
            }
            // A missing comma is accepted, because a broken value may have lost it.
            (Due::Comma, b'{') if self.value.is_none() && self.levels.len() == self.depth => {
                self.value_begins(byte);
            }
            (Due::Key | Due::KeyOrEnd, b'"') => {
                self.cursor.at += 1;
                self.due = Due::String { key_at: Some(self.cursor.at), is_escaped: false };
            }
            (Due::Colon, b':') => {
                self.cursor.at += 1;
                self.due = Due::Value;
            }
            (Due::Comma, b',') => {
                self.cursor.at += 1;
                self.due = if level == Some(Level::Object) { Due::Key } else { Due::Value };
            }
            (Due::Comma | Due::KeyOrEnd, b'}') if level == Some(Level::Object) => {
                return Ok(self.level_ended());
            }
            (Due::Comma | Due::ValueOrEnd, b']') if level == Some(Level::Array) => {
                return Ok(self.level_ended());
            }
            _ => return Err(Broken),
        }
        Ok(None)
    }

    fn value_begins(&mut self, byte: u8) {
        let is_outermost = self.levels.is_empty();
        let is_list = self.is_in_list && self.levels.len() == 1 && self.depth == 0;
        if byte == b'[' && (is_outermost || is_list) {
            self.value = None;
            self.depth = self.levels.len() + 1;
            self.enclosed.clear();
        } else if self.levels.len() == self.depth {
            self.value = Some(self.cursor.start());
            self.enclosed.clear();
        } else if let Some(value) = self.value
            && b"{[".contains(&byte)
            && self.cursor.line.is_blank
        {
            let column = self.cursor.column();
            if column == 0 || value.indent == Some(column) {
                self.enclosed.begin(self.levels.len(), self.cursor.at, self.cursor.line.number);
            }
        }
        self.cursor.at += 1;
        self.due = match byte {
            b'{' => {
                self.levels.push(Level::Object);
                self.is_in_list &= self.levels.len() > 1;
                Due::KeyOrEnd
            }
            b'[' => {
                self.levels.push(Level::Array);
                Due::ValueOrEnd
            }
            b'"' => Due::String { key_at: None, is_escaped: false },
            _ => Due::Scalar,
        };
    }

    fn string(
        &mut self,
        byte: u8,
        key_at: Option<usize>,
        is_escaped: bool,
    ) -> Result<Option<Found>, Broken> {
        if is_escaped && byte != b'\n' {
            self.cursor.at += 1;
            self.due = Due::String { key_at, is_escaped: false };
            return Ok(None);
        }
        let Some(plain) = memchr3(b'"', b'\\', b'\n', self.cursor.rest()) else {
            self.cursor.skip_all();
            return Ok(None);
        };
        self.cursor.at += plain;
        match self.cursor.byte() {
            Some(b'\n') => return Err(Broken),
            Some(b'\\') => self.due = Due::String { key_at, is_escaped: true },
            _ => {
                if self.levels.len() == 1
                    && let Some(key_at) = key_at
                {
                    let key = self.cursor.between(key_at, self.cursor.at);
                    self.is_in_list = LISTS.contains(&key);
                }
                self.cursor.at += 1;
                if key_at.is_none() {
                    return Ok(self.value_ended());
                }
                self.due = Due::Colon;
                return Ok(None);
            }
        }
        self.cursor.at += 1;
        Ok(None)
    }

    /// Ends a scalar, unless it only looks like one: text that is not JSON often begins like that.
    fn scalar_ended(&mut self) -> Result<Option<Found>, Broken> {
        if let Some(value) = self.value.filter(|_| self.levels.len() == self.depth) {
            let text = self.cursor.between(value.at, self.cursor.at);
            if serde_json::from_slice::<IgnoredAny>(text).is_err() {
                return Err(Broken);
            }
        }
        Ok(self.value_ended())
    }

    fn level_ended(&mut self) -> Option<Found> {
        self.cursor.at += 1;
        self.levels.pop();
        self.enclosed.end(self.levels.len(), self.cursor.at);
        if self.levels.is_empty() {
            self.depth = 0;
        } else if self.depth != NOWHERE && self.levels.len() < self.depth {
            self.depth = NOWHERE;
        }
        self.value_ended()
    }

    fn value_ended(&mut self) -> Option<Found> {
        self.due = if self.levels.is_empty() { Due::Value } else { Due::Comma };
        if self.levels.len() != self.depth {
            return None;
        }
        let value = self.value.take();
        value.map(|Start { at, line, .. }| self.cursor.found(at, self.cursor.at, line))
    }
}
