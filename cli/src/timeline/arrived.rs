//! Reduces an arrival to the fields that the story needs.

use crate::redacted::redacted;
use crate::story::{Shared, StoryEvent};
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::event::Arrival;
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::policy::Policy;

/// Returns the fields that the story needs, with secrets redacted.
///
/// # Errors
///
/// It cannot be read, or the policy does not accept its source.
pub(super) fn event(
    arrival: &Arrival,
    policy: &Policy,
    shared: &mut Shared,
) -> Result<StoryEvent, Failure> {
    let event = redacted(arrival.event.as_ref().map_err(Failure::clone)?);
    let known = classify(&event, policy.sidecars());
    if !policy.accepts_source(&known.envelope.source) {
        return Err(Failure::ForeignSource);
    }
    Ok(StoryEvent::of(&event, &known, policy.sidecars(), shared))
}
