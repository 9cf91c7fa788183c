//! What goes in has the shape that Lambda gives it.

use serde_json::{Value, json};

use crate::{event, fixture, on_failure_record, sqs_batch};

const EVENT: &str = r#"{"b":1.50,"a":"\u00fc"}"#;

#[test]
fn a_batch_holds_each_body_as_a_text() {
    let batch = sqs_batch(&[("m-1", EVENT), ("m-2", "not json")]);
    let batch: Value = serde_json::from_slice(&batch).expect("JSON");
    let of = |key: &str| -> Vec<Value> {
        let records = batch["Records"].as_array().into_iter().flatten();
        records.map(|record| record[key].clone()).collect()
    };
    assert_eq!(of("messageId"), [json!("m-1"), json!("m-2")]);
    assert_eq!(of("body"), [json!(EVENT), json!("not json")]);
    assert_eq!(of("eventSource"), [json!("aws:sqs"), json!("aws:sqs")]);
}

#[test]
fn a_failure_record_holds_the_event_letter_by_letter() {
    let record = on_failure_record(EVENT);
    assert!(record.contains(&format!("\"requestPayload\":{EVENT}")), "{record}");
    let record: Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
}

#[test]
#[should_panic(expected = "events/no-such-event.json: ")]
fn a_missing_event_is_named() {
    event("no-such-event.json");
}

#[test]
#[should_panic(expected = "tests/fixtures/no-such-fixture.json: ")]
fn a_missing_fixture_is_named() {
    fixture("no-such-fixture.json");
}
