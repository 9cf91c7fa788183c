//! The documented fields of `timeline --json` are those that it prints.

use super::scenes;
use super::{Desk, compact};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The fields of each kind of object, by the name under which it stands in another one.
type Fields = BTreeMap<String, BTreeSet<String>>;

/// Objects whose keys are names of services and not fields.
const MAPS: [&str; 2] = ["places", "links"];

fn gather(value: &Value, name: &str, fields: &mut Fields) {
    match value {
        Value::Object(_) if MAPS.contains(&name) => {}
        Value::Object(members) => {
            // The fields of causes stand under two names, and those of spans under four.
            let kind = match name {
                "trouble" => "causes",
                "lived" | "ran" | "took" => "started_in",
                name => name,
            };
            let found: BTreeSet<String> = members.keys().cloned().collect();
            let before = fields.entry(kind.to_owned()).or_insert_with(|| found.clone());
            assert_eq!(*before, found, "every object of {name} has all fields");
            members.iter().for_each(|(name, member)| gather(member, name, fields));
        }
        Value::Array(elements) => elements.iter().for_each(|it| gather(it, name, fields)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The words in backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn documented() -> Fields {
    let page = include_str!("../../../../../docs/cli/timeline.md");
    let (_, table) = page.split_once("| object | its fields |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let rows = rows.map(|row| {
        let [object, fields] = row.trim_matches('|').split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let name = quoted(object).next().unwrap_or("the story");
        (name.to_owned(), quoted(fields).map(str::to_owned).collect())
    });
    rows.collect()
}

#[test]
fn every_field_is_documented_and_every_documented_field_is_printed() {
    let mut printed = Fields::new();
    for lines in scenes::all() {
        gather(&scenes::story(&lines), "the story", &mut printed);
    }
    let samples = ["task-run-with-overrides", "container-instance-impaired"];
    let lines: Vec<String> = samples.iter().map(|sample| compact(sample)).collect();
    gather(&scenes::story(&lines), "the story", &mut printed);
    assert_eq!(printed, documented());
}

#[test]
fn a_story_without_a_deployment_has_all_fields_too() {
    let mut fields = Fields::new();
    let ran = Desk::with(&["unknown-kind"]).run("timeline --json events");
    gather(&serde_json::from_str(&ran.stdout).unwrap(), "the story", &mut fields);
    let documented = documented();
    for (name, fields) in fields {
        assert_eq!(documented.get(&name), Some(&fields), "{name}");
    }
}
