//! Compression, encodings, and the output of other programs.

use super::{Desk, READERS, compact, read};
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

/// The events of a file as `preview --json --show` prints them, without their places.
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

fn zstd(text: &str) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest)
}

/// As PowerShell redirects it.
fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    text.encode_utf16().flat_map(to_bytes).collect()
}

fn prefixed(prefix: &str, sample: &str) -> String {
    format!("{prefix}{}\n", compact(sample))
}

/// As `aws logs tail` prints it in each of its formats.
fn tail(format: &str) -> String {
    let stream = "2026/11/18/[$LATEST]task";
    let event = |(n, sample): (usize, &&str)| match format {
        "short" => prefixed(&format!("2026-11-18T09:15:0{n} "), sample),
        // Without microseconds if they are zero.
        "detailed" if n == 1 => prefixed(&format!("2026-11-18T09:15:03+00:00 {stream} "), sample),
        "detailed" => prefixed(&format!("2026-11-18T09:15:03.540000+00:00 task{n} "), sample),
        _ => format!("2026-11-18T09:15:03.540000+00:00 {stream} \n{}\n", read(sample)),
    };
    SAMPLES.iter().enumerate().map(event).collect()
}

/// As the console of Logs Insights saves results.
fn insights_csv(header: &str) -> String {
    let row = |sample: &str| {
        let message = compact(sample).replace('"', "\"\"");
        format!("2026-11-18 09:15:03.540,\"{message}\",task\r\n")
    };
    format!("{header}\r\n{}", SAMPLES.map(row).concat())
}

fn log_events() -> serde_json::Value {
    let event = |sample| json!({"id": "1", "timestamp": 1, "message": compact(sample)});
    json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "events",
        "logStream": "task", "subscriptionFilters": ["all"], "logEvents": SAMPLES.map(event),
    })
}

fn control_message() -> serde_json::Value {
    let message = "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.";
    json!({
        "messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "",
        "logEvents": [{"id": "", "timestamp": 1, "message": message}],
    })
}

fn messages() -> serde_json::Value {
    let message = |sample| json!({"MessageId": sample, "ReceiptHandle": "AQEB", "MD5OfBody": "x", "Body": compact(sample)});
    json!({ "Messages": SAMPLES.map(message) })
}

/// Rows as the console of Logs Insights copies them.
fn copied() -> String {
    let row = |sample| format!("{{\"@timestamp\":\"x\",\"@message\":{}}}", compact(sample));
    format!("[{}]", SAMPLES.map(row).join(","))
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
fn every_format_gives_the_same_events() {
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
        ("lines.jsonl.zst", zstd(&lines())),
        ("many-frames.zst", SAMPLES.map(|sample| zstd(&(compact(sample) + "\n"))).concat()),
        ("little-endian.json", utf16(&lines(), u16::to_le_bytes)),
        ("big-endian.json", utf16(&lines(), u16::to_be_bytes)),
        ("little-endian-results.json", utf16(&format!("{:#}", results()), u16::to_le_bytes)),
        ("marks.json", lines().replace("{\"version", "\u{feff}{\"version").into_bytes()),
        ("tail-short.txt", tail("short").into_bytes()),
        ("tail-detailed.txt", tail("detailed").into_bytes()),
        ("tail-json.txt", tail("json").into_bytes()),
        ("tail-of-powershell.txt", utf16(&tail("detailed"), u16::to_le_bytes)),
        ("insights.csv", insights_csv("@timestamp,@message,@logStream").into_bytes()),
        ("insights-quoted.csv", insights_csv("\u{feff}\"x\",\"@message\",\"y\"").into_bytes()),
        ("insights.csv.gz", gzip(&insights_csv("@timestamp,@message"))),
        ("insights.json", copied().into_bytes()),
        ("subscription.json", log_events().to_string().into_bytes()),
        ("firehose.gz", gzip(&format!("{}{}", control_message(), log_events()))),
        ("messages.json", format!("{:#}", messages()).into_bytes()),
        ("messages-of-query.json", messages()["Messages"].to_string().into_bytes()),
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
fn a_broken_line_of_an_export_is_reported_by_its_number_and_the_others_are_read() {
    let desk = Desk::empty();
    let export = export().replacen("Z {", "Z {{", 2).replacen("Z {{", "Z {", 1);
    desk.put("000000.gz", gzip(&format!("{export}2026-11-18T09:15:03.540Z\n\n")));
    insta::assert_snapshot!(desk.run("preview --json 000000.gz").stderr, @"
    error: 000000.gz:2: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 1
    error: 000000.gz:4: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 13
    ");
}

#[test]
fn truncated_gzip_is_reported() {
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

#[test]
fn output_for_people_is_named_with_the_command_that_gives_json() {
    let desk = Desk::empty();
    let event = compact(SAMPLES[0]);
    for (output, name, command) in [
        (format!("EVENTS\t38\t17\t{event}\ttask\t17\n"), "text", FILTER),
        ("SEARCHEDLOGSTREAMS\tTrue\ttask\n".to_owned(), "text", FILTER),
        (format!("MESSAGES\t{event}\t5f\n"), "text", RECEIVE),
        (format!("RESULTS\t@message\t{event}\n"), "text", QUERY),
        ("-----------------\n|FilterLogEvents|\n".to_owned(), "table", FILTER),
        (format!("events:\n- eventId: '38'\n  message: '{event}'\n"), "yaml", FILTER),
        (format!("results:\n- - field: '@message'\n    value: '{event}'\n"), "yaml", QUERY),
        (format!("\nMessages:\n- Body: '{event}'\n"), "yaml", RECEIVE),
    ] {
        desk.put("x.txt", &output);
        let ran = desk.run("preview --json x.txt");
        let sentence = format!(
            "error: cannot read x.txt: it is --output {name} of the AWS CLI; \
             write JSON with: {command} --output json\n"
        );
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), sentence.as_str()), "{output}");
    }
}

const FILTER: &str = "aws logs filter-log-events --log-group-name NAME";
const QUERY: &str = "aws logs get-query-results --query-id ID";
const RECEIVE: &str = "aws sqs receive-message --queue-url URL";

#[test]
fn csv_without_messages_is_rejected_and_the_missing_column_named() {
    let desk = Desk::empty();
    desk.put("x.csv", "@timestamp,forwarder.eventType\n2026-11-18 09:15:03.540,INFO\n");
    insta::assert_snapshot!(desk.run("preview --json x.csv").stderr, @"error: cannot read x.csv: the CSV has no column @message; add @message to the fields of the query");
}

#[test]
fn every_subcommand_reads_the_output_of_receive_message() {
    let desk = Desk::empty();
    desk.put("messages.json", messages().to_string());
    desk.put("same.toml", "");
    for words in READERS {
        let ran = desk.run(&format!("{words} messages.json"));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{words}: {ran}");
    }
}

#[test]
fn text_in_a_log_is_never_mistaken_for_a_prefix() {
    let desk = Desk::empty();
    let lines = [
        "2026-11-18T09:15:03.540Z START",
        "2026-11-18T09:15:03.540Z",
        "2026-11-18T09:15:03.540000+00:00 task some words",
        "2026-11-18T09:15:03+1:00 {}",
    ];
    for line in lines {
        desk.put("x.txt", format!("{line}\n"));
        let ran = desk.run("preview --json x.txt");
        assert!(ran.stderr.contains("x.txt:1: Forwarder.UnreadablePayload"), "{line}: {ran}");
    }
}
