//! A policy as parameters of the template.
//!
//! A value stands in double quotes for SAM where it has more than plain characters, and the whole
//! in single quotes for the shell.
//! See <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html>.

use crate::options::variable_key;
use std::collections::BTreeMap;

/// The command, which leaves parameters with their default alone.
pub(super) fn deploy(values: &BTreeMap<&'static str, String>) -> String {
    if values.is_empty() {
        return "sam deploy".to_owned();
    }
    let overrides = values.iter().map(|(name, value)| {
        let text = format!("{}={}", parameter(name), for_sam(value));
        format!(" \\\n  {}", for_shell(&text))
    });
    format!("sam deploy --parameter-overrides{}", overrides.collect::<String>())
}

/// `EventTypes` for `FORWARDER_EVENT_TYPES`.
fn parameter(variable: &str) -> String {
    let key = variable_key(variable);
    let words = key.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or_default();
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}

fn for_sam(value: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || ",.:/_-+=@*!{}[]#".contains(char);
    if value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn for_shell(text: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || ",.:/_-+=@".contains(char);
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
