//! The end of an invocation, and what tests read from it.

use serde_json::Value;

/// The end of an invocation.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The value that the function returned.
    Response(Value),
    /// The error that the function reported.
    Error { error_type: String, error_message: String },
    /// No answer: the deadline passed, or the process ended.
    NoAnswer,
}

impl Answer {
    /// The value that the function returned. Any other end fails the test.
    pub fn response(&self) -> &Value {
        match self {
            Self::Response(value) => value,
            Self::Error { .. } | Self::NoAnswer => panic!("expected a response, got {self:?}"),
        }
    }

    /// The `errorType` of a failure. Any other end fails the test.
    pub fn error_type(&self) -> &str {
        match self {
            Self::Error { error_type, .. } => error_type,
            Self::Response(_) | Self::NoAnswer => panic!("expected an error, got {self:?}"),
        }
    }

    /// The `errorMessage` of a failure. Any other end fails the test.
    pub fn error_message(&self) -> &str {
        match self {
            Self::Error { error_message, .. } => error_message,
            Self::Response(_) | Self::NoAnswer => panic!("expected an error, got {self:?}"),
        }
    }

    /// The message ids in `batchItemFailures`, in order. An answer without it fails the test.
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
