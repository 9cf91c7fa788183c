//! A local folder in place of CloudWatch Logs: one file per log stream, one log event per line.

use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::line::Receipt;
use ecs_event_forwarder::log::{Batch, Destination};
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The folder. Nothing is ever written outside of it.
pub(crate) struct Folder {
    root: PathBuf,
    /// Files that this run has written. A file of an earlier run is emptied before its first write.
    written: HashSet<PathBuf>,
}

/// Extension of the files.
pub(crate) const EXTENSION: &str = ".jsonl";

impl Folder {
    /// Opens the folder at `path` and creates it if it is missing.
    ///
    /// # Errors
    ///
    /// The path is not a folder, or cannot be created.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Self { root: path.canonicalize()?, written: HashSet::new() })
    }

    /// Returns its path, with links resolved.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Stores a batch: all of it, or none of it.
    pub(crate) fn store(&mut self, batch: &Batch) -> Receipt {
        let Err(error) = self.append(batch) else {
            return Receipt::stored(batch);
        };
        let cause = error.to_string();
        let failure = Failure::Undelivered { operation: "writing the file", cause };
        let failed = batch.arrivals().map(|arrival| (arrival, failure.clone()));
        Receipt::new(batch, failed.collect())
    }

    /// Writes the whole batch or none of it.
    fn append(&mut self, batch: &Batch) -> io::Result<()> {
        let mut file = self.file(batch.destination())?;
        let end = file.seek(SeekFrom::End(0))?;
        let bytes = batch.events().iter().map(|event| event.message.len() + 1).sum();
        let mut lines = String::with_capacity(bytes);
        for event in batch.events() {
            lines.push_str(&event.message);
            lines.push('\n');
        }
        let written = file.write_all(lines.as_bytes());
        if written.is_err() {
            file.set_len(end)?;
        }
        written
    }

    fn file(&mut self, destination: &Destination) -> io::Result<File> {
        let mut path = self.root.clone();
        path.extend(destination.log_group.split('/').map(segment));
        let there = path.ancestors().find_map(|it| it.canonicalize().ok());
        self.check(&there.unwrap_or_default())?;
        fs::create_dir_all(&path)?;
        path.push(format!("{}{EXTENSION}", destination.log_stream));
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        // Two names can be the same file: names that differ only in case, or links.
        let path = path.canonicalize()?;
        self.check(&path)?;
        if self.written.insert(path) {
            file.set_len(0)?;
        }
        Ok(file)
    }

    fn check(&self, path: &Path) -> io::Result<()> {
        let is_inside = path.starts_with(&self.root);
        let outside = || io::Error::other("a link leads out of the folder");
        is_inside.then_some(()).ok_or_else(outside)
    }
}

/// Returns the folder name for one part of a log group's name. It escapes `.` and `..`, which would
/// leave the folder.
fn segment(part: &str) -> String {
    if part == "." || part == ".." { part.replace('.', "%2E") } else { part.to_owned() }
}
