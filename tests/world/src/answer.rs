//! How an invocation ended, and how tests ask about it.

use serde_json::Value;

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The function returned this.
    Response(Value),
    /// The function failed, and said so.
    Error { error_type: String, error_message: String },
    /// The deadline passed, or the process ended, without a word.
    NoAnswer,
}

impl Answer {
    /// What the function returned; anything else fails the test.
    pub fn response(&self) -> &Value {
        match self {
            Self::Response(value) => value,
            Self::Error { .. } | Self::NoAnswer => panic!("expected a response, got {self:?}"),
        }
    }

    /// The `errorType` of a failure; anything else fails the test.
    pub fn error_type(&self) -> &str {
        match self {
            Self::Error { error_type, .. } => error_type,
            Self::Response(_) | Self::NoAnswer => panic!("expected an error, got {self:?}"),
        }
    }

    /// The `errorMessage` of a failure; anything else fails the test.
    pub fn error_message(&self) -> &str {
        match self {
            Self::Error { error_message, .. } => error_message,
            Self::Response(_) | Self::NoAnswer => panic!("expected an error, got {self:?}"),
        }
    }

    /// The message ids in `batchItemFailures`, as they came; an answer of another shape fails.
    pub fn failed_message_ids(&self) -> Vec<String> {
        let failures = self.response().get("batchItemFailures").and_then(Value::as_array);
        let failures = failures.unwrap_or_else(|| panic!("no batchItemFailures in {self:?}"));
        let id = |failure: &Value| {
            let id = failure.get("itemIdentifier").and_then(Value::as_str);
            id.unwrap_or_else(|| panic!("no itemIdentifier in {failure}")).to_owned()
        };
        failures.iter().map(id).collect()
    }
}
