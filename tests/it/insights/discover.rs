//! Message → fields: the system fields, and those that Logs Insights discovers in JSON.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html>

use super::Stored;
use super::value::Value;
use crate::tree::{Tree, unescape};
use std::collections::HashMap;

/// The most fields that Logs Insights extracts from a JSON log event. It ignores further ones.
pub(crate) const EXTRACTED_FIELDS: usize = 200;

/// The account of the log groups, which is a part of `@log`.
const ACCOUNT: &str = "123456789012";

pub(super) fn discover(stored: &Stored) -> HashMap<String, Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    // AWS's page does not specify which fields are extracted if there are more: probably the first.
    let leaves = leaves(&stored.message).into_iter().take(EXTRACTED_FIELDS);
    let mut fields: HashMap<_, _> = leaves
        .map(|(name, atom)| {
            (name.replacen('@', "@@", usize::from(name.starts_with('@'))), value(&atom))
        })
        .collect();
    fields.insert("@timestamp".to_owned(), Value::Time(stored.timestamp_ms));
    fields.insert("@message".to_owned(), text(&stored.message));
    fields.insert("@logStream".to_owned(), text(&stored.log_stream));
    fields.insert("@log".to_owned(), Value::Text(format!("{ACCOUNT}:{}", stored.log_group)));
    fields
}

/// The strings, numbers, booleans and nulls of a JSON text by their paths, such as `items.0.name`.
pub(crate) fn leaves(message: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&Tree::read(message), String::new(), &mut found);
    found
}

fn collect(tree: &Tree, path: String, found: &mut Vec<(String, String)>) {
    let below =
        |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match tree {
        Tree::Object(members) => {
            for (key, value) in members {
                collect(value, below(&unescape(key)), found);
            }
        }
        Tree::Array(elements) => {
            for (position, element) in elements.iter().enumerate() {
                collect(element, below(&position.to_string()), found);
            }
        }
        Tree::Atom(text) => found.push((path, text.clone())),
    }
}

fn value(atom: &str) -> Value {
    match atom {
        "null" => Value::Null,
        "true" | "false" => Value::Flag,
        _ => match atom.parse() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::Text(unescape(atom)),
        },
    }
}
