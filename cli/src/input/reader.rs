//! Files and log groups → chunks.

use super::chunk::Chunk;
use super::finder::{cannot_read, is_stdin, name};
use super::format::Format;
use super::found::Found;
use super::location::Location;
use super::log_group::log_group;
use super::payload::arrivals;
use crate::table::visible;
use crate::times::Window;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::event::Arrival;
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::Compact;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// The size of a chunk, so that memory does not grow with the input.
const CHUNK_ARRIVALS: usize = 1000;
const CHUNK_BYTES: usize = 16 * 1024 * 1024;

/// A file or a log group.
pub(super) enum Whole {
    File(PathBuf),
    LogGroup { name: String, times_ms: Range<i64>, filter: Option<String> },
}

/// The part that is not yet read.
pub(super) struct Reader {
    waiting: VecDeque<Whole>,
    current: Option<Current>,
    unreadable: Vec<String>,
    bytes_before: usize,
    window: Window,
}

/// The file or log group that is being read.
struct Current {
    file: Arc<str>,
    is_log_group: bool,
    values: Format,
    line: usize,
    /// Arrivals on that line.
    items: usize,
    arrivals: usize,
}

impl Reader {
    /// Makes a reader of these files and log groups. The first chunk has the sentences about what is
    /// unreadable so far.
    pub(super) fn new(waiting: VecDeque<Whole>, unreadable: Vec<String>, window: Window) -> Self {
        Self { waiting, current: None, unreadable, bytes_before: 0, window }
    }

    fn bytes(&self) -> usize {
        self.bytes_before + self.current.as_ref().map_or(0, |current| current.values.bytes())
    }

    /// Returns the next arrivals, or none at the end.
    pub(super) fn next_chunk(&mut self) -> Option<Chunk> {
        let mut chunk =
            Chunk { unreadable: std::mem::take(&mut self.unreadable), ..Chunk::default() };
        let mut bytes = 0;
        while chunk.arrivals.len() < CHUNK_ARRIVALS && bytes < CHUNK_BYTES {
            let Some(current) = &mut self.current else {
                let Some(whole) = self.waiting.pop_front() else {
                    break;
                };
                match Current::open(&whole) {
                    Ok(current) => self.current = Some(current),
                    Err(error) => {
                        chunk.has_lost_group |= matches!(whole, Whole::LogGroup { .. });
                        chunk.unreadable.push(cannot_read(&whole.name(), &error));
                    }
                }
                continue;
            };
            match current.values.next() {
                Ok(Some(found)) => {
                    bytes += chunk.take_in(current, found, self.window);
                    continue;
                }
                Ok(None) => chunk.end(current),
                Err(error) => {
                    chunk.has_lost_group |= current.is_log_group;
                    chunk.unreadable.push(cannot_read(&current.file, &error));
                }
            }
            self.bytes_before += current.values.bytes();
            self.current = None;
        }
        chunk.bytes = self.bytes();
        let is_empty = chunk.arrivals.is_empty() && chunk.unreadable.is_empty();
        (!is_empty || chunk.left_out.events > 0).then_some(chunk)
    }
}

impl Chunk {
    /// Adds the arrivals in a value that are in the window, and returns the bytes of all.
    fn take_in(&mut self, current: &mut Current, found: Found, window: Window) -> usize {
        let line = found.line;
        let mut bytes = 0;
        for arrival in arrivals(found) {
            let location = current.location(line);
            if location.shares_line
                && let Some(before) = self.locations.last_mut()
                && (before.line, Arc::ptr_eq(&before.file, &location.file)) == (line, true)
            {
                before.shares_line = true;
            }
            // Count those outside the window, too, because the progress bar shows what has been read.
            bytes += arrival.bytes;
            if let Some(time_ms) = time_outside(window, &arrival) {
                self.left_out.add(time_ms);
            } else {
                self.locations.push(location);
                self.arrivals.push(arrival);
            }
        }
        bytes
    }

    /// Notes that a file has been read.
    fn end(&mut self, current: &Current) {
        let name = &current.file;
        if current.arrivals == 1
            && let Some(location) = self.locations.last_mut()
            && Arc::ptr_eq(&location.file, name)
        {
            location.is_alone = true;
        }
        let skipped = current.values.skipped();
        self.unreadable.extend(skipped.map(|skipped| format!("{name}: {skipped}")));
    }
}

impl Current {
    fn open(whole: &Whole) -> io::Result<Self> {
        let reader: Box<dyn Read> = match whole {
            Whole::File(path) if is_stdin(path) => Box::new(io::stdin()),
            Whole::File(path) => Box::new(File::open(path)?),
            Whole::LogGroup { name, times_ms, filter } => {
                Box::new(log_group(name, times_ms.clone(), filter.clone()))
            }
        };
        let values = Format::open(reader)?;
        let is_log_group = matches!(whole, Whole::LogGroup { .. });
        Ok(Self { file: whole.name().into(), is_log_group, values, line: 0, items: 0, arrivals: 0 })
    }

    fn location(&mut self, line: usize) -> Location {
        self.items = if line == self.line { self.items + 1 } else { 1 };
        self.line = line;
        self.arrivals += 1;
        let (file, item) = (Arc::clone(&self.file), self.items);
        Location { file, line, item, is_alone: false, shares_line: item > 1 }
    }
}

impl Whole {
    fn name(&self) -> String {
        match self {
            Self::File(path) => name(path),
            Self::LogGroup { name, .. } => visible(name),
        }
    }
}

/// Returns the time of an event outside the window, or none if it is inside or has no readable time.
fn time_outside(window: Window, Arrival { event, .. }: &Arrival) -> Option<i64> {
    let time_ms = |event: &Compact| classify(event, &Patterns::default()).timestamp_ms;
    let event = event.as_ref().ok().filter(|_| !window.is_open())?;
    time_ms(event).filter(|time_ms| !window.contains(*time_ms))
}
