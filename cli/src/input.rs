//! Paths → arrivals, each with its place, some at a time.

mod json_stream;
mod layers;
mod log_group;
mod source;

use crate::table::visible;
use crate::times::Window;

use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::event::{Arrival, Failure, Origin};
use ecs_event_forwarder::json;
use json_stream::JsonStream;
use log_group::LogGroup;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

pub(crate) use source::Source;

/// Files of a folder that are read; any other is read if it is named itself.
pub(crate) const EXTENSIONS: [&str; 4] = ["json", "jsonl", "ndjson", "gz"];

/// Arrivals and their bytes at a time, so that memory does not grow with the input.
const CHUNK_ARRIVALS: usize = 1000;
const CHUNK_BYTES: usize = 16 * 1024 * 1024;

/// Where an arrival stands.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    /// From 1.
    pub(crate) line: usize,
    /// The how many-th arrival that begins on that line, from 1.
    pub(crate) item: usize,
}

impl Place {
    /// As `file:line`, and `#` and a number if it is not the first on that line.
    pub(crate) fn in_full(&self) -> String {
        let item = if self.item > 1 { format!("#{}", self.item) } else { String::new() };
        format!("{}:{}{item}", self.file, self.line)
    }

    /// The same without the first line, for files that hold one event.
    pub(crate) fn in_short(&self) -> String {
        match (self.line, self.item) {
            (1, 1) => self.file.to_string(),
            (1, item) => format!("{}#{item}", self.file),
            _ => self.in_full(),
        }
    }

    /// The error line of an arrival here that failed.
    pub(crate) fn refused(&self, failure: &Failure) -> String {
        format!("{}: {}: {failure}", self.in_full(), failure.error_type())
    }
}

/// The next arrivals.
#[derive(Default)]
pub(crate) struct Chunk {
    /// A place for each arrival.
    pub(crate) places: Vec<Place>,
    pub(crate) arrivals: Vec<Arrival>,
    /// What could not be read; a sentence each.
    pub(crate) unreadable: Vec<String>,
    /// The bytes that are read by now.
    bytes: usize,
}

/// What is read in one go.
enum Whole {
    File(PathBuf),
    LogGroup { name: String, times_ms: Range<i64>, has_bar: bool },
}

/// All that the source holds, read and decoded on a thread of its own.
pub(crate) struct Inputs {
    chunks: Receiver<Chunk>,
    reader: Option<JoinHandle<()>>,
    bytes: usize,
    bytes_in_all: Option<u64>,
}

/// So many chunks wait at most.
const CHUNKS_AHEAD: usize = 2;

/// What is not yet read.
struct Reader {
    waiting: VecDeque<Whole>,
    current: Option<Current>,
    unreadable: Vec<String>,
    bytes_before: usize,
    window: Window,
}

struct Current {
    file: Arc<str>,
    values: JsonStream<Box<dyn Read>>,
    line: usize,
    items: usize,
}

