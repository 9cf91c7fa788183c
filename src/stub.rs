//! Step 4 for an event that is too large to store: event → message with its identity only.

use crate::json::{Compact, Shape, Value};
use crate::log::limit::STUB_BYTES;
use crate::message::Message;

/// Values longer than this are replaced by their length.
const LONG_BYTES: usize = 1024;
/// The most bytes of the envelope in a stub, and the room for the `forwarder` object.
const ENVELOPE_BYTES: usize = STUB_BYTES / 4;
const FORWARDER_BYTES: usize = 4 * 1024;

/// The fields of `detail` that identify an event, or give the reason why a task stopped.
const IDENTITY: [&str; 34] = [
    "agentConnected",
    "clusterArn",
    "connectivityAt",
    "containerInstanceArn",
    "createdAt",
    "deploymentId",
    "desiredStatus",
    "ec2InstanceId",
    "eventName",
    "eventType",
    "executionStoppedAt",
    "group",
    "lastStatus",
    "launchType",
    "pullStartedAt",
    "pullStoppedAt",
    "reason",
    "registeredAt",
    "requestID",
    "service",
    "serviceName",
    "startedAt",
    "startedBy",
    "status",
    "statusReason",
    "stopCode",
    "stoppedAt",
    "stoppedReason",
    "stoppingAt",
    "taskArn",
    "taskDefinitionArn",
    "updatedAt",
    "version",
    "errorCode",
];
/// The fields of a container that a stub keeps.
const OF_CONTAINERS: [&str; 4] = ["name", "lastStatus", "exitCode", "reason"];

/// Returns a valid event of at most [`STUB_BYTES`]: the envelope, the fields that identify the event,
/// and the reasons for a stop. Long values are replaced by their length.
pub fn stub(event: &Compact) -> Message {
    let mut stub = Stub { out: String::with_capacity(STUB_BYTES) };
    stub.out.push('{');
    let is_envelope = |key: &str| key != "detail" && key != "forwarder";
    stub.put_members(event.root(), ENVELOPE_BYTES, is_envelope);
    if let Some(detail) = event.root().get("detail").filter(|it| it.shape() == Shape::Object) {
        stub.separate();
        stub.out.push_str("\"detail\":{");
        let most = STUB_BYTES - FORWARDER_BYTES;
        stub.put_members(detail, most, |key| IDENTITY.contains(&key));
        if let Some(containers) = detail.get("containers") {
            stub.put_containers(containers, most);
        }
        stub.out.push('}');
    }
    stub.out.push('}');
    Message::of_step(stub.out)
}

struct Stub {
    out: String,
}

impl Stub {
    fn separate(&mut self) {
        if !self.out.ends_with(['{', '[']) {
            self.out.push(',');
        }
    }

    /// Adds the wanted members, as long as the stub stays within `most` bytes.
    fn put_members(&mut self, object: Value<'_>, most: usize, is_wanted: impl Fn(&str) -> bool) {
        for member in object.children().filter(|member| is_wanted(&member.key())) {
            let bytes = member.text().len();
            let length = format!("\"({bytes} bytes)\"");
            let value = if bytes > LONG_BYTES { &length } else { member.text() };
            let key = serde_json::to_string(&member.key()).unwrap_or_default();
            if self.out.len() + key.len() + value.len() + 2 > most {
                continue;
            }
            self.separate();
            self.out.push_str(&key);
            self.out.push(':');
            self.out.push_str(value);
        }
    }

    /// Adds the containers, as long as the stub has room for the next one.
    fn put_containers(&mut self, containers: Value<'_>, most: usize) {
        self.separate();
        self.out.push_str("\"containers\":[");
        for container in containers.elements() {
            if self.out.len() + OF_CONTAINERS.len() * (LONG_BYTES + 32) > most {
                break;
            }
            self.separate();
            self.out.push('{');
            self.put_members(container, most, |key| OF_CONTAINERS.contains(&key));
            self.out.push('}');
        }
        self.out.push(']');
    }
}
