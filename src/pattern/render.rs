//! Writes branches as the text of one event pattern.

use super::branch::{Branch, Fields};
use super::operators::values;
use crate::glob::Patterns;
use serde_json::{Map, Value, json};

const OR: &str = "$or";

/// Returns the pattern as compact JSON. Fields that all branches share stand once at the top, the
/// others below `$or`.
pub(super) fn render(sources: &Patterns, mut branches: Vec<Branch>) -> String {
    branches.dedup_by(|one, other| one.is_same(other));
    let mut pattern = Map::new();
    pattern.insert("source".to_owned(), json!(values(sources)));
    let shared = shared_fields(&branches);
    put(&mut pattern, &shared, |_| true);
    if let [only] = branches.as_slice() {
        // A single branch shares all its fields with itself.
        put_alternatives(&mut pattern, &only.alternatives);
        return Value::Object(pattern).to_string();
    }
    let rest = branches.iter().map(|branch| {
        let mut rest = Map::new();
        put(&mut rest, &branch.fields, |field| !shared.contains_key(field));
        put_alternatives(&mut rest, &branch.alternatives);
        rest
    });
    let rest: Vec<_> = rest.collect();
    // A branch with nothing of its own matches everything that the shared fields match.
    let has_empty_branch = rest.iter().any(Map::is_empty);
    if !has_empty_branch {
        pattern.insert(OR.to_owned(), json!(rest));
    }
    Value::Object(pattern).to_string()
}

/// The fields that all branches have with the same values.
fn shared_fields(branches: &[Branch]) -> Fields {
    let Some((first, others)) = branches.split_first() else { return Fields::new() };
    let mut shared = first.fields.clone();
    shared.retain(|field, values| others.iter().all(|it| it.fields.get(field) == Some(values)));
    shared
}

/// Writes fields where their dotted paths lead.
fn put(pattern: &mut Map<String, Value>, fields: &Fields, is_wanted: impl Fn(&str) -> bool) {
    for (path, values) in fields.iter().filter(|(path, _)| is_wanted(path)) {
        put_one(pattern, path, json!(values));
    }
}

fn put_one(pattern: &mut Map<String, Value>, path: &str, value: Value) {
    let (parents, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut object = pattern;
    for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
        let inner = object.entry(parent).or_insert_with(|| json!({}));
        object = inner.as_object_mut().expect("no field is above another");
    }
    object.insert(name.to_owned(), value);
}

/// Writes alternatives as `$or`: inside `detail` if all of them are about `detail`.
fn put_alternatives(pattern: &mut Map<String, Value>, alternatives: &[Fields]) {
    if alternatives.is_empty() {
        return;
    }
    let mut paths = alternatives.iter().flat_map(Fields::keys);
    let are_in_detail = paths.all(|path| path.starts_with("detail."));
    let alternatives = alternatives.iter().map(|fields| {
        let mut alternative = Map::new();
        put(&mut alternative, fields, |_| true);
        if are_in_detail {
            alternative.remove("detail").unwrap_or_default()
        } else {
            Value::Object(alternative)
        }
    });
    let path = if are_in_detail { "detail.$or" } else { OR };
    put_one(pattern, path, alternatives.collect());
}
