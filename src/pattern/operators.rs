//! Lists of globs as operators of an event pattern.

use crate::glob::Patterns;
use serde_json::{Value, json};

/// The values that match a field that is absent or `null`.
pub(super) fn absent() -> Vec<Value> {
    vec![json!({ "exists": false }), Value::Null]
}

/// True if the patterns hold for every text and for an absent one.
pub(super) fn is_any(patterns: &Patterns) -> bool {
    patterns.unwanted().is_empty() && !wants_some(patterns)
}

/// True if the patterns want only some texts; exclusions do not count.
pub(super) fn wants_some(patterns: &Patterns) -> bool {
    !patterns.wanted().is_empty() && patterns.wanted().iter().all(|glob| glob != "*")
}

/// True if the patterns exclude texts that a wanted glob matches: `prod*,!prod-test`. No operator
/// can state both.
pub(super) fn is_mixed(patterns: &Patterns) -> bool {
    let has_stars = left(patterns).any(|glob| glob.contains('*'));
    let has_none = left(patterns).next().is_none();
    wants_some(patterns) && !patterns.unwanted().is_empty() && (has_stars || has_none)
}

/// The wanted globs that no exclusion covers whole.
fn left(patterns: &Patterns) -> impl Iterator<Item = &String> {
    patterns.wanted().iter().filter(|glob| patterns.hold(Some(glob)))
}

/// The values for a field that every event has.
pub(super) fn required(patterns: &Patterns) -> Vec<Value> {
    if is_any(patterns) {
        return vec![json!({ "exists": true })];
    }
    matchers(patterns, str::to_owned)
}

/// The values for the wanted globs, each brought into `form` first; if there are only exclusions,
/// everything but those.
pub(super) fn matchers(patterns: &Patterns, form: impl Fn(&str) -> String) -> Vec<Value> {
    if wants_some(patterns) {
        let left: Vec<_> = left(patterns).collect();
        // If the list excludes all that it wants, the pattern matches too much, which is allowed.
        let left = if left.is_empty() { patterns.wanted().iter().collect() } else { left };
        return left.into_iter().map(|glob| matcher(&form(glob))).collect();
    }
    let unwanted: Vec<_> = patterns.unwanted().iter().map(|glob| form(glob)).collect();
    vec![json!({ "anything-but": anything_but(&unwanted) })]
}

/// The cheapest operator for a glob: an event bus holds only 30 rules with wildcards.
fn matcher(glob: &str) -> Value {
    if !glob.contains('*') {
        json!(glob)
    } else if let Some(end) = only_end(glob) {
        json!({ "suffix": end })
    } else if let Some(start) = only_start(glob) {
        json!({ "prefix": start })
    } else {
        json!({ "wildcard": escaped(glob) })
    }
}

/// The argument of one `anything-but` for all the globs.
fn anything_but(globs: &[String]) -> Value {
    let all = |part: fn(&str) -> Option<&str>| globs.iter().map(|glob| part(glob)).collect();
    let literals: Option<Vec<&str>> = all(|glob| (!glob.contains('*')).then_some(glob));
    let ends: Option<Vec<&str>> = all(only_end);
    let starts: Option<Vec<&str>> = all(only_start);
    match (literals, ends, starts) {
        (Some(literals), _, _) => json!(literals),
        (_, Some(ends), _) => json!({ "suffix": ends }),
        (_, _, Some(starts)) => json!({ "prefix": starts }),
        _ => json!({ "wildcard": globs.iter().map(|glob| escaped(glob)).collect::<Vec<_>>() }),
    }
}

/// Returns `END` of `*END`.
fn only_end(glob: &str) -> Option<&str> {
    glob.strip_prefix('*').filter(|end| !end.is_empty() && !end.contains('*'))
}

/// Returns `START` of `START*`.
fn only_start(glob: &str) -> Option<&str> {
    glob.strip_suffix('*').filter(|start| !start.is_empty() && !start.contains('*'))
}

/// The glob as a wildcard of EventBridge, which rejects two stars in a row and takes a backslash
/// for an escape.
fn escaped(glob: &str) -> String {
    let mut text = glob.replace('\\', "\\\\");
    while text.contains("**") {
        text = text.replace("**", "*");
    }
    text
}
