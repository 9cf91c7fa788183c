//! Patterns of typical policies, to be read.

use super::policy;
use super::typical::TYPICAL;
use ecs_event_forwarder::pattern::{Condition, Pattern, pattern};
use serde_json::Value;
use std::fmt::Write as _;

/// The pattern with one field a line, how long it is, and what it does not say.
fn check(name: &str, most_bytes: usize) -> String {
    let (_, settings) = TYPICAL.iter().find(|(typical, _)| *typical == name).expect(name);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let Pattern { text, given_up, approximate } = pattern(&policy(&settings), most_bytes);
    let mut out = format!("{} bytes\n", text.len());
    let join = |conditions: Vec<Condition>| {
        let names: Vec<_> = conditions.iter().map(Condition::to_string).collect();
        names.join(", ")
    };
    for (what, conditions) in [("given up", given_up), ("approximate", approximate)] {
        if !conditions.is_empty() {
            writeln!(out, "{what}: {}", join(conditions)).unwrap();
        }
    }
    show(&mut out, "", "", &serde_json::from_str(&text).unwrap());
    out
}

fn show(out: &mut String, indent: &str, parent: &str, value: &Value) {
    for (name, value) in value.as_object().expect("an object") {
        let path = if parent.is_empty() { name.clone() } else { format!("{parent}.{name}") };
        match value {
            Value::Array(alternatives) if name == "$or" => {
                for alternative in alternatives {
                    writeln!(out, "{indent}or").unwrap();
                    show(out, &format!("{indent}  "), parent, alternative);
                }
            }
            Value::Array(_) => writeln!(out, "{indent}{path}: {value}").unwrap(),
            _ => show(out, indent, &path, value),
        }
    }
}

#[test]
fn all() {
    for (name, _) in TYPICAL.iter().filter(|(name, _)| name.contains("more")) {
        println!("=== {name}\n{}", check(name, 2048));
    }
}
