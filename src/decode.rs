//! Step 1: payload → arrivals.

use crate::event::{Arrival, Origin};
use crate::failure::Failure;
use crate::json::{self, Compact, Json, Shape, Value};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The text of a payload, or none if it is not JSON.
///
/// Its `Deserialize` is total: an error would let the runtime answer in our place, and log what it
/// could not read.
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

/// The arrivals in a payload: itself, or one for each record of an SQS batch, read as it is asked for.
///
/// Total: what cannot be read is an arrival that says so.
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
    let places: Vec<_> = batch.iter().flat_map(records).map(Value::place).collect();
    let strays = batch.as_ref().map_or(0, strays);
    let record = move |place| Some(record(batch.as_ref()?.value(place)));
    let of_batch = places.into_iter().filter_map(record);
    let stray = || Arrival {
        origin: Origin::Sqs { message_id: String::new() },
        event: Err(Failure::UnknownPayload),
        bytes: 0,
    };
    direct.into_iter().chain(of_batch).chain(std::iter::repeat_with(stray).take(strays))
}

fn records(json: &Json) -> impl Iterator<Item = Value<'_>> {
    let elements = json.root().get("Records").into_iter().flat_map(Value::elements);
    elements.filter(|element| element.shape() == Shape::Object)
}

/// How many elements of `Records` are no objects. SQS writes none, and the scan notes only some.
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

fn is_sqs(json: &Json) -> bool {
    let is_of_sqs = |it: Value<'_>| it.get_string("eventSource").as_deref() == Some("aws:sqs");
    records(json).next().is_some() && records(json).all(is_of_sqs)
}

/// One record, which spares the others if it is not as SQS writes them.
///
/// Two of its members are all that is needed, and the scan has them already.
fn record(record: Value<'_>) -> Arrival {
    let message_id = record.get_string("messageId").unwrap_or_default().into_owned();
    let origin = Origin::Sqs { message_id };
    // Strictly: an escape that is no character must not become another one.
    let body = record.get("body").and_then(|body| serde_json::from_str::<String>(body.text()).ok());
    let Some(body) = body else {
        let event = Err(Failure::UnreadablePayload { offset: None });
        return Arrival { origin, event, bytes: record.text().len() };
    };
    let bytes = body.len();
    Arrival { origin, bytes, event: scan(body).and_then(event) }
}

/// A record of a record of a record: each failed drain of a queue can add one.
const RECORDS_AROUND: usize = 8;

/// The event, taken out of the on-failure records around it.
fn event(mut json: Json) -> Result<Compact, Failure> {
    for _ in 0..RECORDS_AROUND {
        let root = json.root();
        if is_event(root) {
            return Ok(json.into_compact());
        }
        let inner = root.get("requestContext").and(root.get("requestPayload"));
        json = scan(inner.ok_or(Failure::UnknownPayload)?.text().to_owned())?;
    }
    Err(Failure::UnknownPayload)
}

fn is_event(root: Value<'_>) -> bool {
    let is_string = |name| root.get(name).is_some_and(|value| value.shape() == Shape::String);
    is_string("detail-type") && is_string("source")
}

fn scan(text: String) -> Result<Json, Failure> {
    json::scan(text)
        .map_err(|malformed| Failure::UnreadablePayload { offset: Some(malformed.offset) })
}
