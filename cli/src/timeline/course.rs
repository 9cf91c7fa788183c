//! The course of events: one line for each thing that happened, or for each event.

use super::summary::style;
use super::text::{beside, cut};
use crate::glance::Times;
use crate::story::{Line, Story, StoryEvent};
use crate::table::visible;
use crate::terminal;
use std::fmt::Write;

/// Long text in a column narrower than this has lines of its own.
const NARROW: usize = 20;

/// Returns the lines of the course of events, with equal ones grouped.
pub(super) fn lines(lines: &[&Line], story: &Story, times: &Times, width: usize) -> Vec<String> {
    let has_places = story.places.len() > 1;
    let places = lines.iter().map(|line| line.place.chars().count().min(24)).max();
    let places = places.filter(|_| has_places).unwrap_or_default();
    let has_links = terminal::has_links();
    let line = |line: &&Line| {
        let time = times.at_or_unknown(line.first_ms, line.has_time);
        let kind = line.event_type.as_str();
        let style = style(line.event_type);
        let mut columns = time.len() + 2 + 5 + 2;
        let space = " ".repeat(5 - kind.len() + 2);
        let mut before = format!("{time}  {style}{kind}{style:#}{space}");
        if places > 0 {
            let place = visible(&cut(&line.place, places));
            let space = " ".repeat(places.saturating_sub(place.chars().count()) + 2);
            let address = story.links.get(&line.place).filter(|_| has_links);
            let _ =
                write!(before, "{}{space}", terminal::link(&place, address.map(String::as_str)));
            columns += places + 2;
        }
        beside(&before, columns, &line.words(), width, NARROW)
    };
    lines.iter().map(line).collect()
}

/// Each event in a line of its own; cut at the width if there is one.
pub(super) fn events(
    events: &[&StoryEvent],
    story: &Story,
    times: &Times,
    width: Option<usize>,
) -> Vec<String> {
    let names = story.names();
    let has_places = story.places.len() > 1;
    let has_links = terminal::has_links();
    let line = |event: &&StoryEvent| {
        let (kind, style) = (event.event_type.as_str(), style(event.event_type));
        let id: String = event.id.chars().take(8).collect();
        let place = if has_places { format!("{}  ", event.place()) } else { String::new() };
        let text = visible(&format!("{id}  {place}{}", event.words(&names)));
        let time = times.at_or_unknown(event.time_ms, event.has_time);
        let space = " ".repeat(5 - kind.len() + 2);
        let room = width.map(|width| width.saturating_sub(time.len() + 2 + 5 + 2));
        let text = room.map_or_else(|| text.clone(), |room| cut(&text, room));
        let address = has_links.then(|| Story::link_of_task(event)).flatten();
        let text = match (text.split_once("task "), address) {
            (Some((before, after)), Some(address)) => {
                let (name, rest) = after.split_at(after.find(' ').unwrap_or(after.len()));
                format!("{before}task {}{rest}", terminal::link(name, Some(&address)))
            }
            _ => text,
        };
        format!("{time}  {style}{kind}{style:#}{space}{text}")
    };
    events.iter().map(line).collect()
}
