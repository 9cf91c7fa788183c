//! Bytes → the JSON values in them, one at a time, whatever their layout.
//!
//! A file can be one value, many values (JSON Lines, or indented ones in a row), an array of
//! values, or an object with such an array, as `aws logs filter-log-events` (`events`), `aws logs
//! get-query-results` (`results`), `aws sqs receive-message` (`Messages`) and subscriptions
//! (`logEvents`) have it.
//! Only the value at hand is in memory. Each byte is looked at once, even in broken JSON: values
//! that are complete inside a broken one are kept aside, so that they need not be read again.

mod recovery;
mod window;

use super::found::Found;
use memchr::{memchr, memchr_iter, memchr3};
use recovery::{Enclosed, Skipped};
use serde::de::IgnoredAny;
use std::collections::VecDeque;
use std::io::{self, Read};
use window::Window;

/// The largest value that is read: far beyond what Lambda takes.
const VALUE_BYTES: usize = 64 * 1024 * 1024;
/// Members of an outermost object whose elements are the values.
const LISTS: [&[u8]; 4] = [b"events", b"results", b"Messages", b"logEvents"];

/// The JSON values in the bytes of a reader.
pub(super) struct JsonStream<R> {
    window: Window<R>,
    /// The position that is looked at next.
    at: usize,
    line: Line,
    /// The value that is being read.
    value: Option<Start>,
    /// Values inside that one which could stand alone, in case that it is broken.
    enclosed: Enclosed,
    levels: Vec<Level>,
    /// Number of levels around the values to find.
    depth: usize,
    /// True if the last key of the outermost object was one of [`LISTS`].
    is_in_list: bool,
    due: Due,
    /// What a broken value left to hand out.
    recovered: VecDeque<Found>,
    skipped: Skipped,
    #[cfg(test)]
    steps: usize,
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
    pub(super) fn new(reader: R) -> Self {
        Self {
            window: Window::new(reader),
            at: 0,
            line: Line { number: 1, start: 0, is_blank: true },
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
        self.at
    }

    /// The next value, or none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Found>> {
        loop {
            if let Some(found) = self.recovered.pop_front() {
                return Ok(Some(found));
            }
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
        #[cfg(test)]
        {
            self.steps += 1;
        }
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
        if !is_space {
            let found = self.token(byte);
            self.line.is_blank = false;
            return found;
        }
        self.at += 1;
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
        let is_list = self.is_in_list && self.levels.len() == 1 && self.depth == 0;
        if byte == b'[' && (is_outermost || is_list) {
            self.value = None;
            self.depth = self.levels.len() + 1;
            self.enclosed.clear();
        } else if self.levels.len() == self.depth {
            self.value = Some(self.start());
            self.enclosed.clear();
        } else if let Some(value) = self.value
            && b"{[".contains(&byte)
            && self.line.is_blank
        {
            let column = self.at - self.line.start;
            if column == 0 || value.indent == Some(column) {
                self.enclosed.begin(self.levels.len(), self.at, self.line.number);
            }
        }
        self.at += 1;
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
                    self.is_in_list = LISTS.contains(&key);
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
        self.enclosed.end(self.levels.len(), self.at);
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
        Some(self.found(at, self.at, line))
    }

    fn found(&self, start: usize, end: usize, line: usize) -> Found {
        let text = String::from_utf8(self.window.between(start, end).to_vec());
        Found { line, text: text.map_err(|error| error.utf8_error().valid_up_to()) }
    }

    /// Gives up the value at hand, and goes on where the next one can begin.
    ///
    /// Lines before the break are not read again: what was complete in them is handed out next, and
    /// the others are skipped.
    fn broken(&mut self) -> Found {
        let start = self.value.take().unwrap_or_else(|| self.start());
        let offset = self.at - start.at;
        let mut indent = start.indent;
        if self.depth == NOWHERE {
            self.depth = 0;
            indent = None;
        }
        self.levels.truncate(self.depth);
        let is_on_a_later_line = self.line.number > start.line;
        let end = if is_on_a_later_line { self.line.start } else { start.at };
        let mut done = (start.at, start.line);
        for (begins, ends, line) in self.enclosed.take() {
            self.skip_between(done, begins);
            self.recovered.push_back(self.found(begins, ends, line));
            let lines = memchr_iter(b'\n', self.window.between(begins, ends)).count();
            done = (ends, line + lines);
        }
        self.skip_between(done, end);
        self.due = if is_on_a_later_line && self.line.is_blank {
            self.at = self.line.start;
            Due::LineStart { indent }
        } else {
            let (_, last_line) = done;
            if last_line < self.line.number {
                self.skipped.add(self.line.number);
            }
            Due::NextLine { indent }
        };
        Found { line: start.line, text: Err(offset) }
    }

    /// Counts the lines after the one that `start` is on, up to `end`, where a line begins.
    fn skip_between(&mut self, (start, first_line): (usize, usize), end: usize) {
        let text = self.window.between(start, end.max(start));
        for (line, text) in text.split(|byte| *byte == b'\n').enumerate().skip(1) {
            if recovery::holds_something(text) {
                self.skipped.add(first_line + line);
            }
        }
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

    /// After something broken: looks for a line that can begin a value.
    fn line_start(&mut self, byte: u8, indent: Option<usize>) {
        let column = self.at - self.line.start;
        match byte {
            b'\n' => {
                self.at += 1;
                self.new_line();
            }
            b'{' | b'[' if indent == Some(column) => self.due = Due::Value,
            b'{' | b'[' if column == 0 => {
                self.levels.clear();
                self.depth = 0;
                self.due = Due::Value;
            }
            // Brackets alone on their line end the broken value, or the array around it.
            b' ' | b'\t' | b'\r' | b']' | b'}' | b',' => self.at += 1,
            _ => {
                self.skipped.add(self.line.number);
                self.due = Due::NextLine { indent };
            }
        }
    }

    fn new_line(&mut self) {
        self.line = Line { number: self.line.number + 1, start: self.at, is_blank: true };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes that are looked at for each byte of a text, and the values and lines found.
    fn work(text: &str) -> (f64, usize, Option<String>) {
        let mut stream = JsonStream::new(text.as_bytes());
        let mut found = 0;
        while stream.next().unwrap().is_some() {
            found += 1;
        }
        #[expect(clippy::cast_precision_loss, reason = "texts are short")]
        let steps = stream.steps as f64 / text.len() as f64;
        (steps, found, stream.skipped())
    }

    #[test]
    fn broken_json_takes_time_in_proportion_to_its_length() {
        let event = r#"{"a":1}"#;
        for line in [
            "{\"a\":\n",
            "[\n",
            "{\"a\":[\n",
            "{\n",
            "{\"a\":\"\n",
            "{\"a\":1\n",
            "{\"a\":1}}\n",
            "}\n",
            "[{\"a\":\n",
            "{\"a\":{\"a\":1},\n",
            "  {\n",
            "{\"a\"\n\n",
            "x\n",
            "\"\n",
            "[[1,\n",
            "{]\n",
            "{\"events\":[\n",
            "{\"a\":{\n",
            "tru\n",
            "\"a\":{\n",
            "[1,2\n]]\n",
        ] {
            for end in ["", event, "\n\n", "]}"] {
                let text = line.repeat(8_000) + end;
                let (steps, ..) = work(&text);
                assert!(steps < 3.0, "{line:?} {end:?}: {steps} steps a byte");
            }
        }
    }

    #[test]
    fn each_line_of_broken_json_is_found_failed_or_skipped() {
        let (_, found, skipped) = work(&"{\"a\":\n".repeat(8_000));
        assert_eq!(found, 1);
        let sentence = "skipped 7999 lines without a readable value: 2 to 8000";
        assert_eq!(skipped.as_deref(), Some(sentence));
    }
}
