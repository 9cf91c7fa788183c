//! A reader of bytes that are produced piece by piece.

use std::io::{self, Read};

/// Calls a function for each piece; an empty piece is the end.
pub(super) struct Pieces<F> {
    next: F,
    piece: Vec<u8>,
    given: usize,
}

impl<F: FnMut(&mut Vec<u8>) -> io::Result<()>> Pieces<F> {
    pub(super) fn new(next: F) -> Self {
        Self { next, piece: Vec::new(), given: 0 }
    }
}

impl<F: FnMut(&mut Vec<u8>) -> io::Result<()>> Read for Pieces<F> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.given == self.piece.len() {
            self.piece.clear();
            self.given = 0;
            (self.next)(&mut self.piece)?;
        }
        let read = self.piece.get(self.given..).unwrap_or_default().read(room)?;
        self.given += read;
        Ok(read)
    }
}

/// Reads bytes until `is_enough` is true for them. Returns them, and a reader of all bytes.
pub(super) fn peek(
    mut reader: Box<dyn Read>,
    is_enough: impl Fn(&[u8]) -> bool,
) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    const BLOCK_BYTES: usize = 512;
    let mut start = Vec::new();
    while !is_enough(&start) {
        let length = start.len();
        start.resize(length + BLOCK_BYTES, 0);
        let read = match reader.read(start.get_mut(length..).unwrap_or_default()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                start.truncate(length);
                continue;
            }
            read => read?,
        };
        start.truncate(length + read);
        if read == 0 {
            break;
        }
    }
    Ok((start.clone(), Box::new(io::Cursor::new(start).chain(reader))))
}
