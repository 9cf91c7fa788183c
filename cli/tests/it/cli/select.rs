//! What a word and a profile leave of a day, in the table of docs/filter.md.

use super::Desk;
use super::cost::{Fleet, events};
use serde_json::Value;
use std::fmt::Write;

/// A day of two services, one on Fargate and one on EC2, with its deployments and its troubles.
const DAY: Fleet = Fleet {
    name: "a day",
    events_per_month: 0,
    policy: "",
    mix: &[
        ("", 10),
        ("task-on-ec2", 5),
        ("container-instance-registered", 2),
        ("container-instance-disconnected", 20),
        ("container-instance-draining", 2),
        ("container-instance-impaired", 1),
        ("service-steady-state", 12),
        ("service-placement-failure", 2),
        ("deployment-in-progress", 4),
        ("deployment-completed", 3),
        ("deployment-failed", 1),
        ("task-out-of-memory", 2),
        ("task-image-pull-failed", 1),
        ("task-failed-elb-health-checks", 1),
        ("task-scaled-in-with-exit-code", 2),
        ("task-spot-interrupted", 1),
    ],
};

#[test]
fn the_readme_shows_what_each_word_and_profile_leaves() {
    let desk = Desk::empty();
    desk.put("day.jsonl", events(&DAY));
    let mut table = String::new();
    for select in ["everything", "lifecycle", "problems"] {
        for trim in ["full", "lean", "minimal"] {
            let ran =
                desk.run(&format!("preview --json day.jsonl --select {select} --trim {trim}"));
            let last: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
            let number = |name: &str| last["summary"][name].as_u64().unwrap();
            if table.is_empty() {
                let (events, bytes) = (number("received"), number("bytesIn"));
                writeln!(table, "| a rule that stores all | | | {events} | {bytes} | 100 % |")
                    .unwrap();
            }
            let (matched, kept, bytes) = (number("matched"), number("kept"), number("bytesOut"));
            assert!(kept <= matched, "{select} {trim}");
            let percent = (bytes * 100 + number("bytesIn") / 2) / number("bytesIn");
            writeln!(
                table,
                "| `{select}` | `{trim}` | {matched} | {kept} | {bytes} | {percent} % |"
            )
            .unwrap();
        }
    }
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/filter.md")).unwrap();
    assert!(page.contains(&table), "docs/filter.md has another table than\n{table}");
}
