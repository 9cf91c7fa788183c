//! Reads an input in the format that its first line shows.

use super::decompress::decompress;
use super::found::Found;
use super::insights_csv::{self, InsightsCsv};
use super::json_stream::JsonStream;
use super::log_lines::without_prefixes;
use super::pieces::peek;
use super::utf16::to_utf8;
use memchr::memchr;
use std::io::{self, Read};

/// The values of an input.
pub(super) enum Format {
    Json(JsonStream<Box<dyn Read>>),
    InsightsCsv(InsightsCsv),
}

const FIRST_LINE_BYTES: usize = 4096;

impl Format {
    /// Looks at the beginning of the input.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or is output of the AWS CLI in a format for people.
    pub(super) fn open(reader: Box<dyn Read>) -> io::Result<Self> {
        let is_enough = |start: &[u8]| {
            start.len() >= FIRST_LINE_BYTES || memchr(b'\n', start.trim_ascii_start()).is_some()
        };
        let (start, reader) = peek(to_utf8(decompress(reader)?)?, is_enough)?;
        let start = String::from_utf8_lossy(&start);
        let first_line = start.trim_start_matches('\u{FEFF}').trim_start().lines().next();
        let first_line = first_line.unwrap_or_default();
        if let Some(output) = Output::of(first_line) {
            return Err(io::Error::other(output.sentence(first_line)));
        }
        if insights_csv::is_header(first_line) {
            return Ok(Self::InsightsCsv(InsightsCsv::new(reader)?));
        }
        Ok(Self::Json(JsonStream::new(Box::new(without_prefixes(reader)))))
    }

    /// Returns the next value, or none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Found>> {
        match self {
            Self::Json(stream) => stream.next(),
            Self::InsightsCsv(rows) => rows.next(),
        }
    }

    /// Describes the lines without a readable value, if there are any.
    pub(super) fn skipped(&self) -> Option<String> {
        match self {
            Self::Json(stream) => stream.skipped(),
            Self::InsightsCsv(_) => None,
        }
    }

    /// Returns the number of bytes read so far.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Json(stream) => stream.bytes(),
            Self::InsightsCsv(rows) => rows.bytes(),
        }
    }
}

/// An output format of the AWS CLI for people, in which events cannot be told apart safely.
#[derive(Clone, Copy)]
enum Output {
    Text,
    Table,
    Yaml,
}

impl Output {
    fn of(first_line: &str) -> Option<Self> {
        const TEXT: [&str; 5] =
            ["EVENTS", "SEARCHEDLOGSTREAMS", "RESULTS", "STATISTICS", "MESSAGES"];
        const YAML: [&str; 9] = [
            "events:",
            "- events:",
            "- eventId:",
            "searchedLogStreams:",
            "results:",
            "queryLanguage:",
            "- - field:",
            "Messages:",
            "- Messages:",
        ];
        let is_rule = first_line.len() > 8 && first_line.bytes().all(|byte| byte == b'-');
        let first_word = first_line.split('\t').next().unwrap_or_default();
        if is_rule {
            Some(Self::Table)
        } else if TEXT.contains(&first_word) {
            Some(Self::Text)
        } else if YAML.iter().any(|start| first_line.starts_with(start)) {
            Some(Self::Yaml)
        } else {
            None
        }
    }

    fn sentence(self, first_line: &str) -> String {
        let name = match self {
            Self::Text => "text",
            Self::Table => "table",
            Self::Yaml => "yaml",
        };
        let line = first_line.to_ascii_lowercase();
        let command = if line.contains("results") || line.contains("field") {
            "aws logs get-query-results --query-id ID"
        } else if line.contains("messages") {
            "aws sqs receive-message --queue-url URL"
        } else {
            "aws logs filter-log-events --log-group-name NAME"
        };
        format!("it is --output {name} of the AWS CLI; write JSON with: {command} --output json")
    }
}
