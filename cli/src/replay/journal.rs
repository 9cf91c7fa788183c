//! The journal of a replay: the ids of events that are about to be sent, and of those that are stored.
//!
//! CloudWatch Logs stores an event twice if it is put twice. An id that was sent without an answer is
//! in doubt. Each line reaches the disk before anything else happens. An incomplete last line counts
//! as not written: either nothing has been sent yet, or no answer is known.

use super::key::{Key, Name};
use crate::table::visible;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// The state of an event in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Stored by an earlier run.
    Before,
    /// Stored by this run.
    Now,
    /// Sent, without an answer.
    InDoubt,
}

/// The destination that a journal belongs to: an event stored in one may be missing in another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Header {
    /// The version of the format.
    pub(super) replay: u32,
    /// The destination, as `--to` names it.
    pub(super) to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<String>,
    /// An endpoint other than AWS's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) function: Option<String>,
    /// The configured template of log groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) log_group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fallback_log_group: Option<String>,
}

impl Header {
    pub(super) const VERSION: u32 = 2;

    fn parts(&self) -> [(&'static str, Option<&str>); 7] {
        [
            ("destination", Some(&self.to)),
            ("function", self.function.as_deref()),
            ("log group", self.log_group.as_deref()),
            ("fallback log group", self.fallback_log_group.as_deref()),
            ("account", self.account.as_deref()),
            ("Region", self.region.as_deref()),
            ("endpoint", self.endpoint.as_deref()),
        ]
    }

    /// Names the first part in which a run differs, if there is one. A dry run does not sign in, so
    /// it has no account, Region and endpoint to compare.
    fn objection(&self, run: &Self, is_dry_run: bool) -> Option<String> {
        const KNOWN_IN_A_DRY_RUN: usize = 4;
        let compared = if is_dry_run { KNOWN_IN_A_DRY_RUN } else { usize::MAX };
        let parts = self.parts().into_iter().zip(run.parts()).take(compared);
        let ((name, theirs), (_, ours)) = parts.into_iter().find(|(a, b)| a != b)?;
        let [theirs, ours] = [theirs, ours].map(|it| visible(it.unwrap_or("AWS's own")));
        Some(format!(
            "its {name} is {theirs}, but this run's is {ours}; name another file with --journal"
        ))
    }
}

/// A line about a batch: first the ids that it sends, then those that are stored or in doubt.
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

/// A journal; a dry run only reads it.
pub(super) struct Journal {
    file: Option<File>,
    marks: HashMap<u128, Mark>,
    batch: usize,
}

impl Journal {
    /// Reads a journal for a dry run, and leaves the file unchanged.
    ///
    /// # Errors
    ///
    /// It cannot be read, is not a journal, or belongs to another destination.
    pub(super) fn read(path: &Path, header: &Header) -> Result<Self, String> {
        let mut journal = Self { file: None, marks: HashMap::new(), batch: 0 };
        match File::open(path) {
            Ok(mut file) => journal.take_in(&mut file, header, true).map(|_| journal),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(journal),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Opens or creates the journal of a replay to that destination, for this run alone.
    ///
    /// # Errors
    ///
    /// It cannot be read or written, is not a journal, belongs to another destination, or another run
    /// uses it.
    pub(super) fn open(path: &Path, header: &Header) -> Result<Self, String> {
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).read(true).write(true).open(path);
        let mut file = file.map_err(|error| error.to_string())?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => "another run is writing it".to_owned(),
            TryLockError::Error(error) => error.to_string(),
        })?;
        let mut journal = Self { file: None, marks: HashMap::new(), batch: 0 };
        let end = journal.take_in(&mut file, header, false)?;
        let ready = file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end)));
        ready.map_err(|error| error.to_string())?;
        journal.file = Some(file);
        if end == 0 {
            journal.write(header).map_err(|error| error.to_string())?;
        }
        Ok(journal)
    }

    /// Reads all complete lines, and returns where they end.
    fn take_in(
        &mut self,
        file: &mut File,
        header: &Header,
        is_dry_run: bool,
    ) -> Result<u64, String> {
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
            if number == 1 {
                check_header(line, header, is_dry_run)?;
            } else {
                let line = serde_json::from_str(line).map_err(|_| no_line(number))?;
                self.mark(&line, &mut open);
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
            ids.iter().flatten().map(|id| Name::hash_of(id)).collect()
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

    /// Returns the state of an event, by its id or else by its revision.
    pub(super) fn of(&self, key: &Key) -> Option<Mark> {
        key.names().find_map(|name| self.marks.get(&name.hash).copied())
    }

    /// Writes the names of events that are about to be sent.
    pub(super) fn sends(&mut self, names: &[&Name]) -> io::Result<()> {
        self.batch += 1;
        self.write(&Line { batch: self.batch, sends: Some(texts(names)), ..Line::default() })
    }

    /// Writes the answer. An event in neither list is certainly not stored.
    pub(super) fn sent(&mut self, stored: &[&Name], in_doubt: &[&Name]) -> io::Result<()> {
        self.marks.extend(stored.iter().map(|name| (name.hash, Mark::Now)));
        for name in in_doubt {
            self.marks.entry(name.hash).or_insert(Mark::InDoubt);
        }
        let in_doubt = Some(texts(in_doubt)).filter(|texts| !texts.is_empty());
        self.write(&Line { batch: self.batch, stored: Some(texts(stored)), in_doubt, sends: None })
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

/// True if this only line can be the incomplete header of a run that was killed. Any other file
/// belongs to somebody, and must not be overwritten.
fn begins_a_journal(line: &str) -> bool {
    const BEGINNING: &str = "{\"replay\":";
    line.starts_with(BEGINNING) || BEGINNING.starts_with(line)
}

fn no_line(number: usize) -> String {
    format!("line {number} is not from the journal of a replay")
}

/// Checks the first line of a journal.
fn check_header(line: &str, run: &Header, is_dry_run: bool) -> Result<(), String> {
    let header: Header = serde_json::from_str(line).map_err(|_| no_line(1))?;
    if header.replay != Header::VERSION {
        return Err(format!(
            "its format is version {}, and this program reads version {}",
            header.replay,
            Header::VERSION
        ));
    }
    header.objection(run, is_dry_run).map_or(Ok(()), Err)
}

fn texts<'a>(names: &[&'a Name]) -> Vec<&'a str> {
    names.iter().map(|name| name.text.as_str()).collect()
}
