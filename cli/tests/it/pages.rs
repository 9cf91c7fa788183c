//! The documents as pages: their sizes, their links, their tables, and the commands that they show.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "documents are files of which a test reads some parts, and one that it cannot read fails"
)]

use crate::documents::{document, documents, root};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// GitHub's Markdown.
fn parser(text: &str) -> Parser<'_> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    Parser::new_ext(text, options)
}

#[test]
fn the_readme_fits_a_screen_or_two_and_each_page_a_sitting() {
    let readme = document("README.md").len();
    assert!(readme <= 8_192, "README.md has {readme} bytes");
    for name in documents() {
        let bytes = document(&name).len();
        assert!(bytes <= 20_480, "{name} has {bytes} bytes: split it");
    }
}

#[test]
fn a_page_of_docs_begins_with_who_needs_it() {
    for name in documents().iter().filter(|name| name.starts_with("docs/")) {
        let text = document(name);
        let second = text.lines().filter(|line| !line.is_empty()).nth(1).unwrap_or_default();
        assert!(second.starts_with("For "), "{name} begins with: {second}");
    }
}

/// The anchors that GitHub gives to the headings of a page.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in parser(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let words = heading.take().unwrap().to_lowercase().replace(' ', "-");
                let is_kept = |it: &char| it.is_alphanumeric() || ['-', '_'].contains(it);
                let anchor: String = words.chars().filter(is_kept).collect();
                let numbered = (1..).map(|number| format!("{anchor}-{number}"));
                let mut names = std::iter::once(anchor.clone()).chain(numbered);
                anchors.insert(names.find(|name| !anchors.contains(name)).unwrap());
            }
            _ => {}
        }
    }
    anchors
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, component| {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other @ (Component::Prefix(_) | Component::RootDir | Component::Normal(_)) => {
                plain.push(other);
            }
        }
        plain
    })
}

#[test]
fn every_link_inside_the_repository_leads_somewhere() {
    let pages: BTreeMap<_, _> =
        documents().into_iter().map(|name| (name.clone(), document(&name))).collect();
    let mut dead = String::new();
    for (name, text) in &pages {
        for event in parser(text) {
            let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
            else {
                continue;
            };
            if dest_url.contains("://") {
                continue;
            }
            let (path, anchor) = dest_url.split_once('#').unwrap_or((&dest_url, ""));
            let target = match path {
                "" => PathBuf::from(name),
                path => plain(&Path::new(name).parent().unwrap().join(path)),
            };
            let has_anchor = || {
                let page = pages.get(target.to_str().unwrap());
                anchor.is_empty() || page.is_some_and(|page| anchors(page).contains(anchor))
            };
            if !root().join(&target).exists() || !has_anchor() {
                writeln!(dead, "{name} leads to {dest_url}").unwrap();
            }
        }
    }
    assert!(dead.is_empty(), "{dead}");
}

#[test]
fn every_page_of_docs_is_found_from_the_readme() {
    let mut found = BTreeSet::new();
    let mut next = vec!["README.md".to_owned()];
    while let Some(name) = next.pop() {
        if !found.insert(name.clone()) || !documents().contains(&name) {
            continue;
        }
        for event in parser(&document(&name)) {
            if let Event::Start(Tag::Link { dest_url, .. }) = event {
                let path = dest_url.split('#').next().unwrap_or_default();
                let target = plain(&Path::new(&name).parent().unwrap().join(path));
                next.push(target.to_str().unwrap().to_owned());
            }
        }
    }
    let lost: Vec<_> = documents().into_iter().filter(|name| !found.contains(name)).collect();
    assert_eq!(lost, [""; 0]);
}

/// A cell too many is not shown, one too few is empty, and a table without its second line is text.
#[test]
fn no_table_is_broken_by_the_rules_of_github() {
    for name in documents() {
        let text = document(&name);
        let mut rows = BTreeSet::new();
        let mut cells_of_table = 0;
        for (event, range) in parser(&text).into_offset_iter() {
            match event {
                Event::Start(Tag::Table(columns)) => cells_of_table = columns.len(),
                Event::Start(Tag::TableHead | Tag::TableRow) => {
                    let row = text.get(range.clone()).unwrap().trim();
                    assert_eq!(cells(row), cells_of_table, "{name}: {row}");
                    rows.insert(row.to_owned());
                }
                // What looks like a row there is none.
                Event::Start(Tag::CodeBlock(_)) => {
                    rows.extend(
                        text.get(range).unwrap().lines().map(|line| line.trim().to_owned()),
                    );
                }
                _ => {}
            }
        }
        let lines = text.lines().map(str::trim).filter(|line| line.starts_with('|'));
        let is_delimiter = |line: &str| line.chars().all(|it| "|-: ".contains(it));
        for line in lines.filter(|line| !is_delimiter(line)) {
            assert!(rows.contains(line), "{name}: not a row of a table: {line}");
        }
    }
}

