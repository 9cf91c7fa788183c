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
        let (place, words) = (event.place(), event.words(names));
        let mut texts = event.texts();
        texts.extend([place.as_str(), words.as_str()]);
        self.select.shows(event.event_type, &texts)
    }

    /// Which events of the story are shown: those that have what was asked for, and those in a line
    /// of the course that has it. None if all are.
    fn shown(&self, story: &Story) -> Option<Vec<bool>> {
        if !self.select.hides() {
            return None;
        }
        let names = story.names();
        let mut shown: Vec<_> = story.events.iter().map(|event| self.has(event, &names)).collect();
        for line in &story.course {
            let words = line.words();
            for at in line.members.iter().filter_map(|at| usize::try_from(*at).ok()) {
                let event = story.events.get(at);
                let has =
                    |it: &StoryEvent| self.select.shows(it.event_type, &[&line.place, &words]);
                if let Some(shown) = shown.get_mut(at) {
                    *shown |= event.is_some_and(has);
                }
            }
        }
        Some(shown)
    }

    /// How many events of the story are shown.
    pub(super) fn count(&self, story: &Story) -> usize {
        let shown = self.shown(story);
        shown.map_or(story.events.len(), |it| it.into_iter().filter(|it| *it).count())
    }

    /// Prints the story.
    pub(super) fn print(&self, story: &mut Story) -> io::Result<()> {
        let shown = self.shown(story);
        let is_shown = |at: usize| shown.as_ref().is_none_or(|it| it.get(at) == Some(&true));
        let has_line = |line: &Line| {
            shown.is_none()
                || line.members.iter().any(|at| usize::try_from(*at).is_ok_and(is_shown))
        };
        if self.form == Form::Json {
            story.course.retain(has_line);
            return terminal::show(json(story));
        }
        let times = Times::of(story, self.zone.clone());
        let lines: Vec<&Line> = story.course.iter().filter(|line| has_line(line)).collect();
        if self.form == Form::Markdown {
            let [mut rows, trouble] = self.rows(story, &times);
            rows.extend(trouble);
            return terminal::show(markdown::page(story, &rows, &lines, &times).trim_end());
        }
        terminal::show(self.summary(story))?;
        let width = columns();
        let lines = match self.form {
            Form::Events => {
                let events = story.events.iter().enumerate();
                let events: Vec<_> =
                    events.filter(|(at, _)| is_shown(*at)).map(|(_, event)| event).collect();
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
                let texts = [it.word, &it.place, &it.name, &it.id, &it.definition, &it.text];
                self.select.shows(it.tone, &texts)
            });
        }
        rows
    }
}

fn json(story: &Story) -> String {
    let story = Versioned { version: VERSION, story };
    serde_json::to_string_pretty(&story).expect("a story has only names as keys")
}
