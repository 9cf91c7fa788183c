//! Events without secrets, for output that shows their text.

use ecs_event_forwarder::json::{self, Compact, Json};
use ecs_event_forwarder::message::Message;
use ecs_event_forwarder::redact::redact;

/// Returns the whole event with its secrets replaced, as the function would store it.
pub(crate) fn redacted(event: &Compact) -> Json {
    let message = redact(Message::whole(event));
    json::scan(message.into_string()).expect("a redacted event is JSON")
}
