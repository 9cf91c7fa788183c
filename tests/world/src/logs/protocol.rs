//! AWS JSON 1.1 with a signature: the rules for a request, apart from its members.

use serde_json::{Map, Value};

use super::input::Input;
use super::operation::Operation;
use super::refusal::Refusal;
use crate::SESSION_TOKEN;
use crate::http::Request;

/// Reads a request, or returns the reason why AWS would refuse it.
pub(super) fn read(request: &Request) -> Result<Input, Refusal> {
    let operation = operation(request)?;
    check_signature(request)?;
    let members = members(&request.body)?;
    Input::read(operation, &members)
}

fn operation(request: &Request) -> Result<Operation, Refusal> {
    let target = request.header("x-amz-target").unwrap_or_default();
    let name = target.strip_prefix("Logs_20140328.").unwrap_or_default();
    let is_json = request.header("content-type") == Some("application/x-amz-json-1.1");
    let is_plain = request.header("content-encoding").is_none();
    let is_call = request.method == "POST" && request.path == "/" && is_json && is_plain;
    Operation::named(name).filter(|_| is_call).ok_or_else(|| {
        let message = format!("{} {} {target}", request.method, request.path);
        Refusal::violation("UnknownOperationException", message)
    })
}

/// Checks that the parts of a signature are there. Their content is the SDK's business.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>
fn check_signature(request: &Request) -> Result<(), Refusal> {
    let credential = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("AWS4-HMAC-SHA256 Credential="))
        .and_then(|value| value.split([',', ' ']).next());
    let Some(credential) = credential else {
        return Err(Refusal::violation("MissingAuthenticationTokenException", "no signature"));
    };
    if !credential.ends_with("/logs/aws4_request") || request.header("x-amz-date").is_none() {
        return Err(Refusal::violation("InvalidSignatureException", "a signature for another use"));
    }
    // Keys that begin so are temporary, as a function's always are.
    let is_temporary = credential.starts_with("ASIA");
    if is_temporary && request.header("x-amz-security-token") != Some(SESSION_TOKEN) {
        let message = "The security token included in the request is invalid.";
        return Err(Refusal::violation("UnrecognizedClientException", message));
    }
    Ok(())
}

fn members(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) | Err(_) => Err(Refusal::violation("SerializationException", "not a JSON object")),
    }
}
