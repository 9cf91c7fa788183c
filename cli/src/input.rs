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
mod chunk;
mod reader;

use finder::{Finder, is_compressed};
use reader::{Reader, Whole};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use tokio::sync::mpsc::{Receiver, channel};

pub(crate) use chunk::{Chunk, LeftOut};
pub(crate) use location::Location;
pub(crate) use source::Source;
pub(crate) use tail::{News, Tail};

/// Everything in the source, read and decoded on a thread of its own.
pub(crate) struct Inputs {
    chunks: Receiver<Chunk>,
    reader: Option<JoinHandle<()>>,
    bytes: usize,
    bytes_in_all: Option<u64>,
}

/// The chunks that may wait until a command takes them.
const CHUNKS_AHEAD: usize = 2;

impl Inputs {
    /// Finds the files of the source's paths, except those in the folder `except`.
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
        // The size of a compressed file's content is known only at its end.
        let is_plain = |file: &&PathBuf| !is_compressed(file);
        let bytes =
            |file: &PathBuf| Some(file).filter(is_plain)?.metadata().ok().filter(Metadata::is_file);
        let bytes_in_all: Option<u64> =
            finder.files.iter().map(|file| Some(bytes(file)?.len())).sum();
        let bytes_in_all = bytes_in_all.filter(|_| source.from_log_group.is_empty());
        let waiting = finder.files.into_iter().map(Whole::File).chain(log_groups).collect();
        let (unreadable, window) = (finder.unreadable, source.window);
        let (sender, chunks) = channel(CHUNKS_AHEAD);
        let reader = thread::spawn(move || {
            let mut reader = Reader::new(waiting, unreadable, window);
            while let Some(chunk) = reader.next_chunk() {
                // The command may have ended.
                if sender.blocking_send(chunk).is_err() {
                    break;
                }
            }
        });
        Self { chunks, reader: Some(reader), bytes: 0, bytes_in_all }
    }

    /// Returns the size of all inputs, if all of them are plain files.
    pub(crate) fn bytes_in_all(&self) -> Option<u64> {
        self.bytes_in_all
    }

    /// Returns the number of bytes read so far.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns the next arrivals, or none at the end.
    pub(crate) fn next_chunk(&mut self) -> Option<Chunk> {
        let chunk = self.chunks.blocking_recv();
        self.take(chunk)
    }

    /// Does the same for a caller that also waits for something else. The caller may stop waiting.
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
