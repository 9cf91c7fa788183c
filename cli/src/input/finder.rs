//! Paths → files.

use crate::table::visible;
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// Extensions of the files that are read in a folder. A file that is named itself is always read.
const EXTENSIONS: [&str; 5] = ["json", "jsonl", "ndjson", "gz", "zst"];

/// Finds files, in the order of their names.
pub(super) struct Finder<'a> {
    except: Option<&'a Path>,
    pub(super) files: VecDeque<PathBuf>,
    /// A sentence for each path without files.
    pub(super) unreadable: Vec<String>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(except: Option<&'a Path>) -> Self {
        Self { except, files: VecDeque::new(), unreadable: Vec::new() }
    }

    /// Adds a path that the user named.
    pub(super) fn look_at(&mut self, path: &Path) {
        if !path.is_dir() {
            self.files.push_back(path.to_owned());
            return;
        }
        let before = (self.files.len(), self.unreadable.len());
        self.look_into(path);
        if before == (self.files.len(), self.unreadable.len()) {
            let [first, second, third, fourth, last] = EXTENSIONS;
            let name = name(path);
            self.unreadable.push(format!(
                "{name} holds no .{first}, .{second}, .{third}, .{fourth} or .{last} file"
            ));
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
            // Links to folders are not followed, because they could form a cycle.
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

/// True for a file whose content is longer than the file.
pub(super) fn is_compressed(path: &Path) -> bool {
    ["gz", "zst"].iter().any(|known| has_extension(path, known))
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

pub(super) fn name(path: &Path) -> String {
    if is_stdin(path) { "stdin".to_owned() } else { visible(&path.to_string_lossy()) }
}

pub(super) fn cannot_read(name: &str, error: &io::Error) -> String {
    format!("cannot read {name}: {error}")
}
