//! The fields that appear, vanish or change.

use crate::table::{number, table, visible};
use ecs_event_forwarder::json::{self, Json, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// Fields below this depth count as part of the field above them.
const DEPTH: usize = 16;

/// For each field and kind of change: the number of events, and the bytes of the values.
#[derive(Default)]
pub(super) struct FieldChanges(BTreeMap<(String, &'static str), (usize, usize)>);

impl FieldChanges {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Counts the fields in which two messages of one event differ.
    pub(super) fn compare(&mut self, before: &str, after: &str) {
        if before == after {
            return;
        }
        let scanned = |message: &str| json::scan(message.to_owned()).ok();
        let (Some(before), Some(after)) = (scanned(before), scanned(after)) else { return };
        let (before, after) = (paths(&before), paths(&after));
        for (path, values) in &before {
            match after.get(path) {
                None => self.count(path, "vanishes", values),
                Some(others) if others != values => self.count(path, "changes", values),
                Some(_) => {}
            }
        }
        for (path, values) in after.iter().filter(|(path, _)| !before.contains_key(*path)) {
            self.count(path, "appears", values);
        }
    }

    fn count(&mut self, path: &str, what: &'static str, values: &BTreeSet<&str>) {
        let (events, bytes) = self.0.entry((path.to_owned(), what)).or_default();
        *events += 1;
        *bytes += values.iter().map(|value| value.len()).sum::<usize>();
    }

    /// Returns a table of the changes, or none if there are none.
    pub(super) fn table(&self) -> Option<String> {
        let mut fields = table(&["EVENTS>", "BYTES>", "", "FIELD"]);
        for ((path, what), (events, bytes)) in &self.0 {
            fields.add_row([number(*events), number(*bytes), (*what).to_owned(), visible(path)]);
        }
        (!self.is_empty()).then(|| fields.trim_fmt())
    }
}

/// Returns the values of each field, by its dotted path with `[]` for elements.
fn paths(message: &Json) -> BTreeMap<String, BTreeSet<&str>> {
    let mut paths: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let mut waiting = vec![(String::new(), message.root(), 0)];
    while let Some((path, value, depth)) = waiting.pop() {
        let mut below = value.children().peekable();
        if depth == DEPTH || below.peek().is_none() {
            paths.entry(path).or_default().insert(value.text());
            continue;
        }
        for child in below {
            let path = match (value.shape(), path.as_str()) {
                (Shape::Array, path) => format!("{path}[]"),
                (_, "") => child.key().into_owned(),
                (_, path) => format!("{path}.{}", child.key()),
            };
            waiting.push((path, child, depth + 1));
        }
    }
    paths
}
