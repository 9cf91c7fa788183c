//! Splits bytes into JSON values, one at a time, in any layout.
//!
//! A file can be one value, many values (JSON Lines, or indented ones in a row), an array of
//! values, or an object with such an array, as `aws logs filter-log-events` (`events`), `aws logs
//! get-query-results` (`results`), `aws sqs receive-message` (`Messages`) and subscriptions
//! (`logEvents`) have it.
//! Only the value at hand is in memory. Each byte is looked at once, even in broken JSON: values
//! that are complete inside a broken one are kept aside, so that they need not be read again.

mod window;
mod cursor;
mod due;
mod recovery;
#[cfg(test)]
mod tests;

use super::found::Found;
use cursor::{Cursor, Start};
use due::{Due, Level};
use memchr::{memchr, memchr_iter, memchr3};
use recovery::{Enclosed, Skipped};
use serde::de::IgnoredAny;
use std::collections::VecDeque;
use std::io::{self, Read};

/// The largest value that is read: far beyond what Lambda takes.
const VALUE_BYTES: usize = 64 * 1024 * 1024;
/// Members of an outermost object whose elements are the values.
const LISTS: [&[u8]; 4] = [b"events", b"results", b"Messages", b"logEvents"];

/// The JSON values in the bytes of a reader.
pub(super) struct JsonStream<R> {
    cursor: Cursor<R>,
    /// The value that is being read.
    value: Option<Start>,
    /// Complete values inside that one, which are used if it is broken.
    enclosed: Enclosed,
    levels: Vec<Level>,
    /// Number of levels around the values to find.
    depth: usize,
    /// True if the last key of the outermost object was one of [`LISTS`].
    is_in_list: bool,
    due: Due,
    /// Complete values inside a broken one, which come next.
    recovered: VecDeque<Found>,
    skipped: Skipped,
    #[cfg(test)]
    steps: usize,
}

/// No value is looked for any more, until the outermost object ends.
const NOWHERE: usize = usize::MAX;

