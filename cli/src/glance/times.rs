//! Times as people read them.

use crate::story::Story;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How times are written: in their zone, with their day where the story has several.
pub(crate) struct Times {
    zone: TimeZone,
    has_days: bool,
    /// False if no event has a time.
    are_known: bool,
}

const UNKNOWN: &str = "?";

impl Times {
    /// For the times of a story.
    pub(crate) fn of(story: &Story, zone: TimeZone) -> Self {
        let times = Self { zone, has_days: false, are_known: story.first_ms.is_some() };
        let has_days =
            story.first_ms.map(|ms| times.day(ms)) != story.last_ms.map(|ms| times.day(ms));
        Self { has_days, ..times }
    }

    /// `14:00:04`, or `11-19 14:00:04`.
    pub(crate) fn at(&self, ms: i64) -> String {
        if !self.are_known {
            return UNKNOWN.to_owned();
        }
        self.format(ms, if self.has_days { "%m-%d %T" } else { "%T" })
    }

    /// The same, or `?` in as many columns, for an event without a time.
    pub(crate) fn at_or_unknown(&self, ms: i64, has_time: bool) -> String {
        let at = self.at(ms);
        if has_time { at } else { format!("{UNKNOWN:<width$}", width = at.len()) }
    }

    /// The name of the zone: `UTC`.
    pub(crate) fn zone(&self, ms: i64) -> String {
        self.format(ms, "%Z")
    }

    /// `2026-11-19 13:20–14:21 UTC`.
    pub(crate) fn span(&self, story: &Story) -> String {
        let (Some(first), Some(last)) = (story.first_ms, story.last_ms) else {
            let nothing = if story.event_count == 0 { "no events" } else { "at unknown times" };
            return nothing.to_owned();
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
