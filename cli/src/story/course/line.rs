//! A line of the course: something that happened, once or several times.

use crate::story::cause::event_type;
use crate::story::span::Span;
use ecs_event_forwarder::event::EventType;
use serde::Serialize;

/// Something that happened, once or several times.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    /// False if its event has no readable time.
    pub(crate) has_time: bool,
    #[serde(serialize_with = "event_type")]
    pub(crate) event_type: EventType,
    /// `cluster/service`.
    pub(crate) place: String,
    /// Description of one occurrence.
    pub(crate) what: String,
    /// How long it took or lasted.
    pub(crate) took: Option<Span>,
    /// How often.
    pub(crate) times: usize,
    /// Number of events in the line.
    pub(crate) events: usize,
    /// The indices of these events in the story.
    #[serde(skip)]
    pub(crate) members: Vec<u32>,
}

impl Line {
    /// `3× task web:43 ran out of memory, container web, exit 137, after 24–30 s`.
    pub(crate) fn words(&self) -> String {
        let times = if self.times > 1 { format!("{}× ", self.times) } else { String::new() };
        let word = match self.what.rsplit(' ').next() {
            Some("started") => " in ",
            Some("agent") => ", back after ",
            _ => ", after ",
        };
        let took = self.took.map(|it| format!("{word}{}", it.words())).unwrap_or_default();
        format!("{times}{}{took}", self.what)
    }
}
