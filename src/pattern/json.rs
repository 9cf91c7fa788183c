//! Branches as an event pattern.

use super::conditions::{Branch, Fields, values};
use crate::glob::Patterns;
use serde_json::{Map, Value, json};

/// The pattern, compact: what all branches share stands once, the rest below `$or`.
pub(super) fn render(sources: &Patterns, branches: &[Branch]) -> String {
    let mut pattern = Map::new();
    pattern.insert("source".to_owned(), json!(values(sources)));
    let shared = shared(branches);
    put(&mut pattern, &shared, |_| true);
    let rest = branches.iter().map(|branch| {
        let mut rest = Map::new();
        put(&mut rest, &branch.fields, |field| !shared.contains_key(field));
        let alternatives = branch.alternatives.iter().map(|fields| {
            let mut alternative = Map::new();
            put(&mut alternative, fields, |_| true);
            Value::Object(alternative)
        });
        let alternatives: Vec<_> = alternatives.collect();
        if !alternatives.is_empty() {
            rest.insert(OR.to_owned(), json!(alternatives));
        }
        rest
    });
    let mut rest: Vec<_> = rest.collect();
    rest.dedup();
    let is_anything = rest.iter().any(Map::is_empty);
    if let [only] = rest.as_mut_slice() {
        // All its fields are shared.
        pattern.append(only);
    } else if !is_anything && !rest.is_empty() {
        pattern.insert(OR.to_owned(), json!(rest));
    }
    Value::Object(pattern).to_string()
}

const OR: &str = "$or";

fn shared(branches: &[Branch]) -> Fields {
    let Some((first, others)) = branches.split_first() else { return Fields::new() };
    let mut shared = first.fields.clone();
    shared.retain(|field, values| others.iter().all(|it| it.fields.get(field) == Some(values)));
    shared
}

/// Puts fields where their dotted paths lead.
fn put(pattern: &mut Map<String, Value>, fields: &Fields, is_wanted: impl Fn(&str) -> bool) {
    for (path, values) in fields.iter().filter(|(path, _)| is_wanted(path)) {
        let (parents, name) = path.rsplit_once('.').unwrap_or(("", path));
        let mut object = &mut *pattern;
        for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
            let inner = object.entry(parent).or_insert_with(|| json!({}));
            object = inner.as_object_mut().expect("no field is above another");
        }
        object.insert(name.to_owned(), json!(values));
    }
}
