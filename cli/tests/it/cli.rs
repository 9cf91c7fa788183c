//! The command line: the real binary in a folder of its own, with a clean environment.
#![expect(
    clippy::disallowed_methods,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "what is not as it should be ends the test"
)]

mod cloudwatch;
mod config;
mod console_rule;
mod local;
mod log_group;
mod forward;
mod input;
mod preview;
mod replay;
mod report;
mod timeline;
mod policy;
mod pattern;
mod help;
mod formats;
mod diff;
mod cost;
mod secrets;
mod printed;
mod network;
mod select;
mod sign_in;
mod settlement;

use ecs_event_forwarder::config::var;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use tempfile::TempDir;

/// A folder to work in, with samples in `events/`.
struct Desk {
    folder: Arc<TempDir>,
    variables: Vec<(String, String)>,
}

/// How a run ended, and all that it said.
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stdout)?;
        if !self.stderr.is_empty() {
            write!(f, "--- stderr ---\n{}", self.stderr)?;
        }
        match self.code {
            Some(code) => write!(f, "--- exit {code} ---"),
            None => f.write_str("--- killed ---"),
        }
    }
}

impl Desk {
    /// A folder with these samples, which have the extension `.json`.
    fn with(samples: &[&str]) -> Self {
        let desk = Self { folder: Arc::new(tempfile::tempdir().unwrap()), variables: Vec::new() };
        for sample in samples {
            desk.put(&format!("events/{sample}.json"), read(sample));
        }
        desk
    }

    /// An empty one.
    fn empty() -> Self {
        Self::with(&[])
    }

    /// With this variable in the environment.
    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Another environment in the same folder.
    fn copy(&self) -> Self {
        Self { folder: Arc::clone(&self.folder), variables: self.variables.clone() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// All files below a folder and what is in them, in order of their names.
    fn files(&self, folder: &str) -> Vec<(String, String)> {
        let mut files = Vec::new();
        collect(&self.path(folder), &mut files);
        let name = |path: &Path| path.strip_prefix(self.folder.path()).unwrap().to_owned();
        let file = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).unwrap();
            (name(&path).to_str().unwrap().to_owned(), text)
        };
        files.sort();
        files.into_iter().map(file).collect()
    }

    /// Runs `ecs-events` with these words.
    fn run(&self, words: &str) -> Ran {
        let words: Vec<_> = words.split_whitespace().collect();
        self.run_with(&words, "")
    }

    /// Runs it with these arguments and this standard input.
    fn run_with(&self, arguments: &[&str], stdin: &str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-events"));
        command.args(arguments).current_dir(self.folder.path());
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let stdin = stdin.to_owned();
        // Nobody may read it.
        let writer = thread::spawn(move || drop(pipe.write_all(stdin.as_bytes())));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let ran = Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!ran.stderr.contains("not-a-real-secret"), "an error has event content");
        ran
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// A sample, as it is in `events/`.
fn read(sample: &str) -> String {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    std::fs::read_to_string(root.join(format!("events/{sample}.json"))).unwrap()
}

/// A sample on one line.
fn compact(sample: &str) -> String {
    let json = ecs_event_forwarder::json::scan(read(sample)).unwrap();
    json.into_compact().expect("an object").text().to_owned()
}

/// One that stays, one that the default filter drops, and one whose cluster cannot be told.
const THREE: [&str; 3] =
    ["task-out-of-memory", "cloudtrail-update-service", "deployment-of-unknown-cluster"];

/// Every subcommand that reads events; `same.toml` must exist.
const READERS: [&str; 7] = [
    "forward -q",
    "preview",
    "cost --events-per-month 1000",
    "report",
    "timeline",
    "replay --dry-run --to cloudwatch",
    "diff --before same.toml --after same.toml",
];

#[test]
fn no_subcommand_is_answered_with_help() {
    let ran = Desk::empty().run("");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert_eq!(ran.stderr.trim_end(), Desk::empty().run("-h").stdout.trim_end());
}

#[test]
fn an_unknown_subcommand_is_bad_use() {
    insta::assert_snapshot!(Desk::empty().run("forwrad events"), @"
    --- stderr ---
    error: unrecognized subcommand 'forwrad'

      tip: a similar subcommand exists: 'forward'

    Usage: ecs-events <COMMAND>

    For more information, try '--help'.
    --- exit 2 ---
    ");
}

#[test]
fn help_has_an_option_for_every_variable() {
    for subcommand in ["forward", "preview", "cost", "pattern", "config"] {
        let help = Desk::empty().run(&format!("{subcommand} --help"));
        assert_eq!(help.code, Some(0));
        for variable in var::ALL {
            let name = variable.name.strip_prefix("FORWARDER_").unwrap();
            let option = format!("--{} <", name.to_lowercase().replace('_', "-"));
            assert!(help.stdout.contains(&option), "{subcommand}: {option}");
            assert!(
                help.stdout.contains(&format!("[env: {}]", variable.name)),
                "{}",
                variable.name
            );
            let words = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(variable.meaning), "{}", variable.meaning);
        }
    }
}

#[test]
fn help_fits_eighty_columns_and_ends_in_examples() {
    for subcommand in ["forward", "preview", "cost", "pattern", "config"] {
        let help = Desk::empty().run(&format!("{subcommand} --help")).stdout;
        let is_long = |line: &&str| line.chars().count() > 80 && line.contains(' ');
        let is_value = |line: &&str| line.contains("[env: ");
        let long: Vec<_> = help.lines().filter(is_long).filter(|line| !is_value(line)).collect();
        assert_eq!(long, Vec::<&str>::new(), "{subcommand}");
        let (_, examples) = help.split_once("\nExamples:\n").unwrap();
        assert!(examples.contains(&format!("ecs-events {subcommand}")), "{examples}");
    }
}

#[test]
fn no_colours_go_into_a_pipe() {
    let desk = Desk::with(&THREE);
    for words in ["", "--help", "forward events nothing", "preview events nothing", "config"] {
        let ran = desk.run(words);
        assert!(!format!("{ran}").contains('\u{1b}'), "{words}");
    }
}

#[test]
fn colours_can_be_forced_but_not_against_no_color() {
    let run = |desk: Desk| desk.run("preview events").stdout.contains('\u{1b}');
    assert!(run(Desk::with(&THREE).set("CLICOLOR_FORCE", "1")));
    assert!(!run(Desk::with(&THREE).set("CLICOLOR_FORCE", "1").set("NO_COLOR", "1")));
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let desk = Desk::with(&THREE);
    desk.put("many.jsonl", format!("{}\n", compact("service-steady-state")).repeat(5000));
    for words in [["preview", "many.jsonl"], ["preview", "--json"], ["config", ""]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-events"));
        command.args(words.iter().filter(|word| !word.is_empty())).current_dir(desk.folder.path());
        command.args((words[1] == "--json").then_some("many.jsonl"));
        command.env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{words:?}");
        assert_eq!(output.status.code(), Some(0), "{words:?}");
    }
}
