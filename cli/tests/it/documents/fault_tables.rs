//! Each row of the fault tables names tests that exist, and each test of a fault has its row.

use super::{document, root};
use std::collections::BTreeSet;
use std::fs::read_to_string;
use std::path::Path;

/// The tests of `tests/it/faults`, as `faults::FILE::NAME`.
fn fault_tests() -> BTreeSet<String> {
    let folder = root().join("tests/it/faults");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let tests = files.flat_map(|file| {
        let module = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = read_to_string(file).unwrap();
        let parts = text.split("#[test]\nfn ").skip(1).map(|rest| rest.split_once('(').unwrap().0);
        parts.map(|name| format!("faults::{module}::{name}")).collect::<Vec<_>>()
    });
    tests.collect()
}

#[test]
fn the_fault_tables_name_every_fault_test_and_no_other() {
    let table = document("docs/faults.md") + &document("docs/faults-events.md");
    let named = table.split('`').filter(|word| word.starts_with("faults::")).map(str::to_owned);
    assert_eq!(named.collect::<BTreeSet<_>>(), fault_tests());
}

/// Every test below a folder, by its path: `trust::NAME`, `cli::replay::resume::NAME`.
fn tests_below(folder: &Path, path: &str, tests: &mut BTreeSet<String>) {
    for file in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        let path = format!("{path}{}::", file.file_stem().unwrap().to_str().unwrap());
        if file.is_dir() {
            tests_below(&file, &path, tests);
        } else if file.extension().is_some_and(|it| it == "rs") {
            let mut is_test = false;
            for line in read_to_string(file).unwrap().lines().map(str::trim_start) {
                is_test |= line == "#[test]";
                if is_test && let Some(function) = line.strip_prefix("fn ") {
                    tests.insert(format!("{path}{}", function.split_once('(').unwrap().0));
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn every_test_that_a_fault_table_names_exists() {
    for (page, folder) in [
        ("docs/faults.md", "tests/it"),
        ("docs/faults-events.md", "tests/it"),
        ("docs/faults-commands.md", "cli/tests/it"),
    ] {
        let mut tests = BTreeSet::new();
        tests_below(&root().join(folder), "", &mut tests);
        let text = document(page);
        let rows = text.lines().filter(|line| line.starts_with("| ") && line.contains("::"));
        let rows: Vec<_> = rows.collect();
        let rules = text.lines().filter(|line| line.starts_with("|---")).count();
        let all = text.lines().filter(|line| line.starts_with('|')).count();
        assert_eq!(rows.len(), all - 2 * rules, "{page}: each row names a test");
        for name in rows.iter().flat_map(|row| row.split('`')).filter(|word| word.contains("::")) {
            assert!(tests.contains(name), "{page} names {name}");
        }
    }
}
