//! What a request must be before its members count.

use serde_json::json;

use super::timeless;
use crate::Fault;
use crate::Operation::CreateLogGroup;
use crate::client::{CALL_HEADERS, Client, Reply};

/// Sends a good request but for one header, and gives the error's type, if it is one.
fn check(method: &str, path: &str, name: &str, value: Option<&str>, body: &str) -> String {
    let world = timeless();
    let target = [("X-Amz-Target", "Logs_20140328.CreateLogGroup")];
    let mut headers: Vec<_> = CALL_HEADERS.into_iter().chain(target).collect();
    headers.retain(|(key, _)| *key != name);
    headers.extend(value.map(|value| (name, value)));
    let reply = Client::of(&world.logs).send(method, path, &headers, body.as_bytes());
    let reply: Reply = reply.expect("an answer");
    let violations = world.logs.violations();
    assert_eq!(violations.is_empty(), reply.status == 200, "{violations:?}");
    reply.error().0
}

const GOOD: &str = r#"{"logGroupName":"g"}"#;

#[test]
fn a_good_request_passes() {
    assert_eq!(check("POST", "/", "X-Other", Some("1"), GOOD), "");
}

#[test]
fn other_operations_are_refused_and_noted() {
    for name in ["DescribeLogGroups", "DescribeLogStreams", "DeleteLogGroup", "TagLogGroup"] {
        let target = format!("Logs_20140328.{name}");
        let kind = check("POST", "/", "X-Amz-Target", Some(&target), "{}");
        assert_eq!(kind, "UnknownOperationException", "{name}");
    }
    let world = timeless();
    let target = ("X-Amz-Target", "Logs_20140328.DescribeLogGroups");
    let headers = [&CALL_HEADERS[..], &[target]].concat();
    Client::of(&world.logs).send("POST", "/", &headers, b"{}").expect("an answer");
    let violations = world.logs.violations().concat();
    assert!(violations.contains("DescribeLogGroups"), "{violations}");
}

#[test]
fn a_call_is_a_plain_post_of_json_to_the_root() {
    let unknown = "UnknownOperationException";
    assert_eq!(check("PUT", "/", "X-Other", None, GOOD), unknown);
    assert_eq!(check("POST", "/logs", "X-Other", None, GOOD), unknown);
    assert_eq!(check("POST", "/", "X-Amz-Target", Some("CreateLogGroup"), GOOD), unknown);
    assert_eq!(check("POST", "/", "Content-Type", Some("application/json"), GOOD), unknown);
    assert_eq!(check("POST", "/", "Content-Encoding", Some("gzip"), GOOD), unknown);
}

#[test]
fn a_call_is_signed_for_logs_with_the_session_token_of_temporary_keys() {
    let check = |name: &str, value: Option<&str>| check("POST", "/", name, value, GOOD);
    let credential = |id: &str, service: &str| {
        format!("AWS4-HMAC-SHA256 Credential={id}/20261123/eu-west-1/{service}/aws4_request, x")
    };
    assert_eq!(check("Authorization", None), "MissingAuthenticationTokenException");
    let other = credential("ASIAX", "s3");
    assert_eq!(check("Authorization", Some(&other)), "InvalidSignatureException");
    assert_eq!(check("X-Amz-Date", None), "InvalidSignatureException");
    assert_eq!(check("X-Amz-Security-Token", None), "UnrecognizedClientException");
    assert_eq!(check("X-Amz-Security-Token", Some("other")), "UnrecognizedClientException");
}

#[test]
fn a_body_is_one_json_object() {
    for body in ["", "[]", "{", "null"] {
        assert_eq!(check("POST", "/", "X-Other", None, body), "SerializationException", "{body}");
    }
}

#[test]
fn access_denied_comes_in_the_words_of_iam_and_other_errors_in_those_of_the_service() {
    let world = timeless();
    let suffer = |fault| {
        world.logs.fail(CreateLogGroup, fault);
        let reply = Client::of(&world.logs).call(CreateLogGroup, &json!({"logGroupName": "g"}));
        reply.expect("an answer").json()
    };
    let denied = |action: &str| {
        let role = "arn:aws:sts::123456789012:assumed-role/ecs-event-forwarder/ecs-event-forwarder";
        let group = "arn:aws:logs:eu-west-1:123456789012:log-group:g:log-stream:";
        let message = format!(
            "User: {role} is not authorized to perform: {action} on resource: {group} because no \
             identity-based policy allows the {action} action"
        );
        json!({"__type": "AccessDeniedException", "Message": message})
    };
    assert_eq!(suffer(Fault::AccessDenied), denied("logs:CreateLogGroup"));
    let fault = Fault::AccessDeniedTo("logs:TagResource");
    assert_eq!(suffer(fault), denied("logs:TagResource"));
    let throttled = json!({"__type": "ThrottlingException", "message": "Rate exceeded"});
    assert_eq!(suffer(Fault::Throttle), throttled);
    assert!(world.logs.group("g").is_none());
}

#[test]
#[should_panic(expected = "against CloudWatch Logs")]
fn a_violation_that_nobody_reads_fails_the_test() {
    let world = timeless();
    let reply = Client::of(&world.logs).send("GET", "/", &[], b"");
    assert_eq!(reply.expect("an answer").status, 400);
}
