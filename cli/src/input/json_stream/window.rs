//! The part of a reader's bytes that is needed, by their positions in the whole.

use std::io::{self, ErrorKind, Read};

const BLOCK_BYTES: usize = 64 * 1024;

pub(super) struct Window<R> {
    reader: R,
    bytes: Vec<u8>,
    /// The position of the first byte.
    base: usize,
}

impl<R: Read> Window<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, bytes: Vec::new(), base: 0 }
    }

    /// Returns the byte at a position, unless it has yet to be read.
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.from(at).first().copied()
    }

    /// Returns the bytes in memory from a position on.
    pub(super) fn from(&self, at: usize) -> &[u8] {
        self.between(at, self.end())
    }

    /// Returns the bytes between two positions.
    pub(super) fn between(&self, start: usize, end: usize) -> &[u8] {
        let start = start.checked_sub(self.base);
        start.and_then(|start| self.bytes.get(start..end - self.base)).unwrap_or_default()
    }

    /// Returns the position after the last byte in memory.
    pub(super) fn end(&self) -> usize {
        self.base + self.bytes.len()
    }

    /// Drops the bytes before a position and reads more; returns false at the end.
    pub(super) fn read(&mut self, needed: usize) -> io::Result<bool> {
        self.bytes.drain(..needed - self.base);
        self.base = needed;
        let kept = self.bytes.len();
        self.bytes.resize(kept + BLOCK_BYTES, 0);
        let room = self.bytes.get_mut(kept..).unwrap_or_default();
        let read = loop {
            match self.reader.read(room) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                done => break done,
            }
        };
        self.bytes.truncate(kept + *read.as_ref().unwrap_or(&0));
        read.map(|bytes| bytes > 0)
    }
}
