//! The text of a value → arrivals.

use super::found::Found;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::event::{Arrival, Origin};
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::json::{self, Shape, Value};
use std::borrow::Cow;

/// The start of the message with which CloudWatch Logs tests a subscription.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>.
const CONTROL_MESSAGE: &str = "CWL CONTROL MESSAGE: ";

/// Returns the arrivals in one value: a payload, or a wrapper with one as its message.
pub(super) fn arrivals(found: Found) -> Vec<Arrival> {
    let text = match found.text {
        Ok(text) => text,
        Err(offset) => {
            let event = Err(Failure::UnreadablePayload { offset: Some(offset) });
            return vec![Arrival { origin: Origin::Direct, event, bytes: offset }];
        }
    };
    let payload = message(&text).unwrap_or(text);
    if payload.starts_with(CONTROL_MESSAGE) {
        return Vec::new();
    }
    let compact = |mut arrival: Arrival| {
        if let Ok(event) = &arrival.event {
            // EventBridge sends no white space; programs that write events to files add it.
            arrival.bytes = event.text().len();
        }
        arrival
    };
    decode(Payload::from(payload)).map(compact).collect()
}

/// Returns the payload inside a wrapper, for example:
///
/// ```text
/// "{\"version\":…}"                              --query 'events[].message'
/// {"message":"{\"version\":…}","timestamp":…}    a log event
/// [{"field":"@message","value":"{…}"}]           a row of get-query-results
/// {"@message":{"version":…}}                     a row that the console of Logs Insights copies
/// {"MessageId":"…","Body":"{\"version\":…}"}     a message of aws sqs receive-message
/// ```
fn message(text: &str) -> Option<String> {
    if text.starts_with('"') {
        return Some(json::unescape(text).into_owned());
    }
    let is_row = text.starts_with('[');
    if !is_row && !text.contains("essage\"") && !text.contains("\"Body\"") {
        return None;
    }
    let json = json::scan(text.to_owned()).ok()?;
    let root = json.root();
    if is_row {
        let mut fields = root.elements();
        let message = fields.find(|it| it.get_string("field").as_deref() == Some("@message"))?;
        return message.get_string("value").map(Cow::into_owned);
    }
    let is_payload = ["detail-type", "requestContext", "Records"]
        .into_iter()
        .any(|member| root.get(member).is_some());
    if is_payload {
        return None;
    }
    let is_of_sqs = root.get("MessageId").or(root.get("ReceiptHandle")).is_some();
    let body = root.get("Body").filter(|_| is_of_sqs);
    root.get("message").or(root.get("@message")).or(body).and_then(carried)
}

/// Returns the content of a string, or the text of an object.
fn carried(value: Value<'_>) -> Option<String> {
    match value.shape() {
        Shape::String => value.string().map(Cow::into_owned),
        Shape::Object => Some(value.text().to_owned()),
        Shape::Array | Shape::Scalar | Shape::Null => None,
    }
}
