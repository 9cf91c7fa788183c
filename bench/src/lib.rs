//! The events of the benchmark: made from those of `events/`, in several sizes, each with its own ids.

use serde_json::Value;
use serde_json::value::RawValue;

/// Lambda's limit on a payload.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const PAYLOAD_BYTES: usize = 6 * 1024 * 1024;

/// The place of the last twelve digits of an id.
const MARK: &str = "############";

macro_rules! event {
    ($name:literal) => {
        include_str!(concat!("../../events/", $name, ".json"))
    };
}

/// The events that an SQS batch holds, in turn.
const MIX: [&str; 10] = [
    event!("deployment-in-progress"),
    event!("task-pending"),
    event!("task-running"),
    event!("task-run-with-overrides"),
    event!("task-stopped"),
    event!("container-instance-registered"),
    event!("task-five-containers"),
    event!("task-out-of-memory"),
    event!("task-exited-with-error"),
    event!("service-steady-state"),
];

/// An event without its ids, because the forwarder drops an event that it has seen before.
#[derive(Clone)]
pub struct Template(String);

impl Template {
    /// Makes a template from an event as EventBridge writes it.
    fn of(compact: &str) -> Self {
        let event: Value = serde_json::from_str(compact).expect("events/ holds JSON");
        let detail = &event["detail"];
        let arn = detail["taskArn"].as_str().or(detail["containerInstanceArn"].as_str());
        let changed = arn.and_then(|arn| arn.rsplit('/').next());
        let mut text = compact.to_owned();
        for id in event["id"].as_str().into_iter().chain(changed) {
            let (kept, _) = id.split_at(id.len() - MARK.len());
            text = text.replace(id, &[kept, MARK].concat());
        }
        Self(text)
    }

    /// Returns the event with this number in its ids.
    pub fn event(&self, number: u64) -> String {
        self.0.replace(MARK, &format!("{number:012}"))
    }
}

/// A task with overrides, 3.6 KB.
pub fn task() -> Template {
    Template::of(&compact(event!("task-run-with-overrides")))
}

/// A container instance, 5 KB: a new one without some of its attributes.
pub fn container_instance() -> Template {
    let event = compact(event!("container-instance-registered"));
    let cut = |kept| with_elements(&event, "\"attributes\":[", "],\"clusterArn\"", kept);
    let kept = (1..).find(|kept| cut(kept + 1).len() > 5_000);
    Template::of(&cut(kept.expect("it has many attributes")))
}

/// A deployment of half a kilobyte; nothing of it is trimmed.
pub fn deployment() -> Template {
    Template::of(&compact(event!("deployment-in-progress")))
}

/// A task with this many containers of 0.7 KB.
pub fn task_of(containers: usize) -> Template {
    let event = compact(event!("task-five-containers"));
    Template::of(&with_elements(&event, "\"containers\":[", "],\"cpu\":\"1024\"", containers))
}

/// A task of 61 KB.
pub fn large_task() -> Template {
    let containers = (1..).find(|containers| task_of(containers + 1).0.len() > 61 * 1024);
    task_of(containers.expect("events grow"))
}

/// An SQS batch with this many records.
pub fn sqs(records: usize, number: u64) -> String {
    let mut source = Records::from(number);
    let records: Vec<_> = (0..records).map(|_| source.take()).collect();
    wrap(&records)
}

/// An SQS batch of as many records as a payload can hold.
pub fn full_sqs(number: u64) -> String {
    let mut source = Records::from(number);
    let mut records = Vec::new();
    let mut bytes = wrap(&records).len();
    loop {
        let record = source.take();
        bytes += record.len() + 1;
        if bytes > PAYLOAD_BYTES {
            return wrap(&records);
        }
        records.push(record);
    }
}

/// Messages as SQS hands them to Lambda.
struct Records {
    number: u64,
    mix: Vec<Template>,
}

impl Records {
    fn from(number: u64) -> Self {
        Self { number, mix: MIX.iter().map(|event| Template::of(&compact(event))).collect() }
    }

    fn take(&mut self) -> String {
        let number = self.number;
        self.number += 1;
        let turn = usize::try_from(number).expect("64 bits") % self.mix.len();
        let body = Value::String(self.mix[turn].event(number));
        format!(
            r#"{{"messageId":"1007c9a9-4089-402b-650c-{number:012}","receiptHandle":"AQEB{number:0180}==","body":{body},"attributes":{{"ApproximateReceiveCount":"1","SentTimestamp":"1795098033100","SenderId":"AIDAIOSFODNN7EXAMPLE","ApproximateFirstReceiveTimestamp":"1795098033104"}},"messageAttributes":{{}},"md5OfBody":"266cf3845d58b99a798a0a43460d6a68","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:ecs-event-forwarder-failures","awsRegion":"us-east-1"}}"#
        )
    }
}

fn wrap(records: &[String]) -> String {
    ["{\"Records\":[", &records.join(","), "]}"].concat()
}

/// Removes the white space between tokens.
fn compact(json: &str) -> String {
    let (mut in_string, mut is_escaped) = (false, false);
    let is_kept = |c: &char| {
        let is_kept = in_string || !c.is_ascii_whitespace();
        in_string ^= *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        is_kept
    };
    json.chars().filter(is_kept).collect()
}

/// Returns the event with `count` elements between the two texts: its own elements, repeated.
fn with_elements(event: &str, open: &str, close: &str, count: usize) -> String {
    let (before, rest) = event.split_once(open).expect("the array is there");
    let (elements, after) = rest.split_once(close).expect("the array ends");
    let array = ["[", elements, "]"].concat();
    let elements: Vec<&RawValue> = serde_json::from_str(&array).expect("it is an array");
    let elements: Vec<_> = elements.into_iter().map(RawValue::get).cycle().take(count).collect();
    [before, open, &elements.join(","), close, after].concat()
}
