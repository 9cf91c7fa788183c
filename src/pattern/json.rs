//! Branches as an event pattern.

use super::conditions::{Branch, Fields};
use super::operators::values;
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
        put_alternatives(&mut rest, &branch.alternatives);
        put(&mut rest, &branch.fields, |field| !shared.contains_key(field));
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

/// Puts `$or`, within `detail` if all the alternatives are about it.
fn put_alternatives(pattern: &mut Map<String, Value>, alternatives: &[Fields]) {
    if alternatives.is_empty() {
        return;
    }
    let is_in_detail = |path: &&str| path.starts_with("detail.");
    let are_in_detail = alternatives.iter().all(|it| it.keys().all(|path| is_in_detail(&path)));
    let alternatives = alternatives.iter().map(|fields| {
        let mut alternative = Map::new();
        put(&mut alternative, fields, |_| true);
        if are_in_detail {
            alternative.remove("detail").unwrap_or_default()
        } else {
            Value::Object(alternative)
        }
    });
    let or = json!({ OR: alternatives.collect::<Vec<_>>() });
    if are_in_detail {
        pattern.insert("detail".to_owned(), or);
    } else if let Value::Object(mut or) = or {
        pattern.append(&mut or);
    }
}
