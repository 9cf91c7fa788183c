//! The commands and the function count the same events in the same way.

#![expect(clippy::indexing_slicing, reason = "a table without its cells has failed the test")]

use super::Desk;
use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::{Line, Receipt};
use ecs_event_forwarder::respond::EndCounts;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

/// Kept, dropped, duplicates, failed, and the bytes of the kept messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    kept: usize,
    dropped: usize,
    duplicates: usize,
    failed: usize,
    bytes_out: usize,
}

/// Policies with every kind of decision: keep, drop by list and by rule, trim, fall back.
const POLICIES: &[&[(&str, &str)]] = &[
    &[],
    &[("FORWARDER_EVENT_TYPES", "WARN,ERROR"), ("FORWARDER_TRIM", "minimal")],
    &[("FORWARDER_DETAIL_TYPES", "*"), ("FORWARDER_TRIM", "full"), ("FORWARDER_ENRICH", "off")],
    &[("FORWARDER_SELECT", "problems"), ("FORWARDER_CLUSTERS", "prod*")],
];

/// The single events in `events/`, and two payloads that fail, each on one line.
fn payloads() -> Vec<String> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../events"));
    let mut paths: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let events = paths.iter().filter_map(|path| {
        let event: Value = serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
        event.get("detail-type").is_some().then(|| event.to_string())
    });
    let failing = [
        r#"{"neither":"an event nor a record"}"#,
        r#"{"source":"aws.ec2","detail-type":"EC2 Instance State-change Notification","detail":{}}"#,
    ];
    events.chain(failing.map(str::to_owned)).collect()
}

/// Some payloads, many of them twice. The same seed picks the same ones.
fn pick(payloads: &[String], seed: u64) -> Vec<&str> {
    let mut state = seed;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap()
    };
    let count = 1 + next() % 40;
    (0..count).map(|_| payloads[next() % payloads.len()].as_str()).collect()
}

/// As the function counts them: one invocation for each event, and everything is stored.
fn function(policy: &[(&str, &str)], payloads: &[&str]) -> Counts {
    let variables = policy.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut line = Line::new(config(variables).unwrap().policy);
    let mut summary = EndCounts::default();
    for payload in payloads {
        let plan = line.plan(decode(Payload::from((*payload).to_owned())), 0);
        let receipts: Vec<_> = plan.batches().iter().map(Receipt::stored).collect();
        line.settle(plan, receipts).iter().for_each(|entry| summary.add(entry));
    }
    let EndCounts { stored: kept, dropped, duplicates, failed, bytes_out, .. } = summary;
    Counts { kept, dropped, duplicates, failed, bytes_out }
}

/// Reads a table of totals.
fn totals(shown: &str, kept: &str) -> Counts {
    let (_, table) = shown.split_once("TOTAL").expect("a table of totals");
    let row = |name: &str| {
        let row = table.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        let row = row.unwrap_or_else(|| panic!("no row {name}: {shown}"));
        let numbers = row.split_whitespace().map_while(|it| it.replace(',', "").parse().ok());
        numbers.collect::<Vec<usize>>()
    };
    Counts {
        kept: row(kept)[0],
        dropped: row("dropped")[0],
        duplicates: row("duplicates")[0],
        failed: row("failed")[0],
        bytes_out: row(kept)[1],
    }
}

fn number(object: &Value, name: &str) -> usize {
    let number = object[name].as_u64().unwrap_or_else(|| panic!("no {name}: {object}"));
    usize::try_from(number).unwrap()
}

fn preview(desk: &Desk) -> Counts {
    let shown = desk.run("preview --json events.jsonl").stdout;
    let last: Value = serde_json::from_str(shown.lines().last().unwrap()).unwrap();
    let count = |name| number(&last["summary"], name);
    Counts {
        kept: count("kept"),
        dropped: count("dropped"),
        duplicates: count("duplicates"),
        failed: count("failed"),
        bytes_out: count("bytesOut"),
    }
}

/// What `cost` stores, which counts 26 bytes for each log event, and how many events it measures.
fn cost(desk: &Desk) -> Option<(usize, usize, usize)> {
    let ran = desk.run("cost --json --events-per-month 1000 events.jsonl");
    let shown: Value = serde_json::from_str(&ran.stdout).ok()?;
    let ways = shown["ways"].as_array().unwrap();
    let way = ways.iter().find(|way| way["way"] == "forwarder").unwrap();
    let stored = number(way, "stored");
    Some((stored, number(way, "storedBytes") - 26 * stored, number(&shown, "events")))
}

/// What `diff` keeps before and after, if the policies are the same: events, and their bytes.
fn diff(desk: &Desk) -> [Vec<usize>; 2] {
    let shown = desk.run("diff --before policy.toml --after policy.toml --summary events.jsonl");
    let row = |name: &str| {
        let row = shown.stdout.lines().find_map(|line| line.strip_prefix(name));
        let numbers = row.expect(name).split_whitespace();
        numbers.map(|it| it.replace(',', "").parse().unwrap()).collect::<Vec<usize>>()
    };
    [row("kept events"), row("stored bytes")]
}

#[test]
fn every_command_counts_the_same_events_as_the_function_does() {
    let payloads = payloads();
    assert!(payloads.len() > 20, "{}", payloads.len());
    for (seed, policy) in (0..).zip(POLICIES.iter().cycle().take(12)) {
        let picked = pick(&payloads, seed);
        let mut desk = Desk::empty();
        let mut toml = String::new();
        for (name, value) in *policy {
            desk = desk.set(name, value);
            let key = name.strip_prefix("FORWARDER_").unwrap().to_lowercase();
            writeln!(toml, "{key} = \"{value}\"").unwrap();
        }
        desk.put("policy.toml", toml);
        desk.put("events.jsonl", picked.join("\n") + "\n");
        let expected = function(policy, &picked);
        let Counts { kept, dropped, duplicates, failed, bytes_out } = expected;
        assert_eq!(kept + dropped + duplicates + failed, picked.len());
        let context = format!("seed {seed}, {policy:?}");
        assert_eq!(preview(&desk), expected, "preview, {context}");
        let forward = desk.run("forward --to out events.jsonl");
        assert_eq!(totals(&forward.stdout, "stored"), expected, "forward, {context}");
        let report = desk.run("report events.jsonl");
        assert_eq!(totals(&report.stdout, "kept"), expected, "report, {context}");
        let replay = desk.run("replay --dry-run --to cloudwatch events.jsonl");
        assert_eq!(totals(&replay.stdout, "to store"), expected, "replay, {context}");
        if let Some(measured) = cost(&desk) {
            assert_eq!(measured, (kept, bytes_out, picked.len() - failed), "cost, {context}");
        }
        let billed = bytes_out + 26 * kept;
        assert_eq!(diff(&desk), [vec![kept; 2], vec![billed; 2]], "diff, {context}");
    }
}
