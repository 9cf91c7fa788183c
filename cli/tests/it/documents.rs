//! What the documents say is what the code is.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "documents are files, and a test that cannot read them fails"
)]

mod fault_tables;

use ecs_event_forwarder::config::var;
use ecs_event_forwarder::event::StopCategory;
use ecs_event_forwarder::filter::{
    DropReason, FIRST_VERSIONS, PASSING_STATUSES, STEADY_NAMES, STEADY_STATUS,
};
use ecs_event_forwarder::trim::{CONTRACT, LEAN, Removal, STATUS_REASON};
use serde_json::Value;
use std::collections::BTreeSet;
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
fn documents_have_a_row_for_each_variable_and_no_other() {
    let page = document("docs/configuration.md");
    for variable in var::ALL {
        let default = match variable.default {
            "" => String::new(),
            default => format!("`{default}`"),
        };
        assert_says(
            "docs/configuration.md",
            &format!("| `{}` | {default} | {} |", variable.name, variable.meaning),
        );
    }
    let named = page.lines().filter(|line| line.starts_with("| `FORWARDER_")).count();
    assert_eq!(named, var::ALL.len());
}

/// The sources quote them; `NO_PROXY` is read by a library.
#[test]
fn documents_have_every_standard_variable_that_the_code_reads() {
    let files = ["src/deliver/client.rs", "src/deliver/network.rs", "src/deliver/trust.rs"];
    let sources: String =
        [&files[..], &["cli/src/sign_in.rs"]].concat().into_iter().map(document).collect();
    let is_standard = |word: &&str| {
        let prefixes = ["AWS_", "SSL_", "HTTPS_", "HTTP_", "ALL_"];
        prefixes.iter().any(|prefix| word.starts_with(prefix)) && !word.contains(' ')
    };
    let read: BTreeSet<_> = sources.split('"').filter(is_standard).collect();
    assert!(read.len() > 12, "{read:?}");
    for variable in read {
        assert_says("docs/configuration.md", &format!("`{variable}`"));
    }
}

#[test]
fn the_filter_page_says_what_a_life_leaves_out() {
    let quoted = |words: &[&str], last: &str| {
        let (end, others) = words.split_last().unwrap();
        let others: Vec<_> = others.iter().map(|word| format!("`{word}`")).collect();
        format!("{} {last} `{end}`", others.join(", "))
    };
    assert_says("docs/filter.md", &format!("tasks that are {};", quoted(&PASSING_STATUSES, "or")));
    assert_says(
        "docs/filter.md",
        &format!("the service actions {};", quoted(&STEADY_NAMES, "and")),
    );
    let [first, .., last] = FIRST_VERSIONS;
    let versions = format!(
        "that are `{STEADY_STATUS}`, except for their first five changes (`version` {first} to {last})"
    );
    assert_says("docs/filter.md", &versions);
    assert_eq!(FIRST_VERSIONS.len(), 5);
}

#[test]
fn the_template_has_a_parameter_for_each_variable_with_its_default() {
    let template = document("template.yaml");
    for variable in var::ALL {
        assert_says("template.yaml", &format!("          {}: ", variable.name));
        let words = variable.name.trim_start_matches(var::PREFIX).split('_');
        let parameter: String = words.map(capitalized).collect();
        let (_, after) = template.split_once(&format!("\n  {parameter}:\n")).expect(&parameter);
        let block: Vec<_> = after.lines().take_while(|it| it.starts_with("    ")).collect();
        let default =
            block.iter().find_map(|line| line.strip_prefix("    Default: ")).expect(&parameter);
        assert_eq!(default.trim_matches('"'), variable.default, "{parameter}");
    }
}

/// The names of the template's parameters, and their defaults.
fn parameters() -> Vec<(String, String)> {
    let template = document("template.yaml");
    let (_, after) = template.split_once("\nParameters:\n").unwrap();
    let (parameters, _) = after.split_once("\nConditions:\n").unwrap();
    let mut named = Vec::new();
    for line in parameters.lines() {
        if let Some(default) = line.strip_prefix("    Default: ") {
            let (_, found): &mut (String, String) = named.last_mut().unwrap();
            default.trim_matches('"').clone_into(found);
        } else if let Some(name) = line.strip_prefix("  ").and_then(|it| it.strip_suffix(':'))
            && !name.starts_with(' ')
        {
            named.push((name.to_owned(), String::new()));
        }
    }
    named
}

