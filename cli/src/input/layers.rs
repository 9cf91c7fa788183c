//! What lies around JSON: gzip, and the timestamps of CloudWatch Logs exports.
//!
//! Both are told by the first bytes, whatever the file is called.

use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufRead, BufReader, Read};

const GZIP: &[u8] = &[0x1F, 0x8B];

/// A line of an export begins so, in digits for `0`.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html>.
const TIMESTAMP: &[u8] = b"0000-00-00T00:00:00.000Z ";

/// What the reader gives, without gzip, and with space in place of timestamps.
pub(super) fn plain(reader: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let mut reader = BufReader::new(reader);
    if !begins_with(&mut reader, GZIP.len(), |bytes| bytes == GZIP)? {
        return without_timestamps(Box::new(reader));
    }
    without_timestamps(Box::new(MultiGzDecoder::new(reader)))
}

fn without_timestamps(reader: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let mut start = vec![0; TIMESTAMP.len()];
    let mut reader = reader;
    let length = fill(&mut reader, &mut start)?;
    start.truncate(length);
    let is_export = start.len() == TIMESTAMP.len() && start.iter().zip(TIMESTAMP).all(is_like);
    let whole = io::Cursor::new(start).chain(reader);
    if is_export { Ok(Box::new(Export::new(whole))) } else { Ok(Box::new(whole)) }
}

/// Whether the first bytes are such; few may come at a time, and all stay in the buffer.
fn begins_with(
    reader: &mut BufReader<Box<dyn Read>>,
    length: usize,
    is: impl Fn(&[u8]) -> bool,
) -> io::Result<bool> {
    let bytes = reader.fill_buf()?;
    if bytes.len() >= length || bytes.is_empty() {
        return Ok(bytes.get(..length).is_some_and(is));
    }
    // A lone byte: read on, with it in front.
    let mut start = bytes.to_vec();
    let mut rest = vec![0; length - start.len()];
    reader.consume(start.len());
    let read = fill(reader, &mut rest)?;
    rest.truncate(read);
    start.extend(rest);
    let is_such = start.len() == length && is(&start);
    let empty: Box<dyn Read> = Box::new(io::empty());
    let others = std::mem::replace(reader, BufReader::new(empty));
    *reader = BufReader::new(Box::new(io::Cursor::new(start).chain(others)));
    Ok(is_such)
}

/// Reads until the room is full or there is no more.
fn fill(reader: &mut impl Read, mut room: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while !room.is_empty() {
        match reader.read(room) {
            Ok(0) => break,
            Ok(read) => {
                filled += read;
                room = room.get_mut(read..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn is_like((byte, like): (&u8, &u8)) -> bool {
    if *like == b'0' { byte.is_ascii_digit() } else { byte == like }
}

/// Blanks the timestamp at the start of each line, so that lines and columns stay what they are.
struct Export<R> {
    reader: BufReader<R>,
    /// What is looked at already.
    ready: Vec<u8>,
    given: usize,
    is_line_start: bool,
}

impl<R: Read> Export<R> {
    fn new(reader: R) -> Self {
        Self { reader: BufReader::new(reader), ready: vec![], given: 0, is_line_start: true }
    }

    /// Makes ready the start of a line, or more of one.
    fn advance(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        if self.is_line_start {
            self.is_line_start = false;
            self.ready.resize(TIMESTAMP.len(), 0);
            let mut length = 0;
            while let Some(like) = TIMESTAMP.get(length) {
                let Some(byte) = self.reader.fill_buf()?.first().copied() else { break };
                if !is_like((&byte, like)) {
                    break;
                }
                self.reader.consume(1);
                if let Some(room) = self.ready.get_mut(length) {
                    *room = byte;
                }
                length += 1;
            }
            self.ready.truncate(length);
            if length == TIMESTAMP.len() {
                self.ready.fill(b' ');
            }
            if length > 0 {
                return Ok(());
            }
        }
        let bytes = self.reader.fill_buf()?;
        let end = memchr::memchr(b'\n', bytes).map(|at| at + 1);
        let length = end.unwrap_or(bytes.len());
        self.ready.extend_from_slice(bytes.get(..length).unwrap_or_default());
        self.is_line_start = end.is_some();
        self.reader.consume(length);
        Ok(())
    }
}

impl<R: Read> Read for Export<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.advance()?;
        }
        let left = self.ready.get(self.given..).unwrap_or_default();
        let length = left.len().min(room.len());
        if let (Some(room), Some(left)) = (room.get_mut(..length), left.get(..length)) {
            room.copy_from_slice(left);
        }
        self.given += length;
        Ok(length)
    }
}
