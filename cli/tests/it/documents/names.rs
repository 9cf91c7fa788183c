//! The names that the documents must have: errors, reasons, categories, fields, metrics, alarms and keys.

use super::{assert_says, document, ecs_events};
use ecs_event_forwarder::event::StopCategory;
use ecs_event_forwarder::filter::{
    DropReason, FIRST_VERSIONS, PASSING_STATUSES, STEADY_NAMES, STEADY_STATUS,
};
use ecs_event_forwarder::trim::{CONTRACT, LEAN, Removal, STATUS_REASON};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn the_filter_page_lists_what_lifecycle_leaves_out() {
    let quoted = |words: &[&str], last: &str| {
        let (end, others) = words.split_last().unwrap();
        let others: Vec<_> = others.iter().map(|word| format!("`{word}`")).collect();
        format!("{} {last} `{end}`", others.join(", "))
    };
    assert_says("docs/filter.md", &format!("tasks that are {};", quoted(&PASSING_STATUSES, "or")));
    assert_says(
        "docs/filter.md",
        &format!("the service actions {};", quoted(&STEADY_NAMES, "and")),
    );
    let [first, .., last] = FIRST_VERSIONS;
    let versions = format!(
        "that are `{STEADY_STATUS}`, except for their first five changes (`version` {first} to {last})"
    );
    assert_says("docs/filter.md", &versions);
    assert_eq!(FIRST_VERSIONS.len(), 5);
}

#[test]
fn documents_have_every_error_type_reason_and_category() {
    let failures = document("src/failure.rs");
    let error_types: Vec<_> =
        failures.split('"').filter(|it| it.starts_with("Forwarder.")).collect();
    assert!(!error_types.is_empty());
    for error_type in error_types {
        assert_says("docs/errors.md", &format!("| `{error_type}` |"));
    }
    for reason in DropReason::ALL {
        assert_says("docs/errors.md", &format!("`{}`", reason.as_str()));
    }
    let names = StopCategory::ALL.map(|category| format!("`{}`", category.as_str())).join(", ");
    assert_says("docs/stored-format.md", &names);
}

#[test]
fn documents_show_the_table_of_fields() {
    let quoted = |names: &[&str]| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    for (_, paths) in CONTRACT {
        assert_says("docs/stored-format.md", &quoted(paths));
    }
    for (_, removals) in LEAN {
        for removal in removals {
            match removal {
                Removal::These(paths) => assert_says("docs/stored-format.md", &quoted(paths)),
                Removal::UnlessReason(path) => assert_says(
                    "docs/stored-format.md",
                    &format!("`{path}` without a `{STATUS_REASON}`"),
                ),
                Removal::AllBut(array, kept) => {
                    assert_says(
                        "docs/stored-format.md",
                        &format!("of `{array}[]` all but {}", quoted(kept)),
                    );
                }
            }
        }
    }
}

#[test]
fn documents_have_every_metric_with_its_unit_and_every_alarm() {
    let page = document("docs/operate.md");
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| `")).collect();
    for metric in ecs_event_forwarder::metrics::name::ALL {
        let unit = match metric.unit.as_str() {
            "bytes" => "Bytes",
            "milliseconds" => "Milliseconds",
            _ => "Count",
        };
        let is_row = |line: &&&str| {
            let mut cells = line.split('|').skip(1);
            let names = cells.next().unwrap_or_default();
            let quoted = format!("`{}`", metric.name);
            names.contains(&quoted) && cells.next().map(str::trim) == Some(unit)
        };
        assert_eq!(rows.iter().filter(is_row).count(), 1, "{}", metric.name);
    }
    let template = document("template.yaml");
    let alarms = template.lines().filter_map(|line| line.strip_suffix("Alarm:"));
    for alarm in alarms {
        let quoted = format!("`{}Alarm`", alarm.trim());
        assert!(rows.iter().any(|line| line.contains(&quoted)), "{quoted}");
    }
}

#[test]
fn documents_name_every_key_of_the_json_that_programs_read() {
    let cost = ["cost", "--json", "--events-per-month", "1000"];
    for (page, arguments) in [
        ("docs/cli/preview.md", &["preview", "--json", "--show", "--event-types", "WARN"][..]),
        ("docs/cli/cost.md", &cost[..]),
    ] {
        let text = document(page);
        let mut found = BTreeSet::new();
        for line in ecs_events(&[arguments, &["events"]].concat()).lines() {
            keys(&serde_json::from_str(line).unwrap(), &mut found);
        }
        assert!(found.len() > 15, "{found:?}");
        for key in found {
            assert!(text.contains(&format!("`{key}`")), "{page} does not describe {key}");
        }
    }
}

/// The keys of an object and of the objects in it, except those of prices and of events.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                found.insert(key.clone());
                if !["dollars", "message"].contains(&key.as_str()) {
                    keys(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
