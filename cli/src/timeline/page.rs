//! The story on a page: as text, Markdown or JSON.

use super::select::Select;
use super::{course, markdown, summary, text};
use crate::glance::{self, Row, Times};
use crate::lacking;
use crate::story::{Line, Story, StoryEvent};
use crate::table::{columns, number};
use crate::terminal;
use ecs_event_forwarder::policy::Policy;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::HashMap;
use std::io::{self, IsTerminal};

/// The options of a page.
pub(super) struct Page<'a> {
    pub(super) select: &'a Select,
    pub(super) policy: &'a Policy,
    pub(super) zone: TimeZone,
    pub(super) form: Form,
}

/// The form of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The summary and the course of events.
    Course,
    /// The summary and each event.
    Events,
    /// The summary alone.
    Summary,
    Json,
    Markdown,
}

/// The version of what `--json` prints: a field may be added to it, none changes.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Versioned<'a> {
    version: u32,
    #[serde(flatten)]
    story: &'a Story,
}

impl Page<'_> {
    /// True if the event is shown.
    pub(super) fn has(&self, event: &StoryEvent, names: &HashMap<&str, &str>) -> bool {
        if !self.select.hides() {
            return true;
        }
        let place = event.place();
        self.select.shows(event.event_type, &[&place, &event.words(names), &event.id])
    }

    /// How many events of the story are shown.
    pub(super) fn count(&self, story: &Story) -> usize {
        let names = story.names();
        story.events.iter().filter(|event| self.has(event, &names)).count()
    }

    /// Prints the story.
    pub(super) fn print(&self, story: &mut Story) -> io::Result<()> {
        let shows = |line: &Line| self.select.shows(line.event_type, &[&line.place, &line.what]);
        if self.form == Form::Json {
            story.course.retain(shows);
            return terminal::show(json(story));
        }
        let times = Times::of(story, self.zone.clone());
        let lines: Vec<&Line> = story.course.iter().filter(|line| shows(line)).collect();
        if self.form == Form::Markdown {
            let [mut rows, trouble] = self.rows(story, &times);
            rows.extend(trouble);
            return terminal::show(markdown::page(story, &rows, &lines, &times).trim_end());
        }
        terminal::show(self.summary(story))?;
        let width = columns();
        let lines = match self.form {
            Form::Events => {
                let names = story.names();
                let events: Vec<_> =
                    story.events.iter().filter(|it| self.has(it, &names)).collect();
                // Other programs get whole lines.
                let width = Some(width).filter(|_| io::stdout().is_terminal());
                course::events(&events, story, &times, width)
            }
            Form::Course => course::lines(&lines, story, &times, width),
            Form::Summary | Form::Json | Form::Markdown => Vec::new(),
        };
        if lines.is_empty() {
            return Ok(());
        }
        terminal::show(format!("\n{}", lines.join("\n")))
    }

    /// Returns the summary.
    pub(super) fn summary(&self, story: &Story) -> String {
        let (times, width) = (Times::of(story, self.zone.clone()), columns());
        let mut title = glance::title(story, &times);
        if self.select.hides() {
            title.push(format!("{} shown", number(self.count(story))));
        }
        let mut lines =
            vec![text::spread(&title, width), text::beside("", 0, &story.headline, width, 0)];
        let warning = lacking::warning(self.policy, story);
        lines.extend(warning.map(|warning| text::beside("", 0, &warning, width, 0)));
        for rows in self.rows(story, &times).iter().filter(|rows| !rows.is_empty()) {
            lines.push(String::new());
            lines.extend(summary::page(rows, &times, width));
        }
        lines.join("\n")
    }

    /// The rows of deployments, and those of trouble.
    fn rows(&self, story: &Story, times: &Times) -> [Vec<Row>; 2] {
        let mut rows = [glance::deployments(story), glance::trouble(story, times)];
        for rows in &mut rows {
            rows.retain(|it| {
                self.select.shows(it.tone, &[&it.place, &it.name, &it.definition, &it.text])
            });
        }
        rows
    }
}

fn json(story: &Story) -> String {
    let story = Versioned { version: VERSION, story };
    serde_json::to_string_pretty(&story).expect("a story has only names as keys")
}