/// How many cells a row has: a pipe is one of the row's unless it is escaped, in code, too.
fn cells(row: &str) -> usize {
    row.replace("\\|", "").matches('|').count() - 1
}

#[test]
fn a_page_has_one_title_and_skips_no_level() {
    for name in documents() {
        let mut last = 0;
        let mut titles = 0;
        for event in parser(&document(&name)) {
            if let Event::Start(Tag::Heading { level, .. }) = event {
                titles += usize::from(level == HeadingLevel::H1);
                let level = level as usize;
                assert!(level <= last + 1, "{name}: a heading of level {level} after {last}");
                last = level;
            }
        }
        assert_eq!(titles, 1, "{name}");
    }
}

/// A command of a `console` block, and what it prints there.
struct Shown {
    command: String,
    output: String,
}

fn shown(text: &str) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut is_console = false;
    for event in parser(text) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                is_console =
                    matches!(kind, pulldown_cmark::CodeBlockKind::Fenced(it) if &*it == "console");
            }
            Event::Text(text) if is_console => {
                for line in text.lines() {
                    if let Some(command) = line.strip_prefix("$ ") {
                        shown.push(Shown { command: command.to_owned(), output: String::new() });
                    } else if let Some(last) =
                        shown.last_mut().filter(|it| it.command.ends_with('\\'))
                    {
                        write!(last.command, "\n{line}").unwrap();
                    } else {
                        writeln!(shown.last_mut().unwrap().output, "{}", line.trim_end()).unwrap();
                    }
                }
            }
            Event::End(TagEnd::CodeBlock) => is_console = false,
            _ => {}
        }
    }
    shown
}

/// What needs AWS, a network, a repository or a compiler.
const ELSEWHERE: &[&str] = &[
    ".ci/run",
    "aws",
    "bench/million",
    "bench/run",
    "cargo",
    "curl",
    "gh",
    "git",
    "release/build",
    "sam",
    "sha256sum",
    "terraform",
    "tests/fuzz/run",
    "unzip",
    "uv",
];
const ONLINE: &[&str] =
    &["timeline --cluster", "--follow", "--from-log-group", "--to lambda", "aws ", "sam deploy"];

/// Whether a command can run here, as it stands or as the tool that it installs.
fn offline(command: &str) -> Option<String> {
    let command = match command.strip_prefix("cargo run -- ") {
        Some(arguments) => format!("ecs-events {arguments}"),
        None => command.to_owned(),
    };
    let first = command.split_whitespace().next().unwrap_or_default();
    // Its own test holds the pages of docs/cli to --help.
    let is_help = command.contains(" --help");
    let sends = command.contains("--to cloudwatch");
    let is_online = ONLINE.iter().any(|words| command.contains(words)) || sends;
    (!ELSEWHERE.contains(&first) && !is_online && !is_help).then_some(command)
}

/// The commands of a page run in order, in one folder, as a reader types them.
#[test]
fn every_command_that_needs_no_network_prints_what_its_page_shows() {
    let tools = tempfile::tempdir().unwrap();
    let link = |to: &Path, from: PathBuf| std::os::unix::fs::symlink(to, from).unwrap();
    link(Path::new(env!("CARGO_BIN_EXE_ecs-events")), tools.path().join("ecs-events"));
    let path = format!("{}:/usr/bin:/bin", tools.path().display());
    let mut wrong = String::new();
    let mut ran = 0;
    for name in documents() {
        let folder = tempfile::tempdir().unwrap();
        for given in ["events", "tests"] {
            link(&root().join(given), folder.path().join(given));
        }
        let incident = root().join("tests/fixtures/incident/events.jsonl");
        for week in ["last-week.jsonl", "undelivered.jsonl", "old-events.jsonl"] {
            link(&incident, folder.path().join(week));
        }
        std::fs::write(folder.path().join("main.toml"), "trim = \"full\"\n").unwrap();
        std::fs::write(folder.path().join("ours.toml"), "").unwrap();
        for Shown { command, output } in shown(&document(&name)) {
            let Some(command) = offline(&command) else { continue };
            let mut run = Command::new("sh");
            run.args(["-c", &command]).current_dir(folder.path());
            let run = run.env_clear().env("PATH", &path).output().unwrap();
            let lines = String::from_utf8(run.stdout).unwrap();
            let printed: String =
                lines.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
            let is_ended = matches!(run.status.code(), Some(0))
                || run.status.code() == Some(1) && command.contains("ecs-events diff");
            if !is_ended || (!output.is_empty() && printed != output) {
                let errors = String::from_utf8_lossy(&run.stderr);
                writeln!(wrong, "{name}: $ {command}\n{printed}{errors}").unwrap();
            }
            ran += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(ran > 20, "{ran}");
}
