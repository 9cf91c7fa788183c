//! Bytes → the JSON values in them, one at a time and however they are laid out.
//!
//! A file can be one value, many of them (JSON Lines, or indented ones in a row), an array of
//! them, or an object whose `events` or `results` is such an array, as `aws logs
//! filter-log-events` and `aws logs get-query-results` print.
//! Only the value at hand is in memory. Structure is followed here, so that a broken value costs
//! no other; what stands between the brackets is for `decode` to judge.

mod window;

use memchr::{memchr, memchr3};
use serde::de::IgnoredAny;
use std::io::{self, Read};
use window::Window;

/// The largest value that is read: far beyond what Lambda takes.
const VALUE_BYTES: usize = 64 * 1024 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A value, or what looked like one.
pub(crate) struct Found {
    /// The line on which it begins, from 1.
    pub(crate) line: usize,
    /// Its text, or where it ends to be JSON, in bytes from its start.
    pub(crate) text: Result<String, usize>,
}

/// The values in what a reader gives.
pub(crate) struct JsonStream<R> {
    window: Window<R>,
    /// The position that is looked at next.
    at: usize,
    line: Line,
    /// The value that is being read.
    value: Option<Start>,
    levels: Vec<Level>,
    /// How deep the values lie that are looked for.
    depth: usize,
    /// Whether the last key of the outermost object was `events` or `results`.
    is_in_events: bool,
    due: Due,
}

#[derive(Clone, Copy)]
struct Line {
    number: usize,
    start: usize,
    is_blank: bool,
}

#[derive(Clone, Copy)]
struct Start {
    at: usize,
    line: usize,
    /// How far its line is indented, if it is the first on it.
    indent: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Object,
    Array,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    Comma,
    String {
        key_at: Option<usize>,
        is_escaped: bool,
    },
    Scalar,
    /// After something broken: the next line, and there a value as far in as the broken one.
    NextLine {
        indent: Option<usize>,
    },
    LineStart {
        indent: Option<usize>,
    },
}

/// No value is looked for any more, until the outermost object ends.
const NOWHERE: usize = usize::MAX;

