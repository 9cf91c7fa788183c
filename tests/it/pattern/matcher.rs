//! The library's matcher, which the command line estimates costs with, agrees with EventBridge.

use super::ruler::{Leaves, Rule};
use super::typical::TYPICAL;
use super::verdicts::{event_of, rows};
use super::{events_in, patterns, policy};
use ecs_event_forwarder::json::scan;
use ecs_event_forwarder::pattern::{Matcher, Pattern};
use serde_json::Value;

/// True if the library's matcher takes the event for one that the pattern matches.
fn matches(pattern: &str, event: &Value) -> bool {
    let pattern = Pattern { text: pattern.to_owned(), given_up: vec![], approximate: vec![] };
    Matcher::new(&pattern).matches(&scan(event.to_string()).expect("JSON"))
}

#[test]
fn the_librarys_matcher_agrees_with_eventbridge_on_every_sample_and_typical_policy() {
    let events = events_in("events");
    let mut counts = [0; 2];
    for (name, settings) in TYPICAL {
        let settings: Vec<_> =
            settings.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        for pattern in patterns(&policy(&settings)) {
            let rule = Rule::read(&pattern.text).unwrap();
            let matcher = Matcher::new(&pattern);
            for event in &events {
                let expected = event.is_matched(&rule);
                let found = matcher.matches(&event.json);
                assert_eq!(found, expected, "{name}: {}: {}", event.name, pattern.text);
                counts[usize::from(found)] += 1;
            }
        }
    }
    assert!(counts.iter().all(|count| *count > 500), "{counts:?}");
}

/// The patterns that we write use no other operators. They write `anything-but` of numbers as a
/// list, and ask for one field at most of each element of an array.
#[test]
fn the_librarys_matcher_agrees_with_event_ruler_on_the_operators_that_patterns_use() {
    let unused = [
        "equals-ignore-case",
        "numeric",
        "cidr",
        "[{\"anything-but\": 0}]",
        "[true]",
        "{\"name\": ",
    ];
    let mut counts = [0; 2];
    for (pattern, event, expected) in rows() {
        if expected == "INVALID" || unused.iter().any(|it| pattern.contains(it)) {
            continue;
        }
        let found = matches(&pattern, &event_of(&event));
        assert_eq!(found.to_string(), expected, "{event}: {pattern}");
        counts[usize::from(found)] += 1;
    }
    assert!(counts.iter().all(|count| *count > 20), "{counts:?}");
}

/// Each row: an exit code, whether `0` matches it, whether anything but `0` does.
#[test]
fn numbers_are_compared_by_value_and_text_is_no_number() {
    for (code, is_zero, is_other) in [
        ("0", true, false),
        ("0.0", true, false),
        ("-0", true, false),
        ("137", false, true),
        ("0.1", false, true),
        (r#""0""#, false, true),
        ("true", false, true),
        ("null", false, true),
        ("[]", false, false),
    ] {
        let event = format!(r#"{{"detail":{{"containers":[{{"exitCode":{code}}}]}}}}"#);
        let event: Value = serde_json::from_str(&event).unwrap();
        for (operators, expected) in [("0", is_zero), (r#"{"anything-but":[0]}"#, is_other)] {
            let pattern = format!(r#"{{"detail":{{"containers":{{"exitCode":[{operators}]}}}}}}"#);
            assert_eq!(matches(&pattern, &event), expected, "{operators} of {code}");
            let rule = Rule::read(&pattern).unwrap();
            assert_eq!(rule.matches(&Leaves::of(&event)), expected, "{operators} of {code}");
        }
    }
}
