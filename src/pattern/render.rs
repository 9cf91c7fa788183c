//! Writes branches as the text of one event pattern.

use super::branch::{Branch, FieldValues};
use super::operators::required;
use crate::glob::Patterns;
use serde_json::{Map, Value, json};

const DETAIL_TYPE: &str = "detail-type";
const OR: &str = "$or";

/// Returns the pattern as compact JSON. Fields that all branches share stand once at the top, the
/// others below `$or`.
pub(super) fn render(sources: &Patterns, mut branches: Vec<Branch>) -> String {
    branches.dedup_by(|one, other| one.is_same(other));
    let shared = shared_fields(branches.iter().map(|branch| &branch.fields));
    for branch in &mut branches {
        branch.fields.retain(|field, _| !shared.contains_key(field));
    }
    let groups = groups(branches);
    let mut pattern = Map::new();
    pattern.insert("source".to_owned(), json!(required(sources)));
    put(&mut pattern, &shared);
    if let [only] = groups.as_slice() {
        only.put(&mut pattern);
        return Value::Object(pattern).to_string();
    }
    let rest = groups.iter().map(|group| {
        let mut rest = Map::new();
        group.put(&mut rest);
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

/// Branches with the same alternatives, which are written once. Several rules for the same kind of
/// problems have such branches.
struct Group {
    alternatives: Vec<FieldValues>,
    /// The fields of each branch; an event matches if those of one branch match.
    branches: Vec<FieldValues>,
}

/// Groups branches for the same detail-types that have the same alternatives.
fn groups(branches: Vec<Branch>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for Branch { fields, alternatives, approximate: _ } in branches {
        let is_its = |group: &&mut Group| {
            let detail_type = group.branches.first().map(|first| first.get(DETAIL_TYPE));
            are_in_detail(&alternatives)
                && group.alternatives == alternatives
                && detail_type == Some(fields.get(DETAIL_TYPE))
        };
        match groups.iter_mut().find(is_its) {
            Some(group) => group.branches.push(fields),
            None => groups.push(Group { alternatives, branches: vec![fields] }),
        }
    }
    groups
}

impl Group {
    /// Writes the group into a pattern.
    fn put(&self, pattern: &mut Map<String, Value>) {
        let shared = shared_fields(self.branches.iter());
        put(pattern, &shared);
        put_alternatives(pattern, &self.alternatives);
        let own = self.branches.iter().map(|fields| {
            let mut own = fields.clone();
            own.retain(|field, _| !shared.contains_key(field));
            own
        });
        let own: Vec<_> = own.collect();
        if !own.iter().any(FieldValues::is_empty) {
            let own = own.iter().map(|fields| {
                let mut branch = Map::new();
                put(&mut branch, fields);
                Value::Object(branch)
            });
            pattern.insert(OR.to_owned(), own.collect());
        }
    }
}

/// The fields that all of them have with the same values.
fn shared_fields<'a>(mut all: impl Iterator<Item = &'a FieldValues>) -> FieldValues {
    let mut shared = all.next().cloned().unwrap_or_default();
    for fields in all {
        shared.retain(|field, values| fields.get(field) == Some(values));
    }
    shared
}

/// Writes fields where their dotted paths lead.
fn put(pattern: &mut Map<String, Value>, fields: &FieldValues) {
    for (path, values) in fields {
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
fn put_alternatives(pattern: &mut Map<String, Value>, alternatives: &[FieldValues]) {
    if alternatives.is_empty() {
        return;
    }
    let are_in_detail = are_in_detail(alternatives);
    let alternatives = alternatives.iter().map(|fields| {
        let mut alternative = Map::new();
        put(&mut alternative, fields);
        if are_in_detail {
            alternative.remove("detail").unwrap_or_default()
        } else {
            Value::Object(alternative)
        }
    });
    let path = if are_in_detail { "detail.$or" } else { OR };
    put_one(pattern, path, alternatives.collect());
}

/// True if there are alternatives, and all are about `detail`.
fn are_in_detail(alternatives: &[FieldValues]) -> bool {
    let mut paths = alternatives.iter().flat_map(FieldValues::keys);
    !alternatives.is_empty() && paths.all(|path| path.starts_with("detail."))
}
