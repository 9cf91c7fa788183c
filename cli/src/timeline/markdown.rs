//! The story in Markdown, to paste into a post-mortem.

use super::course::words;
use super::summary::{self, Row};
use super::text::{Times, span};
use crate::story::{Line, Story};
use crate::table::visible;
use std::fmt::Write;

/// The whole page.
pub(super) fn page(story: &Story, rows: &[Row], lines: &[&Line]) -> String {
    let times = Times::of(story);
    let mut page =
        format!("## {}\n\n{}\n", cell(&story.headline), cell(&summary::title(story).join(" · ")));
    if !rows.is_empty() {
        page.push_str("\n| Time (UTC) | Outcome | Where | Revision | Took | What |\n");
        page.push_str("| --- | --- | --- | --- | --- | --- |\n");
        for row in rows {
            let time = row.at_ms.map(|ms| times.at(ms)).unwrap_or_default();
            let cells = [&time, row.word, &row.name, &row.definition, &row.took, &row.text];
            page.push_str(&line(&cells));
        }
    }
    let _ = write!(page, "\n### Course of events, {}\n\n", span(story));
    page.push_str("| Time (UTC) | Type | Where | What |\n| --- | --- | --- | --- |\n");
    for it in lines {
        let time = times.at(it.first_ms);
        page.push_str(&line(&[&time, it.event_type.as_str(), &it.place, &words(it)]));
    }
    page
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|text| cell(text)).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// Text that Markdown takes for nothing else.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    for char in visible(text).chars() {
        if matches!(char, '|' | '<' | '>' | '*' | '_' | '`' | '[' | ']' | '\\' | '#') {
            cell.push('\\');
        }
        cell.push(char);
    }
    cell
}
