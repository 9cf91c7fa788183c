//! The files that the documents name.

use super::{document, documents, root};
use std::collections::BTreeSet;
use std::fs::read_to_string;
use std::path::{Path, PathBuf};

#[test]
fn every_file_of_a_source_folder_that_a_document_names_exists() {
    for name in documents() {
        let text = document(&name);
        for word in text.split('`').skip(1).step_by(2) {
            let is_path =
                ["src/", "cli/", "tests/", "events/"].iter().any(|folder| word.starts_with(folder));
            if is_path && !word.contains(['*', ' ', '<']) {
                assert!(root().join(word).exists(), "{name} names {word}");
            }
        }
    }
}

/// Before the first release and after it: the address is that of `Cargo.toml`.
#[test]
fn contributing_lists_every_file_that_names_the_repository() {
    let cargo = document("Cargo.toml");
    let (_, after) = cargo.split_once("\nrepository = \"https://github.com/").unwrap();
    let (repository, _) = after.split_once('"').unwrap();
    let placeholder = ["OWNER", "REPOSITORY"].join("/");
    let mut all = Vec::new();
    files(&root(), &mut all);
    let mut named = BTreeSet::new();
    for file in all {
        // Samples in Latin-1 and pictures name nothing.
        let Ok(text) = read_to_string(&file) else { continue };
        let name = file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        if name != "CONTRIBUTING.md"
            && [repository, &placeholder].iter().any(|it| text.contains(it))
        {
            assert!(text.contains(repository), "{name} still has the placeholder");
            named.insert(name);
        }
    }
    let page = document("CONTRIBUTING.md");
    let (_, section) = page.split_once("\n## Before the first release\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let listed = section.lines().filter_map(|it| it.strip_prefix("- `")?.strip_suffix('`'));
    assert_eq!(listed.map(str::to_owned).collect::<BTreeSet<_>>(), named);
}

/// The files of the repository, without those that are built or installed.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    const MADE: [&str; 8] =
        ["target", ".git", ".venv", ".aws-sam", ".terraform", "__pycache__", "dist", "out"];
    for entry in folder.read_dir().unwrap().map(Result::unwrap) {
        if MADE.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}
