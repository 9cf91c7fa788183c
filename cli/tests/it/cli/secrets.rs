//! No command shows what the function would not store.

use super::{Desk, compact};

const SECRET: &str = "s3cr3t-of-the-test";

/// A stopped task and a failed deployment that hold the secret wherever redaction removes it.
fn desk() -> Desk {
    let url = format!("postgres://app:{SECRET}@db.internal:5432/app");
    let task = compact("task-out-of-memory").replacen(
        "\"detail\":{",
        &format!(
            "\"detail\":{{\"environment\":{{\"A\":\"{SECRET}\"}},\"dbPassword\":\"{SECRET}\",\
             \"link\":\"https://s3.amazonaws.com/a?X-Amz-Signature={SECRET}\","
        ),
        1,
    );
    let task = with_text(&task, "stoppedReason", &url);
    let deployment = with_text(&compact("deployment-failed"), "reason", &url);
    let desk = Desk::empty();
    desk.put("events/task.json", task);
    desk.put("events/deployment.json", deployment);
    desk.put("policy.toml", "trim = \"full\"\n");
    desk.put("other.toml", "trim = \"minimal\"\n");
    desk
}

/// The event with another text for the first member of that name.
fn with_text(event: &str, name: &str, text: &str) -> String {
    let key = format!("\"{name}\":\"");
    let (before, after) = event.split_once(&key).expect("the event has the member");
    let (_, rest) = after.split_once('"').expect("the text ends");
    format!("{before}{key}{text}\"{rest}")
}

#[test]
fn no_command_shows_a_secret_that_is_never_stored() {
    for words in [
        "forward events",
        "forward --trim full events",
        "preview events",
        "preview --json events",
        "preview --show events",
        "preview --json --show --trim full events",
        "diff --before policy.toml --after other.toml events",
        "timeline events",
        "cost events",
        "report events",
        "report --trim full events",
    ] {
        let desk = desk();
        let ran = desk.run(words);
        assert!(!ran.stdout.is_empty() || words.starts_with("report"), "{words}: {ran}");
        assert!(!format!("{ran}").contains(SECRET), "{words}: {ran}");
        for (name, text) in desk.files(".") {
            assert!(name.starts_with("events/") || !text.contains(SECRET), "{words}: {name}");
        }
    }
}

#[test]
fn what_is_not_secret_in_a_reason_is_still_shown() {
    let ran = desk().run("timeline events");
    assert!(ran.stdout.contains("postgres://***@db.internal"), "{ran}");
}

#[test]
fn the_report_counts_the_bytes_that_came_and_not_those_that_it_shows() {
    let desk = desk();
    assert_eq!(desk.run("report events").code, Some(0));
    let files = desk.files(".");
    let text = |end: &str| &files.iter().find(|(name, _)| name.ends_with(end)).expect("a file").1;
    let bytes = text("task.json").len();
    let shown = format!("{},{:03} bytes received", bytes / 1000, bytes % 1000);
    assert!(text(".html").contains(&shown), "{shown}");
}

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
fn names_in_an_event_are_no_commands_for_a_terminal_and_show_no_secret() {
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
fn no_error_shows_what_only_a_programmer_reads() {
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
