//! CSV of Logs Insights: the query results that its console exports.

use super::found::Found;
use csv::{ByteRecord, Reader, ReaderBuilder};
use std::io::{self, Read};

/// The column with the event.
const MESSAGE: &str = "@message";

/// The messages in the rows of such a file.
pub(super) struct InsightsCsv {
    reader: Reader<Box<dyn Read>>,
    column: usize,
    row: ByteRecord,
}

impl InsightsCsv {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// There is no column `@message`.
    pub(super) fn new(reader: Box<dyn Read>) -> io::Result<Self> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(reader);
        let headers = reader.headers().map_err(io::Error::other)?;
        let column = headers.iter().position(is_message).ok_or_else(|| {
            io::Error::other(
                "the CSV has no column @message; add @message to the fields of the query",
            )
        })?;
        Ok(Self { reader, column, row: ByteRecord::new() })
    }

    /// Returns the message of the next row.
    pub(super) fn next(&mut self) -> io::Result<Option<Found>> {
        if !self.reader.read_byte_record(&mut self.row).map_err(io::Error::other)? {
            return Ok(None);
        }
        let line = self.row.position().map_or(0, csv::Position::line);
        let message = self.row.get(self.column).unwrap_or_default();
        let text = String::from_utf8(message.to_vec());
        let text = text.map_err(|error| error.utf8_error().valid_up_to());
        Ok(Some(Found { line: usize::try_from(line).unwrap_or(usize::MAX), text }))
    }

    /// Returns the number of bytes read so far.
    pub(super) fn bytes(&self) -> usize {
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX)
    }
}

/// True for the name of the column, even after a byte-order mark.
fn is_message(name: &str) -> bool {
    name.trim_start_matches('\u{FEFF}').trim() == MESSAGE
}

/// True for the first line of such a file: field names, at least one of which begins with `@`.
pub(super) fn is_header(line: &str) -> bool {
    let is_name = |name: &str| {
        let name = name.trim().trim_matches('"');
        let is_of_name = |char: char| char.is_ascii_alphanumeric() || "@._-() *`".contains(char);
        !name.is_empty() && name.chars().all(is_of_name)
    };
    line.split(',').all(is_name)
        && line.split(',').any(|name| name.trim().trim_matches('"').starts_with('@'))
}
