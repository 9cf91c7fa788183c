//! The tests' matcher agrees with Event Ruler.

use super::ruler::{Leaves, Rule};
use serde_json::Value;
use std::path::Path;

/// `true`, `false` or `INVALID`.
fn verdict(pattern: &str, event: &Value) -> String {
    match Rule::read(pattern) {
        Ok(rule) => rule.matches(&Leaves::of(event)).to_string(),
        Err(_) => "INVALID".to_owned(),
    }
}

fn read(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/event_ruler");
    std::fs::read_to_string(folder.join(file)).expect(file)
}

/// Event Ruler's verdicts: a pattern, the name of an event, and whether the pattern matches it.
pub(super) fn rows() -> Vec<(String, String, String)> {
    let text = read("verdicts.tsv");
    let rows = text.lines().map(|row| {
        let columns: Vec<_> = row.split('\t').map(str::to_owned).collect();
        let Ok([pattern, event, verdict]) = <[String; 3]>::try_from(columns) else {
            panic!("{row}")
        };
        (pattern, event, verdict)
    });
    rows.collect()
}

/// The event of that name.
pub(super) fn event_of(name: &str) -> Value {
    serde_json::from_str(&read(&format!("{name}.json"))).unwrap()
}

#[test]
fn the_matcher_agrees_with_event_ruler_on_every_verdict() {
    let mut counts = [0; 3];
    for (pattern, event, expected) in rows() {
        assert_eq!(verdict(&pattern, &event_of(&event)), expected, "{event}: {pattern}");
        counts[["true", "false", "INVALID"].iter().position(|it| *it == expected).unwrap()] += 1;
    }
    assert_eq!(counts, [65, 43, 14]);
}

#[test]
fn the_matcher_rejects_patterns_that_eventbridge_rejects() {
    let refused = [
        r#"{"detail":{}}"#,
        r#"{"$or":[{"source":["a"]}]}"#,
        r#"{"$or":[{"source":["a"]},{}]}"#,
        r#"{"$or":[{"source":["a"]},["b"]]}"#,
        r#"{"$or":[{"source":["a"]},{"prefix":["b"]}]}"#,
        r#"{"source":["a"],"$or":[{"source":["b"]},{"detail":{"c":["d"]}}]}"#,
        r#"{"source":[["a"]]}"#,
        r#"{"source":[{"prefix":1}]}"#,
        r#"{"source":[{"prefix":"a","suffix":"b"}]}"#,
        r#"{"source":[{"exists":"true"}]}"#,
        r#"{"source":[{"wildcard":"a\\b"}]}"#,
        r#"{"source":[{"wildcard":"a**"}]}"#,
        r#"{"source":[{"anything-but":[]}]}"#,
        r#"{"source":[{"anything-but":["a",1]}]}"#,
        r#"{"source":[{"anything-but":[null]}]}"#,
        r#"{"source":[{"anything-but":{"suffix":""}}]}"#,
        r#"{"source":[{"anything-but":{"prefix":["a",""]}}]}"#,
        r#"{"source":[{"anything-but":{"wildcard":["a**"]}}]}"#,
        r#"{"source":[{"anything-but":{"exists":true}}]}"#,
        r#"{"source":[{"cidr":"10.0.0.0"}]}"#,
        r#"{"source":[{"numeric":["<",1,">",2]}]}"#,
    ];
    for pattern in refused {
        assert!(Rule::read(pattern).is_err(), "{pattern}");
    }
}

/// A case that is not in the file of verdicts.
#[test]
fn fields_of_one_combination_come_from_one_element_of_an_array() {
    let event = serde_json::json!({ "of": [{ "a": 1, "b": [2, 3] }, { "a": 4, "b": [5] }] });
    for (pattern, expected) in [
        (r#"{"of":{"a":[1],"b":[3]}}"#, "true"),
        (r#"{"of":{"a":[1],"b":[5]}}"#, "false"),
        (r#"{"of":{"a":[{"anything-but":4}],"b":[{"numeric":[">=",5]}]}}"#, "false"),
        (r#"{"$or":[{"of":{"a":[1],"b":[5]}},{"of":{"a":[4],"b":[5]}}]}"#, "true"),
        (r#"{"of":{"a":[1],"c":[{"exists":false}]}}"#, "true"),
        (r#"{"of":{"$or":[{"a":[9]},{"a":[4],"$or":[{"b":[2]},{"b":[5]}]}]}}"#, "true"),
    ] {
        assert_eq!(verdict(pattern, &event), expected, "{pattern}");
    }
}
