//! Patterns of names as operators of EventBridge.

use crate::glob::Patterns;
use serde_json::{Value, json};

/// What a field that is not there, or null, is matched by.
pub(super) fn absent() -> Vec<Value> {
    vec![json!({ "exists": false }), Value::Null]
}

/// Whether any text and none at all will do.
pub(super) fn is_any(patterns: &Patterns) -> bool {
    patterns.unwanted().is_empty() && !wants_some(patterns)
}

/// Whether only some texts are wanted, apart from exclusions.
pub(super) fn wants_some(patterns: &Patterns) -> bool {
    !patterns.wanted().is_empty() && patterns.wanted().iter().all(|glob| glob != "*")
}

/// Whether names that a wanted glob matches are excluded: no operator says both.
pub(super) fn is_mixed(patterns: &Patterns) -> bool {
    let has_stars = left(patterns).any(|glob| glob.contains('*'));
    let has_none = left(patterns).next().is_none();
    wants_some(patterns) && !patterns.unwanted().is_empty() && (has_stars || has_none)
}

/// The wanted globs that are not excluded, whatever their stars stand for.
fn left(patterns: &Patterns) -> impl Iterator<Item = &String> {
    patterns.wanted().iter().filter(|glob| patterns.hold(Some(glob)))
}

/// Values of a field that is always there and is matched as it is.
pub(super) fn values(patterns: &Patterns) -> Vec<Value> {
    if is_any(patterns) {
        return vec![json!({ "exists": true })];
    }
    matchers(patterns, str::to_owned)
}

/// The wanted texts in some form; where only exclusions narrow, anything but those.
pub(super) fn matchers(patterns: &Patterns, form: impl Fn(&str) -> String) -> Vec<Value> {
    if wants_some(patterns) {
        let left: Vec<_> = left(patterns).collect();
        // A rule that wants nothing at all is not worth a case of its own.
        let left = if left.is_empty() { patterns.wanted().iter().collect() } else { left };
        return left.into_iter().map(|glob| matcher(&form(glob))).collect();
    }
    let unwanted: Vec<_> = patterns.unwanted().iter().map(|glob| form(glob)).collect();
    vec![json!({ "anything-but": anything_but(&unwanted) })]
}

/// The cheapest operator for a glob: EventBridge counts rules with wildcards.
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

/// One operator for all the globs.
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

/// `END` of `*END`.
fn only_end(glob: &str) -> Option<&str> {
    glob.strip_prefix('*').filter(|end| !end.is_empty() && !end.contains('*'))
}

/// `START` of `START*`.
fn only_start(glob: &str) -> Option<&str> {
    glob.strip_suffix('*').filter(|start| !start.is_empty() && !start.contains('*'))
}

/// Two stars in a row are no wildcard to EventBridge, and a backslash escapes.
fn escaped(glob: &str) -> String {
    let mut text = glob.replace('\\', "\\\\");
    while text.contains("**") {
        text = text.replace("**", "*");
    }
    text
}
