//! One happening, and how equal ones share a line.

use super::line::Line;
use crate::story::event::StoryEvent;
use crate::story::span::Span;
use std::collections::HashMap;

/// Equal things that happen so close to each other share a line.
const TOGETHER_MS: i64 = 5 * 60 * 1000;

/// One happening before equal ones are put together.
pub(super) struct Happening {
    pub(super) line: Line,
    /// True once a task has run: its later events do not move the line.
    pub(super) is_settled: bool,
}

/// Puts equal happenings into one line if not too much time lies between.
pub(super) fn together(happenings: Vec<Happening>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    // By place, then by what happened, so that looking up copies no text.
    let mut latest: HashMap<String, HashMap<String, usize>> = HashMap::new();
    for Happening { line, .. } in happenings {
        let (place, what) = line.key();
        let at = latest.get(place).and_then(|of_place| of_place.get(what));
        let before = at.and_then(|at| lines.get_mut(*at));
        let is_close = |it: &&mut Line| {
            line.first_ms - it.last_ms <= TOGETHER_MS && line.has_time == it.has_time
        };
        if let Some(before) = before.filter(is_close) {
            before.last_ms = before.last_ms.max(line.last_ms);
            before.event_type = before.event_type.max(line.event_type);
            before.times += line.times;
            before.events += line.events;
            before.members.extend(line.members);
            let both = [before.took, line.took].into_iter().flatten();
            before.took = Span::of(both.flat_map(|it| [it.min_ms, it.max_ms]));
        } else {
            let of_place = latest.entry(line.place.clone()).or_default();
            of_place.insert(line.what.clone(), lines.len());
            lines.push(line);
        }
    }
    lines
}

impl Happening {
    pub(super) fn of(event: &StoryEvent, index: usize, what: String) -> Self {
        let line = Line {
            first_ms: event.time_ms,
            last_ms: event.time_ms,
            has_time: event.has_time,
            event_type: event.event_type,
            place: event.place(),
            what,
            took: None,
            times: 1,
            events: 1,
            members: u32::try_from(index).into_iter().collect(),
        };
        Self { line, is_settled: false }
    }
}
