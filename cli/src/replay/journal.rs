//! The journal of a replay: what was about to be sent, and what was heard to be stored.
//!
//! CloudWatch Logs stores twice what is put twice. So ids are written down before they are sent,
//! and again when they are stored; ids that were sent and of which nothing was heard are in doubt.
//! Each line reaches the disk before anything else happens. A line that is cut short, which is the
//! last one then, counts as not written: either nothing was sent yet, or nothing is known.

use super::key::Key;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What the journal knows of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Stored by an earlier run.
    Before,
    /// Stored by this run.
    Now,
    /// Sent, and nothing was heard.
    InDoubt,
}

/// Where a replay goes: a journal is about one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Header {
    /// The version of the format.
    pub(super) replay: u32,
    pub(super) to: String,
    pub(super) region: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) function: Option<String>,
}

impl Header {
    pub(super) const VERSION: u32 = 1;

    /// Where it goes, in words.
    pub(super) fn place(&self) -> String {
        let function = self.function.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        format!("{}{function} in {}", self.to, self.region)
    }
}

/// A line about a batch: first what it sends, then what came of it.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line<'a> {
    batch: usize,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    sends: Option<Vec<&'a str>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    stored: Option<Vec<&'a str>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    in_doubt: Option<Vec<&'a str>>,
}

/// A journal, perhaps only to be read.
pub(super) struct Journal {
    file: Option<File>,
    marks: HashMap<u128, Mark>,
    batch: usize,
}

impl Journal {
    /// Reads what is there, and changes nothing.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is no journal; a sentence says so.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let mut journal = Self { file: None, marks: HashMap::new(), batch: 0 };
        match File::open(path) {
            Ok(mut file) => journal.take_in(&mut file, None).map(|_| journal),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(journal),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Opens or makes the journal of a replay to that place, for this run alone.
    ///
    /// # Errors
    ///
    /// It cannot be read or written, is no journal, is about another place, or another run has it.
    pub(super) fn open(path: &Path, header: &Header) -> Result<Self, String> {
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).read(true).write(true).open(path);
        let mut file = file.map_err(|error| error.to_string())?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => "another run is writing it".to_owned(),
            TryLockError::Error(error) => error.to_string(),
        })?;
        let mut journal = Self { file: None, marks: HashMap::new(), batch: 0 };
        let end = journal.take_in(&mut file, Some(header))?;
        let ready = file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end)));
        ready.map_err(|error| error.to_string())?;
        journal.file = Some(file);
        if end == 0 {
            journal.write(header).map_err(|error| error.to_string())?;
        }
        Ok(journal)
    }

    /// Reads all whole lines, and gives where they end.
    fn take_in(&mut self, file: &mut File, header: Option<&Header>) -> Result<u64, String> {
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|error| error.to_string())?;
        let mut end = 0;
        let mut open: HashMap<usize, Vec<u128>> = HashMap::new();
        for (number, line) in (1..).zip(text.split_inclusive('\n')) {
            let Some(line) = line.strip_suffix('\n') else {
                if number == 1 && !begins_a_journal(line) {
                    return Err(no_line(number));
                }
                break;
            };
            let is_understood = if number == 1 {
                let found: Option<Header> = serde_json::from_str(line).ok();
                if let Some((found, header)) = found.as_ref().zip(header).filter(|(a, b)| a != b) {
                    let (theirs, ours) = (found.place(), header.place());
                    return Err(format!("it is about a replay to {theirs}, not to {ours}"));
                }
                found.is_some_and(|found| found.replay == Header::VERSION)
            } else {
                serde_json::from_str(line).is_ok_and(|line| {
                    self.mark(&line, &mut open);
                    true
                })
            };
            if !is_understood {
                return Err(no_line(number));
            }
            end += line.len() + 1;
        }
        for key in open.into_values().flatten() {
            self.marks.entry(key).or_insert(Mark::InDoubt);
        }
        Ok(end as u64)
    }

    fn mark(&mut self, line: &Line<'_>, open: &mut HashMap<usize, Vec<u128>>) {
        self.batch = self.batch.max(line.batch);
        let hashes = |ids: &Option<Vec<&str>>| -> Vec<u128> {
            ids.iter().flatten().map(|id| Key::hash_of(id)).collect()
        };
        if line.sends.is_some() {
            open.insert(line.batch, hashes(&line.sends));
            return;
        }
        open.remove(&line.batch);
        for key in hashes(&line.in_doubt) {
            self.marks.entry(key).or_insert(Mark::InDoubt);
        }
        self.marks.extend(hashes(&line.stored).into_iter().map(|key| (key, Mark::Before)));
    }

    /// What is known of an event.
    pub(super) fn of(&self, key: &Key) -> Option<Mark> {
        self.marks.get(&key.hash).copied()
    }

    /// Writes down what is about to be sent.
    pub(super) fn sends(&mut self, keys: &[&Key]) -> io::Result<()> {
        self.batch += 1;
        self.write(&Line { batch: self.batch, sends: Some(ids(keys)), ..Line::default() })
    }

    /// Writes down what came of it. What is in neither list is not stored, for certain.
    pub(super) fn sent(&mut self, stored: &[&Key], in_doubt: &[&Key]) -> io::Result<()> {
        self.marks.extend(stored.iter().map(|key| (key.hash, Mark::Now)));
        for key in in_doubt {
            self.marks.entry(key.hash).or_insert(Mark::InDoubt);
        }
        let in_doubt = Some(ids(in_doubt)).filter(|ids| !ids.is_empty());
        self.write(&Line { batch: self.batch, stored: Some(ids(stored)), in_doubt, sends: None })
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let mut line = serde_json::to_vec(line)?;
        line.push(b'\n');
        file.write_all(&line)?;
        file.sync_data()
    }
}

/// True if a run that was killed can have left this as the only line: a header that is cut short.
/// Any other file belongs to somebody, and must not be written to.
fn begins_a_journal(line: &str) -> bool {
    const BEGINNING: &str = "{\"replay\":";
    line.starts_with(BEGINNING) || BEGINNING.starts_with(line)
}

fn no_line(number: usize) -> String {
    format!("its line {number} is none of a replay's journal")
}

fn ids<'a>(keys: &[&'a Key]) -> Vec<&'a str> {
    keys.iter().map(|key| key.id.as_str()).collect()
}
