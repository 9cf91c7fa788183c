//! What is said where nothing is found.

use super::select::Select;
use crate::glance::Times;
use crate::story::{self, Fact};
use crate::table::number;
use jiff::tz::TimeZone;

/// Why nothing is shown, and what there is instead.
pub(super) fn nothing(select: &Select, facts: Vec<Fact>, zone: TimeZone) -> String {
    let nearest = select.nearest(&facts);
    let story = story::tell(facts);
    if story.events == 0 {
        return "nothing found: there was no event to read".to_owned();
    }
    let noun = if story.events == 1 { "event" } else { "events" };
    let read =
        format!("{} {noun} read, {}", number(story.events), Times::of(&story, zone).span(&story));
    let why = match nearest.as_slice() {
        [] => "none of them has all of that".to_owned(),
        nearest => nearest.join("; "),
    };
    format!("nothing found in {read}: {why}")
}
