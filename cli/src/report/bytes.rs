//! Bytes by field, down to the depth where a field can be dropped.

use ecs_event_forwarder::json::{Json, Shape, Value};
use std::collections::BTreeMap;

/// Bytes of some events or fields, as received and as stored.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Volume {
    pub(super) events: usize,
    pub(super) bytes_in: usize,
    pub(super) bytes_out: usize,
}

impl Volume {
    /// Adds another volume to this one.
    pub(super) fn add(&mut self, other: Self) {
        self.events += other.events;
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
    }
}

/// Bytes of fields by dotted path. Past the limit, further fields are added up in one row.
#[derive(Default)]
pub(super) struct FieldVolumes(BTreeMap<String, Volume>);

const FIELDS: usize = 2000;
const DEPTH: usize = 3;

impl FieldVolumes {
    /// Adds an event as received and, if it is kept, as stored.
    pub(super) fn add(&mut self, before: &Json, after: Option<&Json>) {
        self.walk("", before.root(), 0, &|bytes, length| bytes.bytes_in += length);
        if let Some(after) = after {
            self.walk("", after.root(), 0, &|bytes, length| bytes.bytes_out += length);
        }
    }

    fn walk(&mut self, path: &str, of: Value<'_>, depth: usize, add: &dyn Fn(&mut Volume, usize)) {
        for member in of.children() {
            let is_element = of.shape() == Shape::Array;
            let path = match (is_element, path.is_empty()) {
                (true, _) => format!("{path}[]"),
                (false, true) => member.key().into_owned(),
                (false, false) => format!("{path}.{}", member.key()),
            };
            let is_inner = matches!(member.shape(), Shape::Object | Shape::Array);
            let below = depth + usize::from(!is_element);
            if is_inner && below < DEPTH && member.children().next().is_some() {
                self.walk(&path, member, below, add);
                continue;
            }
            // With its key, its quotes and a comma.
            let key = if is_element { 0 } else { member.key().len() + 3 };
            add(self.at(path), key + member.text().len() + 1);
        }
    }

    fn at(&mut self, path: String) -> &mut Volume {
        let is_full = self.0.len() >= FIELDS && !self.0.contains_key(&path);
        self.0.entry(if is_full { "others".to_owned() } else { path }).or_default()
    }

    /// The largest fields.
    pub(super) fn largest(&self, count: usize) -> Vec<(&str, Volume)> {
        let mut all: Vec<_> = self.0.iter().map(|(path, bytes)| (path.as_str(), *bytes)).collect();
        all.sort_by_key(|(path, bytes)| (std::cmp::Reverse(bytes.bytes_in), *path));
        all.truncate(count);
        all
    }
}
