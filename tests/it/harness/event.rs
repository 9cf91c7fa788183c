//! Events that are told apart by a number, each with a secret in it.

use jiff::Timestamp;
use serde_json::{Value, json};

use world::{ACCOUNT, REGION, real_now_ms, sqs_batch};

/// The secret of each event. It is stored, because it is in the reason of a container, but nobody else
/// may see it.
pub(crate) const SECRET: &str = "planted-secret";

const ID: &str = "00000000-0000-4000-8000-";

/// An event of a task that stopped.
#[derive(Clone)]
pub(crate) struct Event(Value);

impl Event {
    /// The event with this number, of this moment, in the cluster `prod`.
    pub(crate) fn task(number: u64) -> Self {
        let arn = |what: &str| format!("arn:aws:ecs:{REGION}:{ACCOUNT}:{what}");
        let task = arn(&format!("task/prod/{number:032x}"));
        let overrides = json!({"containerOverrides": [
            {"name": "app", "environment": [{"name": "PASSWORD", "value": SECRET}]}
        ]});
        let event = Self(json!({
            "version": "0",
            "id": format!("{ID}{number:012}"),
            "detail-type": "ECS Task State Change",
            "source": "aws.ecs",
            "account": ACCOUNT,
            "region": REGION,
            "resources": [task],
            "detail": {
                "clusterArn": arn("cluster/prod"),
                "taskArn": task,
                "group": "service:web",
                "lastStatus": "STOPPED",
                "desiredStatus": "STOPPED",
                "stopCode": "EssentialContainerExited",
                "stoppedReason": "Essential container in task exited",
                "containers": [{"name": "app", "exitCode": 1, "reason": SECRET}],
                "overrides": overrides,
                "version": 5
            }
        }));
        event.at(real_now_ms())
    }

    /// The same event in another cluster.
    pub(crate) fn in_cluster(self, name: &str) -> Self {
        let arn = format!("arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{name}");
        self.with_detail("clusterArn", arn)
    }

    /// The same event at another time.
    pub(crate) fn at(self, time_ms: i64) -> Self {
        let at = Timestamp::from_millisecond(time_ms).expect("a time that can be written");
        let second = Timestamp::from_second(time_ms.div_euclid(1000)).expect("as above");
        self.with("time", second.to_string()).with_detail("updatedAt", format!("{at:.3}"))
    }

    /// The same event with another field in its envelope.
    pub(crate) fn with(self, field: &str, value: impl Into<Value>) -> Self {
        self.with_member("", field, value.into())
    }

    /// The same event with another field in its detail.
    pub(crate) fn with_detail(self, field: &str, value: impl Into<Value>) -> Self {
        self.with_member("/detail", field, value.into())
    }

    fn with_member(mut self, object: &str, field: &str, value: Value) -> Self {
        let object = self.0.pointer_mut(object).and_then(Value::as_object_mut);
        object.expect("an event has both").insert(field.to_owned(), value);
        self
    }

    /// The same event of another kind, and so in another stream.
    pub(crate) fn of_kind(self, detail_type: &str) -> Self {
        self.with("detail-type", detail_type)
    }

    /// The same event with this many bytes, which a long reason fills.
    pub(crate) fn of_bytes(self, bytes: usize) -> Self {
        let reason = |length: usize| self.clone().with_detail("stoppedReason", "x".repeat(length));
        let around = reason(0).text().len();
        reason(bytes.checked_sub(around).expect("an event has more bytes than that"))
    }

    /// Its JSON on one line.
    pub(crate) fn text(&self) -> String {
        self.0.to_string()
    }
}

impl From<Event> for Vec<u8> {
    fn from(event: Event) -> Self {
        event.text().into_bytes()
    }
}

/// An SQS batch with a message for each event. Its id is `m` and the number of the event.
pub(crate) fn sqs(events: &[Event]) -> Vec<u8> {
    let bodies: Vec<(String, String)> = events
        .iter()
        .map(Event::text)
        .map(|body| (format!("m{}", number_of(&body)), body))
        .collect();
    let messages: Vec<(&str, &String)> =
        bodies.iter().map(|(message_id, body)| (message_id.as_str(), body)).collect();
    sqs_batch(&messages)
}

/// The number of the event in this text.
pub(crate) fn number_of(text: &str) -> u64 {
    let (_, rest) = text.split_once(ID).expect("an event of ours");
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}
