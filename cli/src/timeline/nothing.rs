//! The sentence that is printed if nothing is found.

use super::select::Select;
use crate::glance::Times;
use crate::input::LeftOut;
use crate::story::{self, Story, StoryEvent};
use crate::table::number;
use jiff::tz::TimeZone;

/// Returns why nothing is shown, and the nearest names in the events.
pub(super) fn nothing(
    select: &Select,
    events: Vec<StoryEvent>,
    left_out: LeftOut,
    zone: TimeZone,
) -> String {
    let nearest = select.nearest(&events);
    let read = events.len();
    let mut story = story::tell(events);
    // All that were read, duplicates included, as those are counted that are out of time.
    story.event_count = read;
    let is_out_of_time = story.event_count == 0;
    if is_out_of_time {
        story.event_count = left_out.events;
        story.first_ms = left_out.times_ms.map(|(first, _)| first);
        story.last_ms = left_out.times_ms.map(|(_, last)| last);
    }
    if story.event_count == 0 {
        return "nothing found: there was no event to read".to_owned();
    }
    let read = format!("{} read, {}", count(&story), Times::of(&story, zone).span(&story));
    let why = match nearest.as_slice() {
        _ if is_out_of_time => "none of them is in the time that was asked for".to_owned(),
        [] => "none of them has all of that".to_owned(),
        nearest => nearest.join("; "),
    };
    format!("nothing found in {read}: {why}")
}

/// Returns why nothing of a story is shown.
pub(super) fn hidden(select: &Select, story: &Story, zone: TimeZone) -> String {
    let span = Times::of(story, zone).span(story);
    format!("nothing found: no {} in {}, {span}", select.shown_words(), count(story))
}

/// `18 events`.
fn count(story: &Story) -> String {
    let noun = if story.event_count == 1 { "event" } else { "events" };
    format!("{} {noun}", number(story.event_count))
}
