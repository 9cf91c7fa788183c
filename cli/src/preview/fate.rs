//! The facts that the preview shows about an arrival.

use crate::input::Location;
use ecs_event_forwarder::event::EcsEvent;
use ecs_event_forwarder::judge::Kept;
use ecs_event_forwarder::line::Entry;

/// An arrival with everything that the preview shows about it.
pub(super) struct Fate<'a> {
    pub(super) location: &'a Location,
    pub(super) entry: Entry,
    /// True if the rule would invoke the function for it.
    pub(super) is_matched: bool,
    /// The classified event, unless it failed.
    pub(super) event: Option<EcsEvent<'a>>,
    pub(super) kept: Option<Kept>,
}
