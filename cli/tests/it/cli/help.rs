//! `--help` of every subcommand, completions and the manual.

use super::Desk;
use std::collections::BTreeSet;

const SUBCOMMANDS: &[&str] = &[
    "timeline",
    "report",
    "preview",
    "cost",
    "diff",
    "pattern",
    "config",
    "forward",
    "replay",
    "console-rule",
    "completions",
    "man",
];

/// The documents are the snapshots: `INSTA_UPDATE=always` writes them.
#[test]
fn help_texts_stand_in_the_documents() {
    assert_page("README", "--help", &block("--help"));
    let mut policies = BTreeSet::new();
    for subcommand in SUBCOMMANDS {
        let command = format!("{subcommand} --help");
        let mut block = block(&command);
        if let Some((before, policy, after)) = policy_options(&block) {
            policies.insert(policy.to_owned());
            block = format!("{before}{POLICY_HEADING}  described in policy.md\n{after}");
        }
        assert_page(subcommand, &command, &block);
    }
    assert_eq!(policies.len(), 1, "every subcommand has the same options of the policy");
    let options = policies.into_iter().next().unwrap();
    assert_page("policy", "", &format!("```text\n{options}```\n"));
}

const POLICY_HEADING: &str = "\nPolicy:\n";

/// What is before the options of the policy, these options, and what is after.
fn policy_options(help: &str) -> Option<(&str, &str, &str)> {
    let start = help.find(POLICY_HEADING)? + POLICY_HEADING.len();
    let end = start + help[start..].find("\nExamples:\n")?;
    Some((help[..start].strip_suffix(POLICY_HEADING)?, &help[start..end], &help[end..]))
}

/// Asserts that a page of `docs/cli` has this block, and no other of the same command.
#[track_caller]
fn assert_page(page: &str, command: &str, block: &str) {
    let path = format!("{}/../docs/cli/{page}.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let start = match command {
        "" => "```text\n".to_owned(),
        command => format!("```console\n$ ecs-events {command}\n"),
    };
    let (before, old) = text.split_once(&start).unwrap_or((&text, "```\n"));
    let (old, after) = old.split_once("```\n").unwrap();
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&path, format!("{before}{block}{after}")).unwrap();
        return;
    }
    assert_same_lines(page, &format!("{start}{old}```\n"), block);
}

/// A command and what it prints, as Markdown.
fn block(words: &str) -> String {
    let ran = Desk::empty().run(words);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{words}");
    let lines: String = ran.stdout.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    format!("```console\n$ ecs-events {words}\n{lines}```\n")
}

/// The first line that differs is told, not hundreds.
#[track_caller]
fn assert_same_lines(page: &str, found: &str, wanted: &str) {
    for (found, wanted) in found.lines().zip(wanted.lines()) {
        assert_eq!(found, wanted, "docs/cli/{page}.md");
    }
    assert_eq!(found.lines().count(), wanted.lines().count(), "docs/cli/{page}.md");
}

#[test]
fn short_help_fits_a_screen_of_40_lines_and_80_columns() {
    for subcommand in SUBCOMMANDS {
        let ran = Desk::empty().run(&format!("{subcommand} -h"));
        let lines = ran.stdout.lines().count();
        assert!(lines <= 40, "{subcommand} -h has {lines} lines\n{ran}");
        let widest = ran.stdout.lines().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|it| it <= 80), "{subcommand} -h is too wide\n{ran}");
        // Only --help lists them all.
        assert!(!ran.stdout.contains("--task-statuses"), "{subcommand} -h\n{ran}");
    }
}

/// Each subcommand has one line, and those that answer questions come first.
#[test]
fn the_list_of_subcommands_puts_the_story_first() {
    let ran = Desk::empty().run("-h");
    let (_, list) = ran.stdout.split_once("Commands:\n").unwrap();
    let (list, _) = list.split_once("\n\n").unwrap();
    let named = list.lines().map(|line| line.split_whitespace().next().unwrap());
    assert_eq!(named.collect::<Vec<_>>(), [SUBCOMMANDS, &["help"]].concat());
}

#[test]
fn completions_know_every_subcommand_in_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = Desk::empty().run(&format!("completions {shell}"));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        for subcommand in SUBCOMMANDS {
            assert!(ran.stdout.contains(subcommand), "{shell}: {subcommand}");
        }
        assert!(ran.stdout.contains("event-types"), "{shell}");
    }
    assert_eq!(Desk::empty().run("completions cmd").code, Some(2));
    assert_eq!(Desk::empty().run("completions").code, Some(2));
}

#[test]
fn the_manual_has_a_page_for_each_subcommand() {
    let page = Desk::empty().run("man");
    assert!(page.stdout.contains(".TH ecs-events 1"), "{page}");
    for subcommand in SUBCOMMANDS {
        let page = Desk::empty().run(&format!("man {subcommand}"));
        assert_eq!(page.code, Some(0), "{subcommand}");
        assert!(page.stdout.contains(&format!(".TH ecs-events-{subcommand} 1")), "{page}");
        assert!(page.stdout.contains("Examples:"), "{subcommand}");
    }
    insta::assert_snapshot!(Desk::empty().run("man nothing"), @r#"
    --- stderr ---
    error: there is no subcommand "nothing"
    --- exit 2 ---
    "#);
}
