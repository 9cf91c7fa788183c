//! A policy as parameters of the template.
//!
//! A value with special characters is in double quotes for SAM, and the whole parameter in single
//! quotes for the shell.
//! See <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html>.

use crate::variables::variable_key;

/// Returns the command, with every parameter of the policy and the event pattern.
///
/// SAM keeps the stack's value of each parameter that a deployment leaves out. A command without the
/// defaults would keep old values, and an old event pattern would drop events that a wider policy keeps.
pub(super) fn deploy(values: &[(&'static str, String)], event_pattern: &str) -> String {
    let values = values.iter().map(|(name, value)| (parameter(name), value.as_str()));
    let overrides = values.chain([("EventPattern".to_owned(), event_pattern)]);
    let line = |(name, value)| {
        let text = format!("{name}={}", for_sam(value));
        format!(" \\\n  {}", for_shell(&text))
    };
    format!("sam deploy --parameter-overrides{}", overrides.map(line).collect::<String>())
}

/// Returns the name of a parameter: `EventTypes` for `FORWARDER_EVENT_TYPES`.
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
    // SAM refuses `Rules=`; it takes `Rules=""` as the empty text.
    if !value.is_empty() && value.chars().all(is_plain) {
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
