//! Events without secrets, for output that shows their text.

use ecs_event_forwarder::json::{self, Json};
use ecs_event_forwarder::redact::redact;

/// The whole event with its secrets replaced, as the function would store it.
pub(crate) fn redacted(event: &Json) -> Json {
    json::scan(redact(json::compact(event.text()))).expect("a redacted event is JSON")
}
