//! gzip, exports of CloudWatch Logs to S3, and results of queries.

use super::{Desk, compact};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::io::Write;

const SAMPLES: [&str; 3] =
    ["task-running", "service-steady-state", "task-unicode-and-control-characters"];

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// What `preview --json --show` has of the events of a file, without their places.
fn seen(name: &str, content: &[u8]) -> Vec<serde_json::Value> {
    let desk = Desk::empty();
    desk.put(name, content);
    let ran = desk.run(&format!("preview --json --show {name}"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{name}: {ran}");
    let lines = ran.stdout.lines().map(|line| {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        let row = line.as_object_mut().unwrap();
        row.retain(|name, _| !["file", "line", "item"].contains(&name.as_str()));
        line
    });
    lines.collect()
}

fn lines() -> String {
    SAMPLES.map(|sample| compact(sample) + "\n").concat()
}

fn export() -> String {
    let line = |sample| format!("2026-11-18T09:15:03.540Z {}\n", compact(sample));
    SAMPLES.map(line).concat()
}

fn results() -> serde_json::Value {
    let field = |field: &str, value: &str| json!({ "field": field, "value": value });
    let row = |sample: &str| {
        json!([
            field("@timestamp", "2026-11-18 09:15:03.540"),
            field("@message", &compact(sample)),
            field("@ptr", "CmEKJg=="),
        ])
    };
    json!({
        "queryLanguage": "CWLI",
        "results": SAMPLES.map(row),
        "statistics": { "recordsMatched": 3.0 },
        "status": "Complete",
    })
}

#[test]
fn every_layer_around_events_gives_the_same() {
    let expected = seen("lines.jsonl", lines().as_bytes());
    assert_eq!(expected.len(), SAMPLES.len() + 1);
    let members = [gzip(&lines()), gzip("")].concat();
    let halves = SAMPLES.map(|sample| gzip(&(compact(sample) + "\n"))).concat();
    for (name, content) in [
        ("lines.jsonl.gz", gzip(&lines())),
        ("compressed-with-another-name", gzip(&lines())),
        ("with-an-empty-member.gz", members),
        ("many-members.gz", halves),
        ("array.json.gz", gzip(&format!("[{}]", SAMPLES.map(compact).join(",")))),
        ("export.txt", export().into_bytes()),
        ("export-of-windows.txt", export().replace('\n', "\r\n").into_bytes()),
        ("000000.gz", gzip(&export())),
        ("results.json", results().to_string().into_bytes()),
        ("results-indented.json", format!("{:#}", results()).into_bytes()),
        ("results-indented.json.gz", gzip(&format!("{:#}", results()))),
    ] {
        assert_eq!(seen(name, &content), expected, "{name}");
    }
}

#[test]
fn a_folder_of_exports_is_read() {
    let desk = Desk::empty();
    desk.put("export/id/stream/000000.gz", gzip(&export()));
    desk.put("export/aws-logs-write-test", "Permission Check Successful");
    let ran = desk.run("preview --json export");
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 4), "{ran}");
}

#[test]
fn a_broken_line_of_an_export_is_told_by_its_number_and_spares_the_others() {
    let desk = Desk::empty();
    let export = export().replacen("Z {", "Z {{", 2).replacen("Z {{", "Z {", 1);
    desk.put("000000.gz", gzip(&format!("{export}2026-11-18T09:15:03.540Z\n\n")));
    insta::assert_snapshot!(desk.run("preview --json 000000.gz").stderr, @"
    error: 000000.gz:2: Forwarder.UnreadablePayload: the payload is not JSON: byte 1 cannot stand there
    error: 000000.gz:4: Forwarder.UnreadablePayload: the payload is not JSON: byte 13 cannot stand there
    ");
}

#[test]
fn gzip_that_ends_too_early_is_told() {
    let desk = Desk::empty();
    let whole = gzip(&lines());
    desk.put("cut.gz", &whole[..whole.len() - 12]);
    let ran = desk.run("preview --json cut.gz");
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.stderr.contains("cannot read cut.gz: "), "{ran}");
    desk.put("no.gz", "\u{1f}");
    assert_eq!(desk.run("preview no.gz").code, Some(1));
    desk.put("empty.gz", gzip(""));
    assert_eq!(desk.run("preview empty.gz").code, Some(0));
}

#[test]
fn results_without_the_message_are_no_events() {
    let desk = Desk::empty();
    desk.put("x.json", r#"{"results":[[{"field":"@timestamp","value":"x"}]]}"#);
    let ran = desk.run("preview --json x.json");
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.stderr.contains("Forwarder.UnknownPayload"), "{ran}");
}
