//! What the sections of the page need to tell the story.

use crate::glance::{self, Row, Times};
use crate::lacking;
use crate::story::Story;
use crate::table::visible;
use ecs_event_forwarder::event::EventType;
use ecs_event_forwarder::policy::Policy;
use jiff::tz::TimeZone;
use maud::{Markup, html};

/// The story, its rows, and its times in their zone.
pub(super) struct Telling<'a> {
    pub(super) story: &'a Story,
    pub(super) times: Times,
    pub(super) deployments: Vec<Row>,
    pub(super) trouble: Vec<Row>,
    /// The events that the policy drops and the story needs, in a sentence.
    pub(super) warning: Option<String>,
    /// The deployments on the chart, in the order of their rows.
    pub(super) marks: Vec<Mark>,
}

/// A deployment on the chart.
pub(super) struct Mark {
    /// The letter that it has in the table.
    pub(super) letter: char,
    pub(super) class: &'static str,
    pub(super) title: String,
    pub(super) begin_ms: i64,
    pub(super) end_ms: i64,
}

/// Deployments on the chart at most; further ones are only in the table.
const LETTERS: std::ops::RangeInclusive<char> = 'A'..='L';

impl<'a> Telling<'a> {
    pub(super) fn new(story: &'a Story, policy: &Policy, zone: TimeZone) -> Self {
        let times = Times::of(story, zone);
        let deployments = glance::deployments(story);
        let marks = deployments.iter().zip(LETTERS).map(|(row, letter)| mark(row, letter, story));
        Self {
            marks: marks.collect(),
            trouble: glance::trouble(story, &times),
            warning: lacking::warning(policy, story),
            deployments,
            times,
            story,
        }
    }

    /// What the events are of, when they happened, how many there are, and of how many deployments.
    pub(super) fn title(&self) -> Vec<String> {
        glance::title(self.story, &self.times).iter().map(|part| visible(part)).collect()
    }

    /// The verdict in one sentence.
    pub(super) fn headline(&self) -> String {
        match self.story.event_count {
            0 => "there is no event to report on".to_owned(),
            _ => visible(&self.story.headline),
        }
    }

    /// The worst that happened.
    pub(super) fn tone(&self) -> EventType {
        let rows = self.deployments.iter().chain(&self.trouble);
        rows.map(|row| row.tone).max().unwrap_or(EventType::Info)
    }

    /// True if the events are of several services or clusters, so that lines need their place.
    pub(super) fn has_places(&self) -> bool {
        self.story.places.len() > 1
    }

    /// The name of the zone that all times are in.
    pub(super) fn zone(&self) -> String {
        self.times.zone(self.story.first_ms.unwrap_or_default())
    }

    /// A time; none is unknown.
    pub(super) fn at(&self, ms: Option<i64>) -> Markup {
        html! {
            @if let Some(ms) = ms { (self.times.at(ms)) } @else { span.soft { "unknown" } }
        }
    }

    /// A place with the link to its page of the ECS console, if it has one.
    pub(super) fn place(&self, place: &str, service: &str) -> Markup {
        linked(place, self.story.links.get(service).map(String::as_str))
    }
}

fn mark(row: &Row, letter: char, story: &Story) -> Mark {
    let begin_ms = row.begin_ms.or(story.first_ms).unwrap_or_default();
    let end_ms = row.end_ms.or(story.last_ms).unwrap_or(begin_ms).max(begin_ms);
    let title = visible(&format!("{} {} {}: {}", row.word, row.place, row.definition, row.text));
    Mark { letter, class: class(row.tone), title, begin_ms, end_ms }
}

/// The text, as a link if there is an address.
pub(super) fn linked(text: &str, address: Option<&str>) -> Markup {
    let text = visible(text);
    html! {
        @match address {
            Some(address) => a href=(address) rel="noreferrer" { (text) },
            None => (text),
        }
    }
}

/// The class of a tone's colours.
pub(super) fn class(tone: EventType) -> &'static str {
    match tone {
        EventType::Info => "info",
        EventType::Warn => "warn",
        EventType::Error => "error",
    }
}