impl<R: Read> JsonStream<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            window: Window::new(reader),
            at: 0,
            line: Line { number: 1, start: 0, is_blank: true },
            value: None,
            levels: Vec::new(),
            depth: 0,
            is_in_events: false,
            due: Due::Value,
        }
    }

    /// How many bytes are done.
    pub(crate) fn bytes(&self) -> usize {
        self.at
    }

    /// The next value, or none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Found>> {
        loop {
            let found = if let Some(byte) = self.window.byte(self.at) {
                self.step(byte)
            } else if self.is_too_large() {
                Some(self.broken())
            } else if self.window.read(self.value.map_or(self.at, |value| value.at))? {
                None
            } else if self.is_complete() {
                return Ok(None);
            } else {
                self.end()
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn is_too_large(&self) -> bool {
        self.value.is_some_and(|value| self.at - value.at > VALUE_BYTES)
    }

    fn is_complete(&self) -> bool {
        match self.due {
            Due::NextLine { .. } | Due::LineStart { .. } => true,
            Due::Value => self.levels.is_empty(),
            Due::ValueOrEnd
            | Due::Key
            | Due::KeyOrEnd
            | Due::Colon
            | Due::Comma
            | Due::String { .. }
            | Due::Scalar => false,
        }
    }

    /// At the end a number may end, and nothing else.
    fn end(&mut self) -> Option<Found> {
        if self.due == Due::Scalar && self.levels.is_empty() {
            return self.scalar_ended();
        }
        Some(self.broken())
    }

    fn step(&mut self, byte: u8) -> Option<Found> {
        match self.due {
            Due::String { key_at, is_escaped } => return self.string(byte, key_at, is_escaped),
            Due::Scalar if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) => self.at += 1,
            Due::Scalar => return self.scalar_ended(),
            Due::NextLine { indent } => self.skip_line(indent),
            Due::LineStart { indent } => self.line_start(byte, indent),
            Due::Value | Due::ValueOrEnd | Due::Key | Due::KeyOrEnd | Due::Colon | Due::Comma => {
                return self.between(byte);
            }
        }
        None
    }

    /// Between tokens, where there can be space.
    fn between(&mut self, byte: u8) -> Option<Found> {
        let is_space = b" \t\r\n".contains(&byte);
        let is_mark = BYTE_ORDER_MARK.get(self.at) == Some(&byte);
        if !is_space && !is_mark {
            let found = self.token(byte);
            self.line.is_blank = false;
            return found;
        }
        self.at += 1;
        if is_mark {
            self.line.start = self.at;
        }
        if byte == b'\n' {
            self.new_line();
        }
        None
    }

    fn token(&mut self, byte: u8) -> Option<Found> {
        let level = self.levels.last().copied();
        match (self.due, byte) {
            (Due::Value | Due::ValueOrEnd, _) if b"{[\"-0123456789tfn".contains(&byte) => {
                self.value_begins(byte);
            }
            // Forgiven, as it is after a broken value.
            (Due::Comma, b'{') if self.value.is_none() && self.levels.len() == self.depth => {
                self.value_begins(byte);
            }
            (Due::Key | Due::KeyOrEnd, b'"') => {
                self.at += 1;
                self.due = Due::String { key_at: Some(self.at), is_escaped: false };
            }
            (Due::Colon, b':') => {
                self.at += 1;
                self.due = Due::Value;
            }
            (Due::Comma, b',') => {
                self.at += 1;
                self.due = if level == Some(Level::Object) { Due::Key } else { Due::Value };
            }
            (Due::Comma | Due::KeyOrEnd, b'}') if level == Some(Level::Object) => {
                return self.level_ended();
            }
            (Due::Comma | Due::ValueOrEnd, b']') if level == Some(Level::Array) => {
                return self.level_ended();
            }
            _ => return Some(self.broken()),
        }
        None
    }

    fn value_begins(&mut self, byte: u8) {
        let is_outermost = self.levels.is_empty();
        let is_events = self.is_in_events && self.levels.len() == 1 && self.depth == 0;
        if byte == b'[' && (is_outermost || is_events) {
            self.value = None;
            self.depth = self.levels.len() + 1;
        } else if self.levels.len() == self.depth {
            self.value = Some(self.start());
        }
        self.at += 1;
        self.due = match byte {
            b'{' => {
                self.levels.push(Level::Object);
                self.is_in_events &= self.levels.len() > 1;
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

    fn start(&self) -> Start {
        let indent = self.line.is_blank.then(|| self.at - self.line.start);
        Start { at: self.at, line: self.line.number, indent }
    }

    fn string(&mut self, byte: u8, key_at: Option<usize>, is_escaped: bool) -> Option<Found> {
        if is_escaped && byte != b'\n' {
            self.at += 1;
            self.due = Due::String { key_at, is_escaped: false };
            return None;
        }
        let Some(plain) = memchr3(b'"', b'\\', b'\n', self.window.from(self.at)) else {
            self.at = self.window.end();
            return None;
        };
        self.at += plain;
        match self.window.byte(self.at) {
            Some(b'\n') => return Some(self.broken()),
            Some(b'\\') => self.due = Due::String { key_at, is_escaped: true },
            _ => {
                if self.levels.len() == 1
                    && let Some(key_at) = key_at
                {
                    let key = self.window.between(key_at, self.at);
                    self.is_in_events = key == b"events" || key == b"results";
                }
                self.at += 1;
                if key_at.is_none() {
                    return self.value_ended();
                }
                self.due = Due::Colon;
                return None;
            }
        }
        self.at += 1;
        None
    }

    /// Text that is no JSON often begins like a scalar.
    fn scalar_ended(&mut self) -> Option<Found> {
        if let Some(value) = self.value.filter(|_| self.levels.len() == self.depth) {
            let text = self.window.between(value.at, self.at);
            if serde_json::from_slice::<IgnoredAny>(text).is_err() {
                return Some(self.broken());
            }
        }
        self.value_ended()
    }

    fn level_ended(&mut self) -> Option<Found> {
        self.at += 1;
        self.levels.pop();
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
        let Start { at, line, .. } = self.value.take()?;
        let text = String::from_utf8(self.window.between(at, self.at).to_vec());
        Some(Found { line, text: text.map_err(|error| error.utf8_error().valid_up_to()) })
    }

    /// Goes back to the start of what is broken, to go on with the line after it.
    fn broken(&mut self) -> Found {
        let start = self.value.take().unwrap_or_else(|| self.start());
        let offset = self.at - start.at;
        let mut indent = start.indent;
        if self.depth == NOWHERE {
            self.depth = 0;
            indent = None;
        }
        self.levels.truncate(self.depth);
        self.at = start.at;
        self.line.number = start.line;
        self.due = Due::NextLine { indent };
        Found { line: start.line, text: Err(offset) }
    }

    fn skip_line(&mut self, indent: Option<usize>) {
        match memchr(b'\n', self.window.from(self.at)) {
            Some(end) => {
                self.at += end + 1;
                self.new_line();
                self.due = Due::LineStart { indent };
            }
            None => self.at = self.window.end(),
        }
    }

    fn line_start(&mut self, byte: u8, indent: Option<usize>) {
        let column = self.at - self.line.start;
        match byte {
            b'\n' => {
                self.at += 1;
                self.new_line();
            }
            b' ' | b'\t' | b'\r' => self.at += 1,
            b'{' | b'[' if indent == Some(column) => self.due = Due::Value,
            b'{' | b'[' if column == 0 => {
                self.levels.clear();
                self.depth = 0;
                self.due = Due::Value;
            }
            _ => self.due = Due::NextLine { indent },
        }
    }

    fn new_line(&mut self) {
        self.line = Line { number: self.line.number + 1, start: self.at, is_blank: true };
    }
}
