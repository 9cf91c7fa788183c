//! One happening, and how equal ones share a line.

use super::line::Line;
use crate::story::event::StoryEvent;
use crate::story::shared::Shared;
use crate::story::span::Span;
use ecs_event_forwarder::event::EventType;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// Equal things that happen so close to each other share a line.
const TOGETHER_MS: i64 = 5 * 60 * 1000;

/// One happening before equal ones are put together. There are about as many as events.
pub(super) struct Happening {
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    pub(super) has_time: bool,
    pub(super) event_type: EventType,
    place: Arc<str>,
    what: Arc<str>,
    pub(super) took: Option<Span>,
    /// The indices of its events in the story.
    pub(super) members: Vec<u32>,
    /// True once a task has run: its later events do not move the line.
    pub(super) is_settled: bool,
}

/// Puts equal happenings into one line if not too much time lies between, in order of when each
/// first happened.
pub(super) fn together(mut happenings: Vec<Happening>) -> Vec<Line> {
    // In place: the buffer of a stable sort would hold half of them.
    happenings.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
    let mut lines: Vec<Line> = Vec::new();
    let mut latest: HashMap<(Arc<str>, Arc<str>), usize> = HashMap::new();
    for happening in happenings {
        let at = latest.entry((Arc::clone(&happening.place), Arc::clone(&happening.what)));
        let at = at.or_insert(lines.len());
        let is_close = |it: &&mut Line| {
            happening.first_ms - it.last_ms <= TOGETHER_MS && happening.has_time == it.has_time
        };
        if let Some(before) = lines.get_mut(*at).filter(is_close) {
            before.add(happening);
        } else {
            *at = lines.len();
            lines.push(happening.into_line());
        }
    }
    lines
}

impl Happening {
    pub(super) fn of(event: &StoryEvent, what: &str, shared: &mut Shared) -> Self {
        Self {
            first_ms: event.time_ms,
            last_ms: event.time_ms,
            has_time: event.has_time,
            event_type: event.event_type,
            place: shared.text(&event.place()),
            what: shared.text(what),
            took: None,
            members: Vec::new(),
            is_settled: false,
        }
    }

    /// Adds the event with this index in the story.
    pub(super) fn add(&mut self, index: usize) {
        // Memory ends long before.
        self.members.extend(u32::try_from(index));
    }

    fn order(&self) -> impl Ord + '_ {
        let worst = Reverse(self.event_type);
        (!self.has_time, self.first_ms, worst, self.last_ms, &self.place, &self.what, &self.members)
    }

    fn into_line(self) -> Line {
        Line {
            first_ms: self.first_ms,
            last_ms: self.last_ms,
            has_time: self.has_time,
            event_type: self.event_type,
            place: self.place.to_string(),
            what: self.what.to_string(),
            took: self.took,
            times: 1,
            events: self.members.len(),
            members: self.members,
        }
    }
}

impl Line {
    fn add(&mut self, happening: Happening) {
        self.last_ms = self.last_ms.max(happening.last_ms);
        self.event_type = self.event_type.max(happening.event_type);
        self.times += 1;
        self.events += happening.members.len();
        self.members.extend(happening.members);
        let both = [self.took, happening.took].into_iter().flatten();
        self.took = Span::of(both.flat_map(|it| [it.min_ms, it.max_ms]));
    }
}
