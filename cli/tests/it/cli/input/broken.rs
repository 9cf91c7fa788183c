//! Input that is broken, or is no event: what is reported, and what is still read.

use crate::cli::{Desk, compact, read};

/// What is said of an input of five events, of which the third is broken, and what is stored.
fn check(content: &str) -> String {
    let desk = Desk::empty();
    desk.put("x.json", content);
    let ran = desk.run("preview --json x.json");
    let lines: Vec<serde_json::Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kept =
        lines.iter().filter(|line| line["end"] == "kept").map(|line| line["line"].to_string());
    format!(
        "{}kept of lines {}, exit {}",
        ran.stderr,
        kept.collect::<Vec<_>>().join(" "),
        ran.code.unwrap()
    )
}

const FIVE: [&str; 5] = [
    "task-running",
    "service-steady-state",
    "deployment-completed",
    "hook-awaiting-action",
    "task-pending",
];

/// Five events on a line each, of which the third is changed.
fn five(change: impl Fn(&str) -> String) -> String {
    let mut lines = FIVE.map(compact);
    lines[2] = change(&lines[2]);
    lines.join("\n")
}

#[test]
fn a_broken_line_is_reported_and_costs_no_other() {
    let cut_in_a_string = five(|line| line[..line.find("2026").unwrap()].to_owned());
    insta::assert_snapshot!(check(&cut_in_a_string), @"
    error: x.json:3: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 155
    kept of lines 1 2 4 5, exit 1
    ");
    let no_last_brace = five(|line| line[..line.len() - 1].to_owned());
    insta::assert_snapshot!(check(&no_last_brace), @"
    error: x.json:3: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 488
    kept of lines 1 2 4 5, exit 1
    ");
    let no_value = five(|line| line[..line.find("\"detail\":").unwrap() + 9].to_owned());
    insta::assert_snapshot!(check(&no_value), @"
    error: x.json:3: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 1097
    kept of lines 1 2 4 5, exit 1
    ");
    let no_json = five(|_| "not-a-real-secret is what this says".to_owned());
    insta::assert_snapshot!(check(&no_json), @"
    error: x.json:3: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 17
    kept of lines 1 2 4 5, exit 1
    ");
    let bad_word = five(|line| line.replace('[', "[nul,"));
    insta::assert_snapshot!(check(&bad_word), @"
    error: x.json:3: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 211
    kept of lines 1 2 4 5, exit 1
    ");
    let too_many = five(|line| format!("{line}}}"));
    insta::assert_snapshot!(check(&too_many), @"
    error: x.json:3#2: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 0
    kept of lines 1 2 3 4 5, exit 1
    ");
}

#[test]
fn a_broken_element_is_reported_and_costs_no_other() {
    let indented = |text: &str| format!("  {}", text.trim_end().replace('\n', "\n  "));
    let mut events = FIVE.map(|sample| indented(&read(sample)));
    events[2] = events[2].replacen("\",\n", "\"\n", 1);
    insta::assert_snapshot!(check(&format!("[\n{}\n]\n", events.join(",\n"))), @"
    error: x.json: skipped 15 lines without a readable value: 125 to 133, 135 to 140
    error: x.json:124: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 25
    kept of lines 2 106 143 167, exit 1
    ");
    insta::assert_snapshot!(check(&FIVE.map(read).join("\n").replacen("\",\n", "\"\n", 1)), @"
    error: x.json: skipped 81 lines without a readable value: 2 to 10, 12 to 21, 23 to 25, 27 to 29, 31 to 33 and 53 more
    error: x.json:1: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 21
    kept of lines 106 125 145 170, exit 1
    ");
}

#[test]
fn input_that_ends_too_early_is_reported() {
    let lines = FIVE.map(compact).join("\n");
    insta::assert_snapshot!(check(&lines[..lines.len() - 1]), @"
    error: x.json:5: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 1974
    kept of lines 1 2 3 4, exit 1
    ");
    insta::assert_snapshot!(check(&format!("[{}", FIVE.map(compact).join(",\n"))), @"
    error: x.json:5#2: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 0
    kept of lines 1 2 3 4 5, exit 1
    ");
}

#[test]
fn json_that_is_not_an_event_is_reported() {
    let of_ec2 = r#"{"detail-type":"x","source":"aws.ec2"}"#;
    let lines = format!("{{\"a\":1}}\n{of_ec2}\n42\nnull\n\"x\"\n[[]]\n{}", compact(FIVE[0]));
    insta::assert_snapshot!(check(&lines), @"
    error: x.json:1: Forwarder.UnknownPayload: the payload is not an EventBridge event (with detail-type and source), an SQS batch or a Lambda on-failure record
    error: x.json:2: Forwarder.ForeignSource: the event's source is not in FORWARDER_SOURCES; add it to accept such events
    error: x.json:3: Forwarder.UnknownPayload: the payload is not an EventBridge event (with detail-type and source), an SQS batch or a Lambda on-failure record
    error: x.json:4: Forwarder.UnknownPayload: the payload is not an EventBridge event (with detail-type and source), an SQS batch or a Lambda on-failure record
    error: x.json:5: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 0
    error: x.json:6: Forwarder.UnknownPayload: the payload is not an EventBridge event (with detail-type and source), an SQS batch or a Lambda on-failure record
    kept of lines 7, exit 1
    ");
}

#[test]
fn text_that_is_not_unicode_is_reported() {
    let desk = Desk::empty();
    let event = compact(FIVE[0]).into_bytes();
    desk.put("x.jsonl", [&event[..], b"\n{\"a\":\"\xff\"}\n", &event].concat());
    insta::assert_snapshot!(desk.run("preview x.jsonl").stderr, @"error: x.jsonl:2: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 6");
}

#[test]
fn nesting_without_end_is_read_without_recursion() {
    let deep = format!(
        "{{\"detail-type\":\"ECS x\",\"source\":\"aws.ecs\",\"detail\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    insta::assert_snapshot!(check(&format!("{deep}\n{}\n{}", "[".repeat(50), compact(FIVE[0]))), @"
    error: x.json:2: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 2363
    kept of lines 1 3, exit 1
    ");
}

#[test]
fn lines_without_a_value_are_counted_and_the_first_are_named() {
    let event = compact(FIVE[0]);
    let log = (1..=500).map(|n| match n {
        3 => format!("{event}\n"),
        4 => "\n".to_owned(),
        n => format!("line {n} of a log\n"),
    });
    insta::assert_snapshot!(check(&log.collect::<String>()), @"
    error: x.json: skipped 496 lines without a readable value: 2, 6 to 500
    error: x.json:1: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 0
    error: x.json:5: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 0
    kept of lines 3, exit 1
    ");
    let all = check(&"{]\n1\n\n".repeat(9));
    let nine = "skipped 9 lines without a readable value: 2, 5, 8, 11, 14 and 4 more\n";
    assert!(all.contains(nine), "{all}");
}

#[test]
fn a_line_cut_in_the_middle_costs_no_other_whatever_it_was() {
    let event = compact(FIVE[0]);
    for (at, _) in event.match_indices(['{', '[', ',', ':', '"', '}', ']']).step_by(11).skip(1) {
        let result = check(&five(|_| event[..=at].to_owned()));
        assert!(result.contains("kept of lines 1 2 4 5, exit 1"), "cut at {at}: {result}");
        assert!(!result.contains("skipped"), "cut at {at}: {result}");
    }
}
