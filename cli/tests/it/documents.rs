//! The documents agree with the code.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "documents are files, and a test that cannot read them fails"
)]

mod fault_tables;
mod files;
mod names;
mod numbers;
mod variables;

use std::fs::read_to_string;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) fn root() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).to_owned()
}

pub(super) fn document(name: &str) -> String {
    read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every document, by its path from the root.
pub(super) fn documents() -> Vec<String> {
    let mut documents = Vec::new();
    for folder in ["", "docs/", "docs/cli/", "events/", "bench/", "terraform/", "tests/fixtures/"] {
        for file in root().join(folder).read_dir().unwrap() {
            let file = PathBuf::from(file.unwrap().file_name());
            let is_document = file.extension().is_some_and(|it| it == "md");
            documents.extend(is_document.then(|| format!("{folder}{}", file.display())));
        }
    }
    documents.sort();
    documents
}

fn ecs_events(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("events"), folder.path().join("events")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ecs-events"))
        .args(arguments)
        .current_dir(folder.path())
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn assert_says(document_name: &str, text: &str) {
    assert!(document(document_name).contains(text), "{document_name} does not say:\n{text}");
}

#[test]
fn documents_show_one_event_before_and_after() {
    let sample = "events/task-out-of-memory.json";
    let before = ["--trim", "full", "--enrich", "off", "--redact", "off"];
    let before = [&["preview", "--show"][..], &before, &[sample]].concat();
    assert_says("docs/stored-format.md", &ecs_events(&before));
    let after = ecs_events(&["preview", "--show", sample]);
    assert_says("docs/stored-format.md", &after);
    let (_, forwarder) = after.split_once("\"forwarder\":").unwrap();
    assert_says(
        "docs/stored-format.md",
        &format!(
            "```json\n\"forwarder\":{}\n```",
            forwarder.trim().trim_end_matches('}').to_owned() + "}"
        ),
    );
}
