//! `ecs-events cost`, for three fleets, by arithmetic that a hand can check.
#![expect(
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    reason = "counts are small, and an answer of another shape ends the test"
)]

use super::{Desk, THREE};
use serde_json::Value;
use std::fmt::Write;

/// How many times each sample comes in what is measured, and how many events a month has.
pub(super) struct Fleet {
    pub(super) name: &'static str,
    pub(super) events_per_month: usize,
    pub(super) mix: &'static [(&'static str, usize)],
    pub(super) policy: &'static str,
}

const TASK_LIFE: [&str; 8] = [
    "task-provisioning",
    "task-pending",
    "task-activating",
    "task-running",
    "task-deactivating",
    "task-stopping",
    "task-deprovisioning",
    "task-stopped",
];

/// Ten services that are deployed daily; many instances, whose every task changes what they have
/// left; jobs by `RunTask` of which only the end matters.
const FLEETS: [Fleet; 3] = [
    Fleet {
        name: "small Fargate",
        events_per_month: 20_000,
        mix: &[
            ("", 10),
            ("service-steady-state", 12),
            ("deployment-in-progress", 4),
            ("deployment-completed", 4),
        ],
        policy: "",
    },
    Fleet {
        name: "large EC2",
        events_per_month: 5_000_000,
        mix: &[
            ("", 5),
            ("task-on-ec2", 10),
            ("container-instance-registered", 2),
            ("container-instance-disconnected", 40),
            ("container-instance-draining", 2),
            ("service-steady-state", 6),
        ],
        policy: "",
    },
    Fleet {
        name: "run-task batch",
        events_per_month: 2_000_000,
        mix: &[("", 10), ("task-run-with-overrides", 20)],
        policy: "--task-statuses STOPPED",
    },
];

/// The fleet's events, each with an id and a version of its own.
pub(super) fn events(fleet: &Fleet) -> String {
    let mut lines = String::new();
    let mut number = 0;
    let mix = fleet.mix.iter().flat_map(|(sample, count)| {
        let samples = if sample.is_empty() { TASK_LIFE.to_vec() } else { vec![*sample] };
        samples.into_iter().flat_map(move |sample| std::iter::repeat_n(sample, *count))
    });
    for sample in mix {
        number += 1;
        let mut event: Value = serde_json::from_str(&super::read(sample)).unwrap();
        event["id"] = format!("00000000-0000-4000-8000-{number:012}").into();
        if event["detail"].get("version").is_some() {
            event["detail"]["version"] = (1000 + number).into();
        }
        writeln!(lines, "{event}").unwrap();
    }
    lines
}

fn run(fleet: &Fleet, more: &str) -> super::Ran {
    let desk = Desk::empty();
    desk.put("fleet.jsonl", events(fleet));
    let Fleet { events_per_month, policy, .. } = fleet;
    desk.run(&format!("cost fleet.jsonl --events-per-month {events_per_month} {policy} {more}"))
}

#[test]
fn three_fleets() {
    for fleet in FLEETS {
        let ran = run(&fleet, "");
        insta::assert_snapshot!(fleet.name.replace(' ', "_"), ran);
    }
}

