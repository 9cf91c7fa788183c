//! Everything that can be read gives the same events.

mod broken;

use super::{Desk, READERS, compact, read};
use serde_json::json;

const SAMPLES: [&str; 5] = [
    "task-running",
    "service-steady-state",
    "task-numbers-as-spelled",
    "task-unicode-and-control-characters",
    "cloudtrail-update-service",
];

/// The messages that are stored of an input, in the order of their files.
fn stored(name: &str, content: &str) -> String {
    let desk = Desk::empty();
    desk.put(name, content);
    let ran = desk.run(&format!("forward -q {name}"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{name}");
    desk.files("out").into_iter().map(|(name, text)| name + "\n" + &text).collect()
}

/// Rows of `filter-log-events`.
fn rows() -> Vec<serde_json::Value> {
    let row = |sample| json!({"logStreamName": "task", "timestamp": 1, "message": compact(sample), "eventId": "2"});
    SAMPLES.map(row).to_vec()
}

#[test]
fn every_format_gives_the_same_stored_messages() {
    let one_by_one = {
        let desk = Desk::with(&SAMPLES);
        desk.run("forward -q events");
        desk.files("out").into_iter().map(|(name, text)| name + "\n" + &text).collect::<String>()
    };
    assert_eq!(one_by_one.lines().filter(|line| line.starts_with('{')).count(), 4);
    let lines = SAMPLES.map(compact).join("\n");
    let answer = json!({"events": rows(), "searchedLogStreams": [], "nextToken": "x"});
    let late =
        format!("{{\"searchedLogStreams\":[{{\"events\":1}}],\"events\":{}}}", json!(rows()));
    let record =
        |sample: &str| json!({"messageId": sample, "eventSource": "aws:sqs", "body": read(sample)});
    let formats = [
        ("json-lines", lines.clone()),
        ("json-lines-of-windows", format!("\u{feff}{}\r\n", lines.replace('\n', "\r\n"))),
        ("indented-in-a-row", SAMPLES.map(read).join("\n")),
        ("on-one-line", SAMPLES.map(compact).join(" ")),
        ("array", format!("[{}]", SAMPLES.map(read).join(","))),
        ("array-on-one-line", format!("[{}]", SAMPLES.map(compact).join(","))),
        ("array-not-indented", format!("[\n{}\n]\n", SAMPLES.map(compact).join(",\n"))),
        ("filter-log-events", format!("{answer:#}")),
        ("filter-log-events-on-one-line", answer.to_string()),
        (
            "filter-log-events-twice",
            format!("{:#}\n{:#}", json!({"events": rows()}), json!({"events": []})),
        ),
        ("filter-log-events-late", late),
        ("rows", rows().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        ("query-of-rows", format!("{:#}", json!(rows()))),
        ("query-of-messages", format!("{:#}", json!(SAMPLES.map(compact)))),
        ("query-of-messages-as-text", SAMPLES.map(compact).join("\t")),
        ("sqs", json!({"Records": SAMPLES.map(record)}).to_string()),
    ];
    for (name, content) in formats {
        assert_eq!(stored(&format!("{name}.x"), &content), one_by_one, "{name}");
    }
}

#[test]
fn standard_input_is_read_like_a_file() {
    let desk = Desk::empty();
    let lines = SAMPLES.map(compact).join("\n");
    let ran = desk.run_with(&["preview", "-"], &lines);
    insta::assert_snapshot!(ran.stdout.lines().take(4).collect::<Vec<_>>().join("\n"), @"
    EVENT    TYPE      IN    OUT  END
    stdin:1  INFO   2,313  1,490  kept
      task · prod/web → …/prod/performance
    stdin:2  INFO     424    490  kept
    ");
    let nothing = desk.run_with(&["forward", "-"], "");
    insta::assert_snapshot!(nothing, @"
    TOTAL       EVENTS  BYTES
    received         0      0
    stored           0      0
    dropped          0
    duplicates       0
    failed           0
    --- exit 0 ---
    ");
}

#[test]
fn folders_are_read_in_order_and_deep() {
    let desk = Desk::empty();
    let event = compact("service-steady-state");
    for name in [
        "b.json",
        "a/2.jsonl",
        "a/1.ndjson",
        "c/d/e/x.JSON",
        "c/.hidden/x.json",
        ".x.json",
        "notes.md",
        "y.log",
    ] {
        desk.put(&format!("in/{name}"), &event);
    }
    std::os::unix::fs::symlink(desk.path("in"), desk.path("in/circle")).unwrap();
    let ran = desk.run("preview --json in");
    let file = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["file"].as_str().map(str::to_owned)
    };
    let files: Vec<_> = ran.stdout.lines().filter_map(file).collect();
    assert_eq!(files, ["in/a/1.ndjson", "in/a/2.jsonl", "in/b.json", "in/c/d/e/x.JSON"]);
}

#[test]
fn unreadable_input_does_not_stop_the_rest() {
    let desk = Desk::with(&["service-steady-state"]);
    desk.put("empty/notes.md", "");
    desk.put("none.json", "");
    let ran = desk.run("forward missing.json empty none.json events");
    insta::assert_snapshot!(ran, @"
    EVENTS  BYTES IN  BYTES OUT  STORED IN
         1       424        490  out/aws/events/ecs/containerinsights/prod/performance
         1       424        490    service-action.jsonl

    TOTAL       EVENTS  BYTES
    received         1    424
    stored           1    490  115 % of their original 424
    dropped          0
    duplicates       0
    failed           0
    --- stderr ---
    error: empty holds no .json, .jsonl, .ndjson, .gz or .zst file
    error: cannot read missing.json: No such file or directory (os error 2)
    --- exit 1 ---
    ");
}

/// Samples of 2026-11-16 08:00:40.825, 2026-11-17 10:09:33 and 2026-11-18 09:15:03.540.
const TIMED: [&str; 3] = ["task-running", "deployment-failed", "task-out-of-memory"];

#[test]
fn since_and_until_choose_events_of_files_and_of_standard_input_by_their_own_time() {
    let desk = Desk::empty();
    let no_time = r#"{"detail-type":"ECS Task State Change","source":"aws.ecs","detail":{}}"#;
    let lines = TIMED.map(compact).join("\n");
    desk.put("x.jsonl", format!("{lines}\n{no_time}\nbroken\n"));
    let text = std::fs::read_to_string(desk.path("x.jsonl")).unwrap();
    let places = |path: &str, words: &str| {
        let arguments: Vec<_> =
            ["preview", "--json", path].into_iter().chain(words.split('|')).collect();
        let ran = desk.run_with(&arguments, &text);
        let line =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["line"].as_u64();
        (ran.code, ran.stdout.lines().filter_map(line).collect::<Vec<_>>())
    };
    for path in ["x.jsonl", "-"] {
        for (words, lines) in [
            ("--since=2026-11-17", &[2_u64, 3, 4, 5][..]),
            ("--since=2026-11-17T10:09:33Z", &[2, 3, 4, 5]),
            ("--since=2026-11-17T10:09:34Z", &[3, 4, 5]),
            ("--until=2026-11-17T11:09:33+01:00", &[1, 4, 5]),
            ("--since=2026-11-16 08:00:41|--until=2026-11-18 09:15", &[2, 4, 5]),
            ("--since=1763280000|--until=1796000000000", &[1, 2, 3, 4, 5]),
            ("--since=2019-01-01|--until=2019-01-02", &[4, 5]),
        ] {
            let expected = (Some(1), lines.to_vec());
            assert_eq!(places(path, words), expected, "{path} {words}");
        }
    }
}

#[test]
fn every_subcommand_that_reads_events_takes_since_and_until() {
    let desk = Desk::empty();
    desk.put("x.jsonl", TIMED.map(compact).join("\n"));
    desk.put("same.toml", "");
    for words in READERS {
        let ran = desk.run(&format!("{words} x.jsonl --since 2026-11-19 --until 2026-11-18"));
        assert_eq!(ran.code, Some(2), "{words}: {ran}");
        assert!(ran.stderr.contains("--since is later than --until"), "{words}: {ran}");
        let ran = desk.run(&format!("{words} x.jsonl --since 24"));
        assert_eq!(ran.code, Some(2), "{words}: {ran}");
        assert!(ran.stderr.contains("\"24\" has no unit; write 24m, 24h or 24d"), "{ran}");
    }
    let ran = desk.run("forward x.jsonl --since 2026-11-18 --until 2026-11-18T10:00Z");
    assert!(ran.stdout.contains("received         1  "), "{ran}");
}

#[test]
fn the_first_of_several_events_on_a_line_is_named_like_the_second() {
    let desk = Desk::empty();
    let event = compact("service-steady-state");
    let other = |n: usize| event.replace("35e9a2e5", &format!("0000000{n}"));
    desk.put("array.json", format!("[{},{}]", other(1), other(2)));
    desk.put("both.jsonl", format!("{}{}\n{}\n", other(3), other(4), other(5)));
    desk.put("lines.jsonl", format!("{}\n{}\n", other(6), other(7)));
    desk.put("one.json", other(8));
    let ran =
        desk.run("preview --clusters other --show array.json both.jsonl lines.jsonl one.json");
    let names: Vec<_> = ran.stderr.lines().map(|line| line.split(": ").next().unwrap()).collect();
    let expected = [
        "array.json:1#1",
        "array.json:1#2",
        "both.jsonl:1#1",
        "both.jsonl:1#2",
        "both.jsonl:2",
        "lines.jsonl:1",
        "lines.jsonl:2",
        "one.json:1",
    ];
    assert_eq!(names, expected, "{ran}");
}
