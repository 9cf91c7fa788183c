//! Step 1: payload → arrivals.

use crate::event::{Arrival, Origin};
use crate::failure::Failure;
use crate::json::{self, Compact, Json, Shape, Value};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The text of a payload, or none if it is not JSON.
///
/// Its `Deserialize` never fails: after an error the runtime would answer in our place, and log the
/// text that it could not read.
pub struct Payload(Option<String>);

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer).ok();
        Ok(Self(raw.map(|raw| Box::<str>::from(raw).into_string())))
    }
}

impl From<String> for Payload {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

/// Returns the arrivals in a payload: the payload itself, or one for each record of an SQS batch.
///
/// Each record is read when the iterator reaches it. A record that cannot be read is an arrival
/// with a failure.
///
/// Batches: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>, on-failure records:
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>.
pub fn decode(Payload(text): Payload) -> impl Iterator<Item = Arrival> {
    let bytes = text.as_ref().map_or(0, String::len);
    let (direct, batch) =
        match text.ok_or(Failure::UnreadablePayload { offset: None }).and_then(scan) {
            Ok(json) if is_sqs(&json) => (None, Some(json)),
            other => (Some(other.and_then(event)), None),
        };
    let direct = direct.map(|event| Arrival { origin: Origin::Direct, event, bytes });
    let indexes: Vec<_> = batch.iter().flat_map(records).map(Value::index).collect();
    let strays = batch.as_ref().map_or(0, strays);
    let record = move |index| Some(record(batch.as_ref()?.value(index)));
    let of_batch = indexes.into_iter().filter_map(record);
    let stray = || Arrival {
        origin: Origin::Sqs { message_id: String::new() },
        event: Err(Failure::UnknownPayload),
        bytes: 0,
    };
    direct.into_iter().chain(of_batch).chain(std::iter::repeat_with(stray).take(strays))
}

/// The elements of `Records` that are objects.
fn records(json: &Json) -> impl Iterator<Item = Value<'_>> {
    let elements = json.root().get("Records").into_iter().flat_map(Value::elements);
    elements.filter(|element| element.shape() == Shape::Object)
}

/// Counts the elements of `Records` that are not objects. SQS writes none.
///
/// The scan has no nodes for most of them, so the text between the objects is searched.
fn strays(json: &Json) -> usize {
    let Some(array) = json.root().get("Records") else {
        return 0;
    };
    let (start, end) = array.span();
    let (mut at, end) = (start + 1, end - 1);
    let mut is_plain = true;
    for (start, next) in records(json).map(Value::span).chain([(end, end)]) {
        let between = json.text().get(at..start).unwrap_or_default();
        is_plain &= between.bytes().all(|byte| b", \t\r\n".contains(&byte));
        at = next;
    }
    let elements = if is_plain { Ok(Vec::new()) } else { serde_json::from_str(array.text()) };
    let elements: Vec<&RawValue> = elements.unwrap_or_default();
    elements.iter().filter(|element| !element.get().starts_with('{')).count()
}

/// True if there are records and all are SQS's.
fn is_sqs(json: &Json) -> bool {
    let is_of_sqs = |it: Value<'_>| it.get_string("eventSource").as_deref() == Some("aws:sqs");
    records(json).next().is_some() && records(json).all(is_of_sqs)
}

/// Reads one record. If it is not as SQS writes them, it fails alone.
///
/// Only two of its members are needed, and the scan already has them.
fn record(record: Value<'_>) -> Arrival {
    let message_id = record.get_string("messageId").unwrap_or_default().into_owned();
    let origin = Origin::Sqs { message_id };
    // Strict, because an escape that is not a character must not become another character.
    let body = record.get("body").and_then(|body| serde_json::from_str::<String>(body.text()).ok());
    let Some(body) = body else {
        let event = Err(Failure::UnreadablePayload { offset: None });
        return Arrival { origin, event, bytes: record.text().len() };
    };
    let bytes = body.len();
    Arrival { origin, bytes, event: scan(body).and_then(event) }
}

/// The most on-failure records around an event. Each failed drain of a queue can add one.
const RECORDS_AROUND: usize = 8;

/// Takes the event out of the on-failure records around it.
fn event(mut json: Json) -> Result<Compact, Failure> {
    for _ in 0..RECORDS_AROUND {
        let root = json.root();
        if is_event(root) {
            return json.into_compact().ok_or(Failure::UnknownPayload);
        }
        let inner = root.get("requestContext").and(root.get("requestPayload"));
        json = scan(inner.ok_or(Failure::UnknownPayload)?.text().to_owned())?;
    }
    Err(Failure::UnknownPayload)
}

/// True if the value has the form of an EventBridge event.
fn is_event(root: Value<'_>) -> bool {
    let is_string = |name| root.get(name).is_some_and(|value| value.shape() == Shape::String);
    is_string("detail-type") && is_string("source")
}

fn scan(text: String) -> Result<Json, Failure> {
    json::scan(text)
        .map_err(|malformed| Failure::UnreadablePayload { offset: Some(malformed.offset) })
}
