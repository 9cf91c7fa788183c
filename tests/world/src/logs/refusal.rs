//! The errors of CloudWatch Logs, in AWS JSON 1.1.

use serde_json::json;

use crate::http::Response;

/// An error in an answer of CloudWatch Logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub kind: &'static str,
    pub message: String,
    /// True if a correct client never gets this error.
    pub is_violation: bool,
}

impl Refusal {
    /// An error that a correct client can get.
    pub fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, message: message.into(), is_violation: false }
    }

    /// An error that only a wrong client gets.
    pub fn violation(kind: &'static str, message: impl Into<String>) -> Self {
        Self { is_violation: true, ..Self::new(400, kind, message) }
    }

    /// A parameter that breaks one of AWS's rules.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::violation("InvalidParameterException", message)
    }

    /// A member whose value breaks a constraint of the service model, in AWS's words.
    pub fn constraint(value: &str, member: &str, constraint: &str) -> Self {
        Self::invalid(format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy \
             constraint: Member must {constraint}"
        ))
    }

    /// The group is missing.
    pub fn no_group() -> Self {
        Self::new(400, "ResourceNotFoundException", "The specified log group does not exist.")
    }

    /// The stream is missing.
    pub fn no_stream() -> Self {
        Self::new(400, "ResourceNotFoundException", "The specified log stream does not exist.")
    }

    /// The group or stream exists already.
    pub fn exists(what: &str) -> Self {
        let message = format!("The specified {what} already exists");
        Self::new(400, "ResourceAlreadyExistsException", message)
    }

    /// The bytes of the answer.
    pub fn response(&self) -> Response {
        // IAM answers before the service does, and writes the key in its own way.
        let key = if self.kind == "AccessDeniedException" { "Message" } else { "message" };
        let body = json!({ "__type": self.kind, key: self.message });
        answer(self.status, &body.to_string())
    }
}

/// An answer of the service.
pub(super) fn answer(status: u16, body: &str) -> Response {
    let headers = vec![
        ("x-amzn-RequestId", "5c1e9f30-7a1d-4f0e-9d9b-2d1f7a3b6c54".to_owned()),
        ("Content-Type", "application/x-amz-json-1.1".to_owned()),
    ];
    Response { status, headers, body: body.as_bytes().to_vec() }
}
