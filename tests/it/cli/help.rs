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

#[test]
fn help_texts_are_as_they_are() {
    for subcommand in SUBCOMMANDS {
        let help = Desk::empty().run(&format!("{subcommand} --help"));
        assert_eq!(help.code, Some(0));
        insta::assert_snapshot!(format!("help_{subcommand}"), help.stdout);
    }
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
