//! `--help` of every subcommand, completions and the manual.

use super::Desk;

const SUBCOMMANDS: &[&str] = &[
    "forward",
    "preview",
    "cost",
    "diff",
    "pattern",
    "timeline",
    "replay",
    "report",
    "config",
    "console-rule",
    "completions",
    "man",
];

/// The documents are the snapshots: `INSTA_UPDATE=always` writes the second.
#[test]
fn help_texts_stand_in_the_documents() {
    let readme = include_str!("../../../../README.md");
    assert!(readme.contains(&format!("\n{}", block("--help"))), "{}", block("--help"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/command-line.md");
    let mut text = "# `ecs-events`, subcommand by subcommand\n".to_owned();
    for subcommand in SUBCOMMANDS {
        let block = block(&format!("{subcommand} --help"));
        text = format!("{text}\n## {subcommand}\n\n{block}");
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(path, &text).unwrap();
    }
    assert_same_lines(&std::fs::read_to_string(path).unwrap(), &text);
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
fn assert_same_lines(document: &str, wanted: &str) {
    let lines = document.lines().zip(wanted.lines()).enumerate();
    for (number, (line, wanted)) in lines {
        assert_eq!(line, wanted, "docs/command-line.md, line {}", number + 1);
    }
    assert_eq!(document.lines().count(), wanted.lines().count(), "docs/command-line.md");
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