impl<R: Read> JsonStream<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            cursor: Cursor::new(reader),
            value: None,
            enclosed: Enclosed::default(),
            levels: Vec::new(),
            depth: 0,
            is_in_list: false,
            due: Due::Value,
            recovered: VecDeque::new(),
            skipped: Skipped::default(),
            #[cfg(test)]
            steps: 0,
        }
    }

    /// The lines that no value was found on, in words, if there are any.
    pub(super) fn skipped(&self) -> Option<String> {
        self.skipped.sentence()
    }

    /// Number of bytes that are done.
    pub(super) fn bytes(&self) -> usize {
        self.cursor.at
    }

    /// The next value, or none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Found>> {
        loop {
            if let Some(found) = self.recovered.pop_front() {
                return Ok(Some(found));
            }
            let found = if let Some(byte) = self.cursor.byte() {
                self.step(byte)
            } else if self.is_too_large() {
                Some(self.broken())
            } else if self.cursor.read(self.value.map_or(self.cursor.at, |value| value.at))? {
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
        self.value.is_some_and(|value| self.cursor.at - value.at > VALUE_BYTES)
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
        #[cfg(test)]
        {
            self.steps += 1;
        }
        match self.due {
            Due::String { key_at, is_escaped } => return self.string(byte, key_at, is_escaped),
            Due::Scalar if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) => {
                self.cursor.at += 1;
            }
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
        if !is_space {
            let found = self.token(byte);
            self.cursor.line.is_blank = false;
            return found;
        }
        self.cursor.at += 1;
        if byte == b'\n' {
            self.cursor.new_line();
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

    fn string(&mut self, byte: u8, key_at: Option<usize>, is_escaped: bool) -> Option<Found> {
        if is_escaped && byte != b'\n' {
            self.cursor.at += 1;
            self.due = Due::String { key_at, is_escaped: false };
            return None;
        }
        let Some(plain) = memchr3(b'"', b'\\', b'\n', self.cursor.rest()) else {
            self.cursor.skip_all();
            return None;
        };
        self.cursor.at += plain;
        match self.cursor.byte() {
            Some(b'\n') => return Some(self.broken()),
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
                    return self.value_ended();
                }
                self.due = Due::Colon;
                return None;
            }
        }
        self.cursor.at += 1;
        None
    }

    /// Text that is no JSON often begins like a scalar.
    fn scalar_ended(&mut self) -> Option<Found> {
        if let Some(value) = self.value.filter(|_| self.levels.len() == self.depth) {
            let text = self.cursor.between(value.at, self.cursor.at);
            if serde_json::from_slice::<IgnoredAny>(text).is_err() {
                return Some(self.broken());
            }
        }
        self.value_ended()
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
        let Start { at, line, .. } = self.value.take()?;
        Some(self.cursor.found(at, self.cursor.at, line))
    }

    /// Gives up the value at hand, and goes on where the next one can begin.
    ///
    /// Lines before the break are not read again: what was complete in them is handed out next, and
    /// the others are skipped.
    fn broken(&mut self) -> Found {
        let start = self.value.take().unwrap_or_else(|| self.cursor.start());
        let offset = self.cursor.at - start.at;
        let mut indent = start.indent;
        if self.depth == NOWHERE {
            self.depth = 0;
            indent = None;
        }
        self.levels.truncate(self.depth);
        let is_on_a_later_line = self.cursor.line.number > start.line;
        let end = if is_on_a_later_line { self.cursor.line.start } else { start.at };
        let mut done = (start.at, start.line);
        for (begins, ends, line) in self.enclosed.take() {
            self.skip_between(done, begins);
            self.recovered.push_back(self.cursor.found(begins, ends, line));
            let lines = memchr_iter(b'\n', self.cursor.between(begins, ends)).count();
            done = (ends, line + lines);
        }
        self.skip_between(done, end);
        self.due = if is_on_a_later_line && self.cursor.line.is_blank {
            self.cursor.at = self.cursor.line.start;
            Due::LineStart { indent }
        } else {
            let (_, last_line) = done;
            if last_line < self.cursor.line.number {
                self.skipped.add(self.cursor.line.number);
            }
            Due::NextLine { indent }
        };
        Found { line: start.line, text: Err(offset) }
    }

    /// Counts the lines after the one that `start` is on, up to `end`, where a line begins.
    fn skip_between(&mut self, (start, first_line): (usize, usize), end: usize) {
        let text = self.cursor.between(start, end.max(start));
        for (line, text) in text.split(|byte| *byte == b'\n').enumerate().skip(1) {
            if recovery::holds_something(text) {
                self.skipped.add(first_line + line);
            }
        }
    }

    fn skip_line(&mut self, indent: Option<usize>) {
        match memchr(b'\n', self.cursor.rest()) {
            Some(end) => {
                self.cursor.at += end + 1;
                self.cursor.new_line();
                self.due = Due::LineStart { indent };
            }
            None => self.cursor.skip_all(),
        }
    }

    /// After something broken: looks for a line that can begin a value.
    fn line_start(&mut self, byte: u8, indent: Option<usize>) {
        let column = self.cursor.column();
        match byte {
            b'\n' => {
                self.cursor.at += 1;
                self.cursor.new_line();
            }
            b'{' | b'[' if indent == Some(column) => self.due = Due::Value,
            b'{' | b'[' if column == 0 => {
                self.levels.clear();
                self.depth = 0;
                self.due = Due::Value;
            }
            // Brackets alone on their line end the broken value, or the array around it.
            b' ' | b'\t' | b'\r' | b']' | b'}' | b',' => self.cursor.at += 1,
            _ => {
                self.skipped.add(self.cursor.line.number);
                self.due = Due::NextLine { indent };
            }
        }
    }
}
