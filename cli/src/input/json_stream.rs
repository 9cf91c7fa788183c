//! Splits bytes into JSON values, one at a time, in any layout.
//!
//! A file can be one value, many values (JSON Lines, or indented ones in a row), an array of
//! values, or an object with such an array, as `aws logs filter-log-events` (`events`), `aws logs
//! get-query-results` (`results`), `aws sqs receive-message` (`Messages`) and subscriptions
//! (`logEvents`) have it.
//! Memory holds only the current value. Each byte is read once, even in broken JSON: the complete
//! values inside a broken one are remembered, so they need not be read again.
//!
//! `serde_json`'s [`StreamDeserializer`] cannot do this: it ends at the first error, takes a whole
//! array as one value, and reads a value of any size into memory. A new one for each line of a
//! broken value would take quadratic time.
//!
//! [`StreamDeserializer`]: https://docs.rs/serde_json/latest/serde_json/struct.StreamDeserializer.html

mod window;
mod cursor;
mod due;
mod recovery;
mod values;
#[cfg(test)]
mod tests;

use super::found::Found;
use memchr::{memchr, memchr_iter};
use recovery::Skipped;
use std::collections::VecDeque;
use std::io::{self, Read};
use values::{Broken, Remains, Values};

/// The JSON values in the bytes of a reader, and what is left of broken ones.
pub(super) struct JsonStream<R> {
    values: Values<R>,
    /// Where to look for the next value after a broken one.
    search: Option<Search>,
    /// Complete values inside a broken one, which come next.
    recovered: VecDeque<Found>,
    skipped: Skipped,
    #[cfg(test)]
    steps: usize,
}

/// The search for the line on which the next value begins: one as far in as the broken value, or
/// not indented.
#[derive(Clone, Copy)]
enum Search {
    /// The rest of this line is skipped.
    NextLine { indent: Option<usize> },
    /// So far, there is only space and brackets on this line.
    LineStart { indent: Option<usize> },
}

impl<R: Read> JsonStream<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            values: Values::new(reader),
            search: None,
            recovered: VecDeque::new(),
            skipped: Skipped::default(),
            #[cfg(test)]
            steps: 0,
        }
    }

    /// Describes the lines without a readable value, if there are any.
    pub(super) fn skipped(&self) -> Option<String> {
        self.skipped.sentence()
    }

    /// Returns the number of bytes read so far.
    pub(super) fn bytes(&self) -> usize {
        self.values.cursor.at
    }

    /// Returns the next value, or none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Found>> {
        loop {
            if let Some(found) = self.recovered.pop_front() {
                return Ok(Some(found));
            }
            let step = if let Some(byte) = self.values.cursor.byte() {
                self.step(byte)
            } else if self.values.is_too_large() {
                Err(Broken)
            } else if self.values.read()? {
                Ok(None)
            } else if self.search.is_some() || self.values.is_complete() {
                return Ok(None);
            } else {
                self.values.end()
            };
            match step {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                Err(Broken) => return Ok(Some(self.broken())),
            }
        }
    }

    fn step(&mut self, byte: u8) -> Result<Option<Found>, Broken> {
        #[cfg(test)]
        {
            self.steps += 1;
        }
        match self.search {
            None => return self.values.step(byte),
            Some(Search::NextLine { indent }) => self.skip_line(indent),
            Some(Search::LineStart { indent }) => self.line_start(byte, indent),
        }
        Ok(None)
    }

    /// Gives up the current value, and continues where the next one can begin.
    ///
    /// The lines before the break are not read again: the complete values in them come next, and the
    /// other lines are skipped.
    fn broken(&mut self) -> Found {
        let Remains { start, enclosed } = self.values.give_up();
        let cursor = &mut self.values.cursor;
        let (at, line) = (cursor.at, cursor.line);
        let is_on_a_later_line = line.number > start.line;
        let end = if is_on_a_later_line { line.start } else { start.at };
        let mut done = (start.at, start.line);
        for (begins, ends, line) in enclosed {
            self.skip_between(done, begins);
            let cursor = &self.values.cursor;
            self.recovered.push_back(cursor.found(begins, ends, line));
            let lines = memchr_iter(b'\n', cursor.between(begins, ends)).count();
            done = (ends, line + lines);
        }
        self.skip_between(done, end);
        let indent = start.indent;
        self.search = if is_on_a_later_line && line.is_blank {
            self.values.cursor.at = line.start;
            Some(Search::LineStart { indent })
        } else {
            let (_, last_line) = done;
            if last_line < line.number {
                self.skipped.add(line.number);
            }
            Some(Search::NextLine { indent })
        };
        Found { line: start.line, text: Err(at - start.at) }
    }

    /// Counts the lines after the one that `start` is on, up to `end`, where a line begins.
    fn skip_between(&mut self, (start, first_line): (usize, usize), end: usize) {
        let text = self.values.cursor.between(start, end.max(start));
        for (line, text) in text.split(|byte| *byte == b'\n').enumerate().skip(1) {
            if recovery::holds_something(text) {
                self.skipped.add(first_line + line);
            }
        }
    }

    fn skip_line(&mut self, indent: Option<usize>) {
        let cursor = &mut self.values.cursor;
        match memchr(b'\n', cursor.rest()) {
            Some(end) => {
                cursor.at += end + 1;
                cursor.new_line();
                self.search = Some(Search::LineStart { indent });
            }
            None => cursor.skip_all(),
        }
    }

    /// Looks for a line that can begin a value.
    fn line_start(&mut self, byte: u8, indent: Option<usize>) {
        let cursor = &mut self.values.cursor;
        let column = cursor.column();
        match byte {
            b'\n' => {
                cursor.at += 1;
                cursor.new_line();
            }
            b'{' | b'[' if indent == Some(column) || column == 0 => {
                self.search = None;
                self.values.go_on(indent != Some(column));
            }
            // Brackets alone on their line end the broken value, or the array around it.
            b' ' | b'\t' | b'\r' | b']' | b'}' | b',' => cursor.at += 1,
            _ => {
                self.skipped.add(cursor.line.number);
                self.search = Some(Search::NextLine { indent });
            }
        }
    }
}
