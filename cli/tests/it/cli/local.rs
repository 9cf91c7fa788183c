//! `--local` in every command that reads events: the zone of times that are given and printed.

use super::{Desk, compact};
use serde_json::Value;

/// Every command that reads events, and whether it prints times.
const COMMANDS: [(&str, bool); 13] = [
    ("timeline events.jsonl", true),
    ("timeline --events events.jsonl", true),
    ("timeline --markdown events.jsonl", true),
    ("timeline --json events.jsonl", false),
    ("report -o - events.jsonl", true),
    ("preview events.jsonl", false),
    ("preview --json events.jsonl", false),
    ("preview --show events.jsonl", false),
    ("cost --events-per-month 1000 events.jsonl", false),
    ("diff --before lean.toml --after full.toml events.jsonl", false),
    ("forward --to out events.jsonl", false),
    ("replay --dry-run --to cloudwatch events.jsonl", false),
    ("replay --dry-run --to lambda --function forwarder events.jsonl", false),
];

/// Runs it nine hours east of UTC; what it prints, and the files that it writes.
fn run(words: &str, options: &str) -> String {
    let desk = Desk::empty().set("TZ", "JST-9");
    desk.put("events.jsonl", events());
    desk.put("lean.toml", "trim = \"lean\"\n");
    desk.put("full.toml", "trim = \"full\"\n");
    let ran = desk.run(&format!("{words} {options}"));
    assert!(ran.code == Some(0) || words.starts_with("diff"), "{words}: {ran}");
    format!("{}{:?}", ran.stdout, desk.files("out"))
}

/// One event half an hour after midnight UTC, and two at half past nine.
fn events() -> String {
    let lines = [("a", "00:30:00"), ("b", "09:30:00"), ("c", "09:30:10")].map(|(id, time)| {
        let mut event: Value = serde_json::from_str(&compact("service-steady-state")).unwrap();
        let members = event.as_object_mut().unwrap();
        members.insert("id".to_owned(), id.into());
        members.insert("time".to_owned(), format!("2026-11-19T{time}Z").into());
        format!("{event}\n")
    });
    lines.concat()
}

/// The times in a text, as `09:30`; those of whole events, which end in `Z`, are the events' own.
fn times(text: &str) -> Vec<&str> {
    let digits = |at: usize, end: usize| {
        text.get(at..end).is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let colons = text.match_indices(':').map(|(at, _)| at).filter(|at| *at >= 2);
    let clocks = colons.filter(|at| digits(at - 2, *at) && digits(at + 1, at + 3));
    let is_hour = |at: &usize| !text[..at - 2].ends_with([':', 'T']);
    clocks.filter(is_hour).map(|at| &text[at - 2..at + 3]).collect()
}

#[test]
fn times_are_of_this_machines_zone_in_every_command() {
    for (words, prints) in COMMANDS {
        let nine = "--since 2026-11-19T09:00 --until 2026-11-19T10:00";
        let explicit = "--since 2026-11-19T00:00Z --until 2026-11-19T01:00Z";
        let local = run(words, &format!("--local {nine}"));
        let utc = run(words, nine);
        assert_eq!(local, run(words, &format!("--local {explicit}")), "{words}");
        assert_ne!(local, utc, "{words}");
        assert_eq!(times(&local).contains(&"09:30"), prints, "{words}: {local}");
        assert!(!times(&local).contains(&"00:30"), "{words}: {local}");
        assert_eq!(times(&run(words, explicit)).contains(&"00:30"), prints, "{words}");
        assert!(prints || times(&utc).is_empty(), "{words}: {utc}");
    }
}

#[test]
fn every_command_with_the_option_is_in_the_table() {
    let help = Desk::empty().run("--help").stdout;
    let (_, commands) = help.split_once("\nCommands:\n").unwrap();
    let names = commands.lines().take_while(|line| !line.is_empty());
    let names = names.filter_map(|line| line.split_whitespace().next().filter(|it| *it != "help"));
    for name in names {
        let has_option = Desk::empty().run(&format!("{name} --help")).stdout.contains("--local");
        let is_here = COMMANDS.iter().any(|(words, _)| words.split(' ').next() == Some(name));
        assert_eq!(has_option, is_here, "{name}");
    }
}
