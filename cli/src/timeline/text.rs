//! Times and columns on a page of a certain width.

use crate::story::Story;
use crate::table::visible;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The indentation of text that has lines of its own.
const INDENT: usize = 10;

/// How times are written: in their zone, with their day where the story has several.
pub(super) struct Times {
    zone: TimeZone,
    has_days: bool,
}

impl Times {
    /// For the times of a story.
    pub(super) fn of(story: &Story, zone: TimeZone) -> Self {
        let times = Self { zone, has_days: false };
        let has_days =
            story.first_ms.map(|ms| times.day(ms)) != story.last_ms.map(|ms| times.day(ms));
        Self { has_days, ..times }
    }

    /// `14:00:04`, or `11-19 14:00:04`.
    pub(super) fn at(&self, ms: i64) -> String {
        self.format(ms, if self.has_days { "%m-%d %T" } else { "%T" })
    }

    /// The name of the zone: `UTC`.
    pub(super) fn zone(&self, ms: i64) -> String {
        self.format(ms, "%Z")
    }

    /// `2026-11-19 13:20–14:21 UTC`.
    pub(super) fn span(&self, story: &Story) -> String {
        let (Some(first), Some(last)) = (story.first_ms, story.last_ms) else {
            return "no events".to_owned();
        };
        let (from, to) = (self.format(first, "%F %R"), self.format(last, "%F %R %Z"));
        if to.starts_with(&from) {
            return to;
        }
        let to = if self.has_days { to } else { self.format(last, "%R %Z") };
        format!("{from}–{to}")
    }

    /// `2026-11-19`.
    fn day(&self, ms: i64) -> String {
        self.format(ms, "%F")
    }

    fn format(&self, ms: i64, how: &str) -> String {
        let time = Timestamp::from_millisecond(ms).map(|it| it.to_zoned(self.zone.clone()));
        time.map(|it| it.strftime(how).to_string()).unwrap_or_default()
    }
}

/// Parts on a line, those that do not fit on the next.
pub(super) fn spread(parts: &[String], width: usize) -> String {
    const SPACE: &str = "   ";
    let mut lines: Vec<String> = Vec::new();
    for part in parts.iter().map(|part| visible(part)) {
        let fits =
            |line: &&mut String| line.chars().count() + SPACE.len() + part.chars().count() <= width;
        match lines.last_mut().filter(fits) {
            Some(line) => line.extend([SPACE, &part]),
            None => lines.extend(wrap(&part, width)),
        }
    }
    lines.join("\n")
}

/// Text beside what stands before it, wrapped to the width; the lines after the first are indented.
///
/// Where the column would be narrower than `narrow`, long text has lines of its own.
pub(super) fn beside(
    before: &str,
    before_columns: usize,
    text: &str,
    width: usize,
    narrow: usize,
) -> String {
    let text = visible(text);
    let room = width.saturating_sub(before_columns);
    if room >= narrow || text.chars().count() <= room {
        let indent = format!("\n{}", " ".repeat(before_columns));
        let page = format!("{before}{}", wrap(&text, room).join(&indent));
        return page.trim_end().to_owned();
    }
    let indent = format!("\n{}", " ".repeat(INDENT));
    let lines = wrap(&text, width.saturating_sub(INDENT)).join(&indent);
    format!("{}{indent}{lines}", before.trim_end())
}

/// Lines of at most so many characters, broken at spaces where there are any.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        let space = usize::from(used > 0);
        if used + space + word.len() <= room {
            add(&mut lines, space, &word);
            used += space + word.len();
            continue;
        }
        if used > 0 {
            lines.push(String::new());
        }
        while word.len() > room {
            let rest = word.split_off(room);
            add(&mut lines, 0, &word);
            lines.push(String::new());
            word = rest;
        }
        add(&mut lines, 0, &word);
        used = word.len();
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

fn add(lines: &mut [String], spaces: usize, word: &[char]) {
    if let Some(line) = lines.last_mut() {
        line.extend(std::iter::repeat_n(' ', spaces));
        line.extend(word);
    }
}

/// The text, its end cut off where it is longer than that.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    text.chars().take(columns.saturating_sub(1)).chain(['…']).collect()
}