/// `docs/cost.md` has this table.
#[test]
fn three_fleets_in_one_table() {
    let mut rows = String::new();
    for fleet in FLEETS {
        let cost: Value = serde_json::from_str(&run(&fleet, "--json").stdout).unwrap();
        let ways = cost["ways"].as_array().unwrap();
        let way = |id: &str| ways.iter().find(|way| way["way"] == id).unwrap();
        let total = |id: &str| way(id)["total"].as_f64().unwrap();
        let number = |value: &Value| value.as_f64().unwrap();
        let each = |id: &str| number(&way(id)["storedBytes"]) / number(&cost["events"]);
        writeln!(
            rows,
            "| {} | {} | {:.0} | {:.0} | ${:.4} | ${:.4} | ${:.4} |",
            fleet.name,
            fleet.events_per_month,
            each("rule"),
            each("forwarder"),
            total("rule"),
            total("forwarder"),
            total("pattern"),
        )
        .unwrap();
    }
    insta::assert_snapshot!(rows, @"
    | small Fargate | 20000 | 1947 | 1370 | $0.0182 | $0.0173 | $0.0173 |
    | large EC2 | 5000000 | 2159 | 1274 | $5.0363 | $4.0975 | $4.0975 |
    | run-task batch | 2000000 | 2581 | 576 | $2.4086 | $0.9879 | $0.6729 |
    ");
}

/// Everything that is printed follows from counts, bytes and the prices of the pages.
#[test]
fn dollars_are_counts_and_bytes_times_prices() {
    const GIGABYTE: f64 = (1_u64 << 30) as f64;
    for fleet in FLEETS {
        let lines = events(&fleet);
        let cost: Value = serde_json::from_str(&run(&fleet, "--json").stdout).unwrap();
        let count = lines.lines().count();
        let times = fleet.events_per_month as f64 / count as f64;
        for way in cost["ways"].as_array().unwrap() {
            let number = |name: &str| way[name].as_f64().unwrap();
            let close = |name: &str, expected: f64| {
                let found = number(name);
                assert!(
                    (found - expected).abs() <= 1e-9 * expected.max(1.0),
                    "{name}: {found} {expected}"
                );
            };
            if way["way"] == "rule" {
                let bytes: usize = lines.lines().map(|line| line.len() + 26).sum();
                close("storedBytes", bytes as f64);
                close("invocations", 0.0);
            } else if way["way"] != "pattern" {
                close("invocations", count as f64);
            }
            let gigabytes = number("storedBytes") * times / GIGABYTE;
            let kept = gigabytes * 7.0 * 24.0 / 730.0;
            let invocations = number("invocations") * times;
            close("ingestion", gigabytes * 0.50);
            close("storage", kept * 0.15 * 0.03);
            close("invocationsCost", invocations * 0.000_000_2);
            close("durationCost", invocations * 0.125 * 0.015 * 0.000_013_333_4);
            close("query", kept * 0.005);
            let parts = ["ingestion", "storage", "invocationsCost", "durationCost"];
            close("total", parts.map(number).iter().sum());
        }
    }
}

#[test]
fn a_forwarder_that_costs_more_than_it_saves_is_reported() {
    let desk = Desk::with(&["service-steady-state", "deployment-completed"]);
    let ran = desk.run("cost events --events-per-month 1000000");
    assert!(ran.stdout.contains("more than the rule: it does not pay for itself."), "{ran}");
    assert_eq!(ran.code, Some(0));
}

#[test]
fn events_are_scaled_by_the_time_that_they_span() {
    let desk = Desk::with(&THREE);
    let cost: Value = serde_json::from_str(&desk.run("cost events --json").stdout).unwrap();
    let span_ms = cost["spanMs"].as_f64().unwrap();
    assert!((cost["timesAMonth"].as_f64().unwrap() - 730.0 * 3_600_000.0 / span_ms).abs() < 1e-9);
    let one = Desk::with(&["task-running"]);
    insta::assert_snapshot!(one.run("cost events"), @"
    --- stderr ---
    error: one event is no basis for a month; give --events-per-month
    --- exit 2 ---
    ");
}

#[test]
fn prices_come_from_the_region_and_from_the_file() {
    let desk = Desk::with(&THREE);
    let total = |words: &str| {
        let ran = desk.run(&format!("cost events --json --events-per-month 1000000 {words}"));
        let cost: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran}"));
        cost["ways"][0]["ingestion"].as_f64().unwrap()
    };
    let usual = total("");
    assert!((total("--region ap-northeast-1") / usual - 0.76 / 0.50).abs() < 1e-9);
    assert!((total("--log-class INFREQUENT_ACCESS") / usual - 0.5).abs() < 1e-9);
    desk.put("prices.toml", "ingestion_per_gb = 1");
    desk.put("prices.json", "{\"ingestion_per_gb\": 1.0}");
    assert!((total("--price-file prices.toml") / usual - 2.0).abs() < 1e-9);
    assert!((total("--price-file prices.json") / usual - 2.0).abs() < 1e-9);
}

#[test]
fn unknown_prices_are_bad_use() {
    let desk = Desk::with(&THREE);
    desk.put("typo.toml", "ingestion = 1.0");
    desk.put("text.toml", "ingestion_per_gb = \"1\"");
    desk.put("negative.toml", "ingestion_per_gb = -1.0");
    let said = |words: &str| {
        let ran = desk.run(&format!("cost events --events-per-month 9 {words}"));
        assert_eq!(ran.code, Some(2), "{ran}");
        ran.stderr
    };
    insta::assert_snapshot!(
        ["--price-file typo.toml", "--price-file text.toml", "--price-file negative.toml", "--price-file none.toml"]
            .map(said)
            .concat(),
        @r#"
    error: typo.toml: there is no price "ingestion"; prices are ingestion_per_gb, ingestion_infrequent_access_per_gb, storage_per_gb_month, compression_ratio, query_per_gb, requests_per_million, duration_per_gb_second
    error: text.toml: not a list of prices: invalid type: string "1", expected f64
    error: negative.toml: ingestion_per_gb must be 0 or more
    error: cannot read none.toml: No such file or directory (os error 2)
    "#
    );
    for words in ["--duration-ms 0", "--memory-mb 1"] {
        assert_eq!(desk.run(&format!("cost events {words}")).code, Some(2), "{words}");
    }
}

#[test]
fn unreadable_input_is_reported_and_no_input_is_bad_use() {
    let desk = Desk::with(&THREE);
    desk.put("events/z.json", "{");
    let ran = desk.run("cost events --events-per-month 1000");
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.stderr.contains("events/z.json:1: Forwarder.UnreadablePayload"), "{ran}");
    insta::assert_snapshot!(Desk::empty().run_with(&["cost", "-"], ""), @"
    --- stderr ---
    error: there is no event to measure
    --- exit 2 ---
    ");
    assert_eq!(Desk::empty().run("cost").code, Some(2));
}

#[test]
fn a_region_without_prices_gets_those_of_us_east_1_with_a_note() {
    let desk = Desk::with(&THREE);
    let cost = |words: &str| desk.run(&format!("cost events --events-per-month 1m {words}"));
    let (usual, other) = (cost(""), cost("--region eu-south-2"));
    assert_eq!(other.code, Some(0), "{other}");
    let name = "us-east-1, because the prices of eu-south-2 are not known, only those of us-east-1 and \
                ap-northeast-1";
    assert_eq!(other.stdout, usual.stdout.replace("Prices: us-east-1", &format!("Prices: {name}")));
}

#[test]
fn the_number_of_events_is_read_as_people_write_it() {
    let desk = Desk::with(&THREE);
    let run = |number: &str| desk.run(&format!("cost events --json --events-per-month={number}"));
    for number in ["1000000", "1,000,000", "1_000_000", "1e6", "1m", "1M", "1000k", "0.001b"] {
        assert_eq!(run(number).stdout, run("1000000").stdout, "{number}");
    }
    for number in ["0", "-1", "", "1x", "m", "nan", "inf", "1e99", "0.2"] {
        let ran = run(number);
        assert_eq!(ran.code, Some(2), "{number}");
        let right =
            "expected a number of events, at least 1, such as 1000000, 1,000,000, 1e6 or 1m";
        assert!(ran.stderr.contains(right), "{ran}");
    }
}

#[test]
fn events_of_hours_or_years_bring_a_warning() {
    let days = |last: &str| {
        let desk = Desk::empty();
        let first = super::compact("service-steady-state");
        let second = first.replace("2026-11-17", last).replace("35e9a2e5", "35e9a2e6");
        desk.put("events.jsonl", format!("{first}\n{second}\n"));
        desk
    };
    let warning = |desk: &Desk, more: &str| desk.run(&format!("cost events.jsonl {more}")).stderr;
    let years = days("2029-11-17");
    let sentence = "warning: the events span 3.0 years, which is a poor basis for a month; \
                    give --events-per-month\n";
    assert_eq!(warning(&years, ""), sentence);
    assert_eq!(warning(&years, "--json"), sentence);
    assert_eq!(warning(&years, "--events-per-month 9"), "");
    assert_eq!(warning(&days("2026-11-27"), ""), "");
    let hours = Desk::with(&["task-pending", "task-stopped"]);
    let ran = hours.run("cost events");
    assert!(ran.stderr.contains("span less than a day"), "{ran}");
}
