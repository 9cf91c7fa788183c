//! `ecs-events report`: one page, which tells the timeline's story with the preview's numbers.

mod file;
mod told;

use super::{Desk, THREE, compact};
use serde_json::Value;

const INCIDENT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/incident/events.jsonl");

fn page(desk: &Desk) -> String {
    std::fs::read_to_string(desk.path("report.html")).unwrap()
}

/// The number that the page has under that name.
fn total(page: &str, name: &str) -> u64 {
    let (_, rest) = page.split_once(&format!("data-total=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

fn check_totals(desk: &Desk, words: &str) {
    desk.run(&format!("report --force {words}"));
    let preview = desk.run(&format!("preview --json {words}")).stdout;
    let last: Value = serde_json::from_str(preview.lines().last().unwrap()).unwrap();
    let page = page(desk);
    for (name, value) in last.get("summary").and_then(Value::as_object).unwrap() {
        assert_eq!(Some(total(&page, name)), value.as_u64(), "{name} of {words}");
    }
}

#[test]
fn numbers_equal_those_of_the_preview() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let desk = Desk::with(&THREE);
    let steady = compact("service-steady-state");
    desk.put("events/z.jsonl", format!("{steady}\n{steady}\n{{\"a\":1}}\n{{\n"));
    check_totals(&desk, "events");
    check_totals(&desk, &format!("{root}/events"));
    check_totals(&desk, &format!("{root}/tests/fixtures/incident/events.jsonl"));
    check_totals(&desk, &format!("--trim minimal --event-types ERROR {root}/events"));
}

/// What a page says that each way costs.
fn costs(page: &str) -> Vec<(String, f64)> {
    let cells = page.split("data-cost=\"").skip(1);
    let cell = |cell: &str| {
        let (id, rest) = cell.split_once("\" value=\"").unwrap();
        (id.to_owned(), rest.split('"').next().unwrap().parse().unwrap())
    };
    cells.map(cell).collect()
}

#[test]
fn dollars_equal_those_of_cost() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let desk = Desk::with(&THREE);
    for words in [
        format!("{root}/events"),
        format!("{root}/tests/fixtures/incident/events.jsonl --trim minimal"),
        "events --events-per-month 5000000 --region ap-northeast-1".to_owned(),
    ] {
        desk.run(&format!("report --force {words}"));
        let cost: Value =
            serde_json::from_str(&desk.run(&format!("cost --json {words}")).stdout).unwrap();
        let ways = cost.get("ways").and_then(Value::as_array).unwrap().iter();
        let ways = ways.map(|way| {
            (way.get("way").and_then(Value::as_str), way.get("total").and_then(Value::as_f64))
        });
        let ways: Vec<_> =
            ways.map(|(id, total)| (id.unwrap().to_owned(), total.unwrap())).collect();
        // A number is read again to its last digit but one.
        let rounded = |ways: Vec<(String, f64)>| -> Vec<_> {
            ways.into_iter().map(|(id, total)| (id, format!("{total:.10}"))).collect()
        };
        assert_eq!(rounded(costs(&page(&desk))), rounded(ways), "{words}");
    }
    let one = Desk::with(&["task-running"]);
    assert_eq!(one.run("report events").code, Some(0));
    assert!(
        page(&one)
            .contains("No estimate: one event is no basis for a month; give --events-per-month.")
    );
}

#[test]
fn the_page_needs_nothing_and_can_do_nothing() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let desk = Desk::empty();
    desk.run(&format!("report -q {root}/events"));
    let page = page(&desk);
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline';"));
    for word in ["<script", " src=", "url(", "@import", "<iframe", "<img", "<link"] {
        assert!(!page.contains(word), "{word}");
    }
    // A link is followed only by whoever clicks on it.
    let links: Vec<_> = page.match_indices("href=").map(|(at, _)| &page[at..]).collect();
    assert!(!links.is_empty());
    for link in links {
        let (address, _) = link.split_once('?').unwrap();
        assert!(address.starts_with("href=\"https://"), "{address}");
        assert!(address.contains(".console.aws.amazon.com/ecs/v2/clusters/"), "{address}");
    }
    assert!(page.contains("<del>") && page.contains("<code>!SERVICE_STEADY_STATE</code>"));
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "<script>alert(1)</script>\\\"' onload=x &amp;\\u202e";
    let desk = Desk::empty();
    let mut lines = String::new();
    for sample in
        ["service-steady-state", "deployment-failed", "task-out-of-memory", "unknown-kind"]
    {
        let mut event: Value = serde_json::from_str(&compact(sample)).unwrap();
        let hostile: Value = serde_json::from_str(&format!("\"{hostile}\"")).unwrap();
        let text = hostile.as_str().unwrap();
        for name in ["eventName", "deploymentId", "reason", "group", "stoppedReason"] {
            event["detail"][name] = hostile.clone();
        }
        event["detail"]["group"] = format!("service:{text}").into();
        event["detail"][text] = hostile.clone();
        event["id"] = format!("{sample}{text}").into();
        lines.extend([event.to_string(), "\n".to_owned()]);
        event["detail-type"] = hostile;
        event["id"] = sample.into();
        lines.extend([event.to_string(), "\n".to_owned()]);
    }
    desk.put("hostile.jsonl", lines);
    let ran = desk.run("report hostile.jsonl --detail-types *");
    assert_eq!(ran.code, Some(0), "{ran}");
    let page = page(&desk);
    assert!(page.contains("&lt;script&gt;alert(1)"));
    assert!(!page.contains("<script"));
    assert!(!page.contains("\" onload") && !page.contains("alert(1)</script>"));
}

#[test]
fn bad_input_missing_input_and_an_unwritable_output_are_reported() {
    let desk = Desk::with(&THREE);
    desk.put("bad.jsonl", "{\"a\":1}\n{\n");
    insta::assert_snapshot!(desk.run("report bad.jsonl nothing"), @"
    report.html: there is no event to report on

    TOTAL       EVENTS  BYTES
    received         2      9
    matched          0         by the rule
    kept             0      0
    dropped          0
    duplicates       0
    failed           2         Forwarder.UnknownPayload 1, Forwarder.UnreadablePayload 1
    --- stderr ---
    error: cannot read nothing: No such file or directory (os error 2)
    error: bad.jsonl:1: Forwarder.UnknownPayload: the payload is not an EventBridge event (with detail-type and source), an SQS batch or a Lambda on-failure record
    error: bad.jsonl:2: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 2
    --- exit 1 ---
    ");
    assert!(page(&desk).contains("<h1>there is no event to report on</h1>"));
    assert_eq!(desk.run_with(&["report", "--force", "-"], "").code, Some(0));
    assert_eq!(desk.run("report").code, Some(2));
    for (output, problem) in [
        ("nowhere/report.html", "error: there is no folder nowhere\n"),
        ("events", "error: events is a folder: name a file\n"),
    ] {
        let ran = desk.run(&format!("report bad.jsonl -o {output}"));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(2), problem), "{ran}");
    }
}
