//! Where the page is written.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where the page goes.
pub(super) enum Target {
    /// `-o -`.
    StandardOutput,
    File {
        path: PathBuf,
        /// True if a file of that name may be replaced.
        replaces: bool,
    },
}

impl Target {
    /// The target that `--output` and `--force` name.
    ///
    /// # Errors
    ///
    /// The file exists, and `--force` was not given, or no file can be there; the sentence says so.
    pub(super) fn new(output: &Path, force: bool) -> Result<Self, String> {
        if output.as_os_str() == "-" {
            return Ok(Self::StandardOutput);
        }
        // A device or a pipe holds nothing that could be lost.
        let is_file = output.metadata().is_ok_and(|it| it.is_file());
        if output.is_dir() {
            return Err(format!("{} is a folder: name a file", output.display()));
        }
        let folder = output.parent().filter(|it| !it.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|it| !it.is_dir()) {
            return Err(format!("there is no folder {}", folder.display()));
        }
        let is_other = output.exists() && !is_file;
        if is_file && !force {
            return Err(exists(output));
        }
        Ok(Self::File { path: output.to_owned(), replaces: force || is_other })
    }

    /// Writes the page.
    ///
    /// # Errors
    ///
    /// The file cannot be written, or someone else made it meanwhile; a sentence says so.
    pub(super) fn write(&self, page: &str) -> io::Result<Result<(), String>> {
        let Self::File { path, replaces } = self else {
            let mut out = io::stdout().lock();
            out.write_all(page.as_bytes())?;
            return out.flush().map(Ok);
        };
        let mut options = OpenOptions::new();
        options.write(true);
        if *replaces {
            options.create(true).truncate(true);
        } else {
            options.create_new(true);
        }
        let written = options.open(path).and_then(|mut file| file.write_all(page.as_bytes()));
        Ok(written.map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                return exists(path);
            }
            format!("cannot write {}: {error}", path.display())
        }))
    }

    /// The name of the file; none for standard output.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::StandardOutput => None,
            Self::File { path, .. } => Some(path.display().to_string()),
        }
    }
}

fn exists(path: &Path) -> String {
    format!(
        "{} exists: overwrite it with --force, or name another file with --output",
        path.display()
    )
}
