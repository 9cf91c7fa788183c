//! What a terminal shows: no control characters from events, and nothing of Rust.

use super::secrets::{SECRET, desk, with_text};
use super::{Desk, compact};

/// An event of an unknown kind whose names hold what a terminal would obey, and a secret.
fn hostile() -> Desk {
    let event = |detail_type: &str, name: &str| {
        let event = compact("service-steady-state");
        let event = with_text(&event, "detail-type", detail_type);
        with_text(&event, "eventName", name) + "\n"
    };
    let url = format!("https://app:{SECRET}@host/\u{9b}31m\\u001b[2J\u{202e}");
    let task = with_text(&compact("task-running"), "clusterArn", "\\u001b[2Jprod\u{9b}");
    let desk = Desk::empty();
    let events = [event(&format!("ECS {url}"), &url), event("ECS Service Action", &url), task];
    desk.put("events/hostile.jsonl", events.concat());
    desk.put("policy.toml", "");
    desk.put("other.toml", "detail_types = [\"ECS Other\"]\n");
    desk
}

#[test]
fn names_from_events_neither_control_the_terminal_nor_show_secrets() {
    for words in [
        "preview events",
        "preview --event-types ERROR --show events",
        "diff --before policy.toml --after other.toml events",
        "timeline events",
        "report --quiet -o page.html events",
        "forward events",
        "cost events --events-per-month 1",
        "replay --dry-run --to cloudwatch events",
        "preview --json events",
    ] {
        let desk = hostile();
        let ran = desk.run(words);
        let mut shown = format!("{}{}", ran.stdout, ran.stderr);
        let page = std::fs::read_to_string(desk.path("page.html")).unwrap_or_default();
        shown += &page;
        assert!(!shown.contains(SECRET), "{words}: {ran}");
        // What programs read is JSON as it is; a terminal gets it escaped.
        if !words.contains("--json") {
            let is_hostile = |c: &char| (c.is_control() && *c != '\n') || *c == '\u{202e}';
            assert_eq!(shown.chars().find(is_hostile), None, "{words}: {ran}");
        }
    }
}

#[test]
fn no_error_shows_rust_s_debug_form() {
    for words in [
        "preview nothing",
        "preview --event-types LOUD events",
        "preview --since yesterday events",
        "preview --policy missing.toml events",
        "forward events --to events/task.json",
        "forward --log-group {x events",
        "cost --price-file missing.toml events",
        "cost --events-per-month none events",
        "diff --before policy.toml --after missing.toml events",
        "replay events --to cloudwatch",
        "replay events --to cloudwatch --journal events",
        "report events -o /nothing/page.html",
        "pattern --max-bytes 1",
        "console-rule x",
    ] {
        let ran = desk().set("AWS_EC2_METADATA_DISABLED", "true").run(words);
        assert!(!ran.stderr.is_empty(), "{words}: {ran}");
        for debug in
            ["Some(", "None,", "Err(", "Error {", "Error(", " { ", "kind:", "Os {", "panicked"]
        {
            assert!(!ran.stderr.contains(debug), "{words}: {debug}: {ran}");
        }
    }
}