#[test]
fn documents_have_a_row_for_each_parameter_that_is_no_variable() {
    let page = document("docs/configuration.md");
    let is_variable = |name: &str| {
        var::ALL.iter().any(|variable| {
            let words = variable.name.trim_start_matches(var::PREFIX).split('_');
            words.map(capitalized).collect::<String>() == name
        })
    };
    for (name, default) in parameters().iter().filter(|(name, _)| !is_variable(name)) {
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        assert!(page.contains(&format!("\n| `{name}` | {default} | ")), "{name} {default}");
    }
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{first}{}", rest.to_lowercase())
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

#[test]
fn documents_have_every_error_type_reason_and_category() {
    let failures = document("src/failure.rs");
    let error_types: Vec<_> =
        failures.split('"').filter(|it| it.starts_with("Forwarder.")).collect();
    assert!(!error_types.is_empty());
    for error_type in error_types {
        assert_says("docs/errors.md", &format!("| `{error_type}` |"));
    }
    for reason in DropReason::ALL {
        assert_says("docs/errors.md", &format!("`{}`", reason.as_str()));
    }
    let names = StopCategory::ALL.map(|category| format!("`{}`", category.as_str())).join(", ");
    assert_says("docs/stored-format.md", &names);
}

#[test]
fn documents_show_the_table_of_fields() {
    let quoted = |names: &[&str]| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    for (_, paths) in CONTRACT {
        assert_says("docs/stored-format.md", &quoted(paths));
    }
    for (_, removals) in LEAN {
        for removal in removals {
            match removal {
                Removal::These(paths) => assert_says("docs/stored-format.md", &quoted(paths)),
                Removal::UnlessReason(path) => assert_says(
                    "docs/stored-format.md",
                    &format!("`{path}` without a `{STATUS_REASON}`"),
                ),
                Removal::AllBut(array, kept) => {
                    assert_says(
                        "docs/stored-format.md",
                        &format!("of `{array}[]` all but {}", quoted(kept)),
                    );
                }
            }
        }
    }
}

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

#[test]
fn documents_have_every_metric_with_its_unit_and_every_alarm() {
    let page = document("docs/operate.md");
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| `")).collect();
    for metric in ecs_event_forwarder::metrics::name::ALL {
        let unit = match metric.unit.as_str() {
            "bytes" => "Bytes",
            "milliseconds" => "Milliseconds",
            _ => "Count",
        };
        let is_row = |line: &&&str| {
            let mut cells = line.split('|').skip(1);
            let names = cells.next().unwrap_or_default();
            let quoted = format!("`{}`", metric.name);
            names.contains(&quoted) && cells.next().map(str::trim) == Some(unit)
        };
        assert_eq!(rows.iter().filter(is_row).count(), 1, "{}", metric.name);
    }
    let template = document("template.yaml");
    let alarms = template.lines().filter_map(|line| line.strip_suffix("Alarm:"));
    for alarm in alarms {
        let quoted = format!("`{}Alarm`", alarm.trim());
        assert!(rows.iter().any(|line| line.contains(&quoted)), "{quoted}");
    }
}

/// A cell of the row that begins so, without its sign.
fn cell(page: &str, row: &str, number: usize) -> String {
    let text = document(page);
    let line = text.lines().find(|line| line.starts_with(row)).expect(row);
    let cell = line.split('|').nth(number).expect(row);
    cell.trim().trim_start_matches('$').to_owned()
}

#[test]
fn the_readme_has_the_numbers_of_the_pages() {
    for (fleet, column) in [("| large EC2", 5), ("| large EC2", 6)] {
        let dollars: f64 = cell("docs/cost.md", fleet, column).parse().unwrap();
        assert_says("README.md", &format!("${dollars:.2}"));
    }
    let cents: f64 = cell("docs/cost.md", "| small Fargate", 6).parse().unwrap();
    assert_says("README.md", &format!("{:.0} cents", cents * 100.0));
    assert_says("README.md", &format!("alarms ${}", cell("docs/cost.md", "| ten alarms", 3)));
    let percent = cell("docs/filter.md", "| `lifecycle` | `lean`", 6);
    assert_says("README.md", &format!("{percent} of the bytes"));
    let faults = document("docs/faults-events.md");
    let (_, soak) = faults.split_once("\nsoak: ").unwrap();
    let words: Vec<_> = soak.split([' ', ',']).collect();
    for count in ["offered", "injected"] {
        let place = words.iter().position(|word| *word == count).unwrap();
        let number: String = words[place - 2].to_owned();
        let (thousands, units) = number.split_at(number.len() - 3);
        assert_says("README.md", &format!("{thousands},{units} "));
    }
    let cold: f64 = milliseconds(2);
    assert_says("README.md", &format!("takes {cold:.0} ms"));
    assert_says("README.md", &format!("beside {:.0} ms for Python", milliseconds(5)));
}

/// A cold start of the performance page, in a column.
fn milliseconds(column: usize) -> f64 {
    let cell = cell("docs/performance.md", "| process start to first answer", column);
    cell.trim_end_matches(" ms").parse().unwrap()
}

#[test]
fn documents_name_the_supported_compiler() {
    let cargo = document("Cargo.toml");
    let (_, after) = cargo.split_once("rust-version = \"").unwrap();
    let (version, _) = after.split_once('"').unwrap();
    assert_says("README.md", &format!("[Rust](https://rustup.rs) {version}"));
    assert_says("docs/deploy.md", &format!("Rust {version} or newer"));
    assert_says("CONTRIBUTING.md", &format!("the `rust-version` in `Cargo.toml`, {version},"));
    assert_says(".github/workflows/ci.yml", "s/^rust-version = ");
    assert_says(
        ".github/workflows/ci.yml",
        "cargo \"+$version\" check --locked --workspace --all-targets",
    );
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

/// The keys of an object and of the objects in it, except those of prices and of events.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                found.insert(key.clone());
                if !["dollars", "message"].contains(&key.as_str()) {
                    keys(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn documents_name_every_key_of_the_json_that_programs_read() {
    let cost = ["cost", "--json", "--events-per-month", "1000"];
    for (page, arguments) in [
        ("docs/cli/preview.md", &["preview", "--json", "--show", "--event-types", "WARN"][..]),
        ("docs/cli/cost.md", &cost[..]),
    ] {
        let text = document(page);
        let mut found = BTreeSet::new();
        for line in ecs_events(&[arguments, &["events"]].concat()).lines() {
            keys(&serde_json::from_str(line).unwrap(), &mut found);
        }
        assert!(found.len() > 15, "{found:?}");
        for key in found {
            assert!(text.contains(&format!("`{key}`")), "{page} does not describe {key}");
        }
    }
}