impl Inputs {
    /// Finds the files below the source's paths; those below `except` are not input.
    ///
    /// While a log group is read, a bar of its own shows how far, unless the caller has one.
    pub(crate) fn find(source: &Source, except: Option<&Path>, has_bar: bool) -> Self {
        let mut finder = Finder { except, files: VecDeque::new(), unreadable: Vec::new() };
        for path in &source.paths {
            finder.look_at(path);
        }
        let log_group = source.from_log_group.as_ref().map(|name| Whole::LogGroup {
            name: name.clone(),
            times_ms: source.log_times_ms(),
            has_bar: !has_bar,
        });
        // How much a compressed file holds is known at its end.
        let is_plain = |file: &&PathBuf| !has_extension(file, "gz");
        let bytes =
            |file: &PathBuf| Some(file).filter(is_plain)?.metadata().ok().filter(Metadata::is_file);
        let bytes_in_all: Option<u64> =
            finder.files.iter().map(|file| Some(bytes(file)?.len())).sum();
        let bytes_in_all = bytes_in_all.filter(|_| log_group.is_none());
        let waiting = finder.files.into_iter().map(Whole::File).chain(log_group).collect();
        let unreadable = finder.unreadable;
        let window = source.window;
        let (sender, chunks) = sync_channel(CHUNKS_AHEAD);
        let reader = thread::spawn(move || {
            let mut reader = Reader { waiting, current: None, unreadable, bytes_before: 0, window };
            while let Some(chunk) = reader.next_chunk() {
                // Whoever wanted it may have enough.
                if sender.send(chunk).is_err() {
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

    /// The bytes that are read.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The next arrivals, or none at the end.
    pub(crate) fn next_chunk(&mut self) -> Option<Chunk> {
        if let Ok(chunk) = self.chunks.recv() {
            self.bytes = chunk.bytes;
            return Some(chunk);
        }
        // A reader that panicked has not read everything.
        if let Some(Err(panic)) = self.reader.take().map(JoinHandle::join) {
            std::panic::resume_unwind(panic);
        }
        None
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
                    Err(error) => chunk.unreadable.push(cannot_read(&whole.name(), &error)),
                }
                continue;
            };
            match current.values.next() {
                Ok(Some(found)) => {
                    for arrival in arrivals(found.text) {
                        let place = current.place(found.line);
                        if is_in(self.window, &arrival) {
                            bytes += arrival.bytes;
                            chunk.places.push(place);
                            chunk.arrivals.push(arrival);
                        }
                    }
                    continue;
                }
                Ok(None) => {
                    let skipped = current.values.skipped();
                    let name = &current.file;
                    chunk.unreadable.extend(skipped.map(|skipped| format!("{name}: {skipped}")));
                }
                Err(error) => {
                    chunk.unreadable.push(cannot_read(&current.file, &error));
                }
            }
            self.bytes_before += current.values.bytes();
            self.current = None;
        }
        chunk.bytes = self.bytes();
        (!chunk.arrivals.is_empty() || !chunk.unreadable.is_empty()).then_some(chunk)
    }
}

impl Current {
    fn open(whole: &Whole) -> io::Result<Self> {
        let reader: Box<dyn Read> = match whole {
            Whole::File(path) if is_stdin(path) => Box::new(io::stdin()),
            Whole::File(path) => Box::new(File::open(path)?),
            Whole::LogGroup { name, times_ms, has_bar } => {
                Box::new(LogGroup::open(name, times_ms.clone(), *has_bar))
            }
        };
        let values = JsonStream::new(layers::plain(reader)?);
        Ok(Self { file: whole.name().into(), values, line: 0, items: 0 })
    }

    fn place(&mut self, line: usize) -> Place {
        self.items = if line == self.line { self.items + 1 } else { 1 };
        self.line = line;
        Place { file: Arc::clone(&self.file), line, item: self.items }
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

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn name(path: &Path) -> String {
    if is_stdin(path) { "stdin".to_owned() } else { visible(&path.to_string_lossy()) }
}

fn cannot_read(name: &str, error: &io::Error) -> String {
    format!("cannot read {name}: {error}")
}

/// The arrivals in one value: a payload, or one that a log event carries as its message.
fn arrivals(text: Result<String, usize>) -> Vec<Arrival> {
    let text = match text {
        Ok(text) => text,
        Err(offset) => {
            let event = Err(Failure::UnreadablePayload { offset: Some(offset) });
            return vec![Arrival { origin: Origin::Direct, event, bytes: offset }];
        }
    };
    let arrivals = decode(Payload::from(message(&text).unwrap_or(text)));
    let compact = |mut arrival: Arrival| {
        if let Ok(event) = &arrival.event {
            // EventBridge sends no white space; whoever keeps events in files adds it.
            arrival.bytes = event.text().len();
        }
        arrival
    };
    arrivals.map(compact).collect()
}

/// True for an event of the window, and for whatever has no time to compare.
fn is_in(window: Window, Arrival { event, .. }: &Arrival) -> bool {
    let time_ms = |event| classify(event).timestamp_ms;
    window.is_open()
        || event.as_ref().ok().and_then(time_ms).is_none_or(|time_ms| window.contains(time_ms))
}

/// The message in a row of `filter-log-events` or of a query's results, or in a text as
/// `--query 'events[].message'` has it.
fn message(text: &str) -> Option<String> {
    if text.starts_with('"') {
        return Some(json::unescape(text).into_owned());
    }
    let is_result = text.starts_with('[');
    if !is_result && !text.contains("\"message\"") {
        return None;
    }
    let json = json::scan(text.to_owned()).ok()?;
    let root = json.root();
    if is_result {
        let mut fields = root.elements();
        let message = fields.find(|it| it.get_string("field").as_deref() == Some("@message"))?;
        return message.get_string("value").map(Cow::into_owned);
    }
    let is_payload = ["detail-type", "requestContext", "Records"]
        .into_iter()
        .any(|of_payloads| root.get(of_payloads).is_some());
    root.get_string("message").filter(|_| !is_payload).map(Cow::into_owned)
}

struct Finder<'a> {
    except: Option<&'a Path>,
    files: VecDeque<PathBuf>,
    unreadable: Vec<String>,
}

impl Finder<'_> {
    /// A path that was named.
    fn look_at(&mut self, path: &Path) {
        if !path.is_dir() {
            self.files.push_back(path.to_owned());
            return;
        }
        let before = (self.files.len(), self.unreadable.len());
        self.look_into(path);
        if before == (self.files.len(), self.unreadable.len()) {
            let [first, second, third, last] = EXTENSIONS;
            let name = name(path);
            let text = format!("{name} holds no .{first}, .{second}, .{third} or .{last} file");
            self.unreadable.push(text);
        }
    }

    fn look_into(&mut self, folder: &Path) {
        let entries = folder.read_dir().and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.unreadable.push(cannot_read(&name(folder), &error)),
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            // Links to folders could lead in circles.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_hidden(&entry.file_name()) || self.is_excepted(&path, is_folder) {
            } else if is_folder {
                self.look_into(&path);
            } else if is_of_events(&path) && path.is_file() {
                self.files.push_back(path);
            }
        }
    }

    fn is_excepted(&self, path: &Path, is_folder: bool) -> bool {
        is_folder && self.except.is_some() && path.canonicalize().ok().as_deref() == self.except
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn is_of_events(path: &Path) -> bool {
    EXTENSIONS.iter().any(|known| has_extension(path, known))
}

fn has_extension(path: &Path, known: &str) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case(known))
}
