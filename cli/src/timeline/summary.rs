//! The rows of the story in columns.

use super::text::{self, beside};
use crate::glance::{Row, Times};
use crate::table::visible;
use crate::terminal::{self, ERROR, WARNING};
use anstyle::Style;
use ecs_event_forwarder::event::EventType;
use std::fmt::Write;

/// Long text in a column narrower than this has lines of its own.
const NARROW: usize = 40;

/// The style of a word.
pub(super) fn style(tone: EventType) -> Style {
    match tone {
        EventType::Info => Style::new(),
        EventType::Warn => WARNING,
        EventType::Error => ERROR,
    }
}

/// The rows in columns, at most so wide.
pub(super) fn page(rows: &[Row], times: &Times, width: usize) -> Vec<String> {
    let longest = |of: fn(&Row) -> &str, most: usize| {
        rows.iter().map(|row| of(row).chars().count().min(most)).max().unwrap_or_default()
    };
    let words = longest(|row| row.word, 9);
    let names = longest(|row| &row.name, 24);
    let definitions = longest(|row| &row.definition, 20);
    let tooks = longest(|row| &row.took, 9);
    let has_links = terminal::has_links();
    let line = |row: &Row| {
        let time = row.at_ms.map_or_else(|| "?".to_owned(), |ms| times.at(ms));
        let style = style(row.tone);
        let space = " ".repeat(words.saturating_sub(row.word.len()) + 2);
        let mut before = format!("{time}  {style}{}{style:#}{space}", row.word);
        let mut columns = time.chars().count() + 2 + words + 2;
        let link = row.link.as_deref().filter(|_| has_links);
        for (text, width, link) in [(&row.name, names, link), (&row.definition, definitions, None)]
        {
            if width > 0 {
                let text = visible(&text::cut(text, width));
                let space = " ".repeat(width.saturating_sub(text.chars().count()) + 2);
                let _ = write!(before, "{}{space}", terminal::link(&text, link));
                columns += width + 2;
            }
        }
        if tooks > 0 {
            let _ = write!(before, "{:>tooks$}  ", row.took);
            columns += tooks + 2;
        }
        beside(&before, columns, &row.text, width, NARROW)
    };
    rows.iter().map(line).collect()
}
