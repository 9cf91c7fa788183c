//! Paths → arrivals, each with its location, a chunk at a time.

mod found;
mod pieces;
mod decompress;
mod utf16;
mod log_lines;
mod json_stream;
mod insights_csv;
mod format;
mod payload;
mod location;
mod log_group;
mod source;
mod tail;
mod finder;

use crate::table::visible;
use crate::times::Window;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::event::Arrival;
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::Compact;
use finder::{Finder, cannot_read, is_compressed, is_stdin, name};
use format::Format;
use found::Found;
use log_group::log_group;
use payload::arrivals;
use std::collections::VecDeque;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::sync::mpsc::{Receiver, channel};

pub(crate) use location::Location;
pub(crate) use source::Source;
pub(crate) use tail::{News, Tail};

/// Arrivals and their bytes at a time, so that memory does not grow with the input.
const CHUNK_ARRIVALS: usize = 1000;
const CHUNK_BYTES: usize = 16 * 1024 * 1024;

/// The next arrivals.
#[derive(Default)]
pub(crate) struct Chunk {
    /// A location for each arrival.
    pub(crate) locations: Vec<Location>,
    pub(crate) arrivals: Vec<Arrival>,
    /// A sentence for each thing that could not be read.
    pub(crate) unreadable: Vec<String>,
    /// True if one of them is a log group.
    pub(crate) has_lost_group: bool,
    /// The events that the window leaves out.
    pub(crate) left_out: LeftOut,
    /// Number of bytes that are read so far.
    bytes: usize,
}

/// Events that were read, and lie outside the window.
#[derive(Clone, Copy, Default)]
pub(crate) struct LeftOut {
    pub(crate) events: usize,
    /// The times of the first and the last.
    pub(crate) times_ms: Option<(i64, i64)>,
}

impl LeftOut {
    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        let times = [self.times_ms, other.times_ms].into_iter().flatten();
        let times_ms = times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        Self { events: self.events + other.events, times_ms }
    }

    fn add(&mut self, time_ms: i64) {
        *self = self.and(Self { events: 1, times_ms: Some((time_ms, time_ms)) });
    }
}

/// A file or a log group.
enum Whole {
    File(PathBuf),
    LogGroup { name: String, times_ms: Range<i64>, filter: Option<String> },
}

/// Everything that the source holds, read and decoded on a thread of its own.
pub(crate) struct Inputs {
    chunks: Receiver<Chunk>,
    reader: Option<JoinHandle<()>>,
    bytes: usize,
    bytes_in_all: Option<u64>,
}

/// The chunks that may wait until a command takes them.
const CHUNKS_AHEAD: usize = 2;

/// The part that is not yet read.
struct Reader {
    waiting: VecDeque<Whole>,
    current: Option<Current>,
    unreadable: Vec<String>,
    bytes_before: usize,
    window: Window,
}

struct Current {
    file: Arc<str>,
    is_log_group: bool,
    values: Format,
    line: usize,
    /// Arrivals on that line.
    items: usize,
    arrivals: usize,
}

impl Inputs {
    /// Finds the files below the source's paths; those below `except` are not input.
    pub(crate) fn find(source: &Source, except: Option<&Path>) -> Self {
        let mut finder = Finder::new(except);
        for path in &source.paths {
            finder.look_at(path);
        }
        let log_groups = source.from_log_group.iter().map(|name| Whole::LogGroup {
            name: name.clone(),
            times_ms: source.log_times_ms(),
            filter: source.filter.clone(),
        });
        // How much a compressed file holds is known at its end.
        let is_plain = |file: &&PathBuf| !is_compressed(file);
        let bytes =
            |file: &PathBuf| Some(file).filter(is_plain)?.metadata().ok().filter(Metadata::is_file);
        let bytes_in_all: Option<u64> =
            finder.files.iter().map(|file| Some(bytes(file)?.len())).sum();
        let bytes_in_all = bytes_in_all.filter(|_| source.from_log_group.is_empty());
        let waiting = finder.files.into_iter().map(Whole::File).chain(log_groups).collect();
        let unreadable = finder.unreadable;
        let window = source.window;
        let (sender, chunks) = channel(CHUNKS_AHEAD);
        let reader = thread::spawn(move || {
            let mut reader = Reader { waiting, current: None, unreadable, bytes_before: 0, window };
            while let Some(chunk) = reader.next_chunk() {
                // The command may have ended.
                if sender.blocking_send(chunk).is_err() {
                    break;
                }
            }
        });
        Self { chunks, reader: Some(reader), bytes: 0, bytes_in_all }
    }

    /// The bytes of all files, if all of them are files.
    pub(crate) fn bytes_in_all(&self) -> Option<u64> {
        self.bytes_in_all
    }

    /// Number of bytes that are read.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The next arrivals, or none at the end.
    pub(crate) fn next_chunk(&mut self) -> Option<Chunk> {
        let chunk = self.chunks.blocking_recv();
        self.take(chunk)
    }

    /// The same for a caller that waits for something else, too. It may give up waiting.
    pub(crate) async fn chunk(&mut self) -> Option<Chunk> {
        let chunk = self.chunks.recv().await;
        self.take(chunk)
    }

    fn take(&mut self, chunk: Option<Chunk>) -> Option<Chunk> {
        if let Some(chunk) = &chunk {
            self.bytes = chunk.bytes;
        } else if let Some(Err(panic)) = self.reader.take().map(JoinHandle::join) {
            // A reader that panicked has not read everything.
            std::panic::resume_unwind(panic);
        }
        chunk
    }
}

impl Reader {
    fn bytes(&self) -> usize {
        self.bytes_before + self.current.as_ref().map_or(0, |current| current.values.bytes())
    }

    fn next_chunk(&mut self) -> Option<Chunk> {
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
    /// Adds the arrivals in a value that lie in the window, and returns their bytes.
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
            // Those outside the window, too: the reader shows how far it is.
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

/// The time of an event outside the window; none for whatever has no time to compare.
fn time_outside(window: Window, Arrival { event, .. }: &Arrival) -> Option<i64> {
    let time_ms = |event: &Compact| classify(event, &Patterns::default()).timestamp_ms;
    let event = event.as_ref().ok().filter(|_| !window.is_open())?;
    time_ms(event).filter(|time_ms| !window.contains(*time_ms))
}
