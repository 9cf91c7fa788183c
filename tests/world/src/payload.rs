//! Payloads for the function.

use std::path::Path;

use serde_json::{Value, json};

use super::{ACCOUNT, REGION};

/// A file of `events/`.
pub fn event(name: &str) -> Vec<u8> {
    read("events", name)
}

/// A file of `tests/fixtures/`.
pub fn fixture(name: &str) -> Vec<u8> {
    read("tests/fixtures", name)
}

fn read(folder: &str, name: &str) -> Vec<u8> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(folder).join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// The payload that Lambda makes of SQS messages, which are pairs of a message id and a body.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
pub fn sqs_batch<Body: AsRef<str>>(messages: &[(&str, Body)]) -> Vec<u8> {
    let record = |(message_id, body): &(&str, Body)| {
        json!({
            "messageId": message_id,
            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
            "body": body.as_ref(),
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1545082649183",
                "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp": "1545082649185"
            },
            "messageAttributes": {},
            "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:ecs-events-undelivered"),
            "awsRegion": REGION
        })
    };
    let records: Vec<Value> = messages.iter().map(record).collect();
    json!({ "Records": records }).to_string().into_bytes()
}

/// The record that Lambda sends to an on-failure destination. It holds the event's text unchanged.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
pub fn on_failure_record(request_payload: &str) -> String {
    let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:ecs-event-forwarder:$LATEST");
    let around = json!({
        "version": "1.0",
        "timestamp": "2026-11-23T02:13:05.918Z",
        "requestContext": {
            "requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e",
            "functionArn": arn,
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3
        },
        "requestPayload": "@",
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled"
        },
        "responsePayload": {
            "errorType": "Forwarder.Undelivered",
            "errorMessage": "an earlier failure"
        }
    });
    around.to_string().replacen("\"@\"", request_payload, 1)
}
