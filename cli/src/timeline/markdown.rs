//! The story in Markdown, to paste into a post-mortem.

use crate::glance::{Row, Times, title};
use crate::story::{Line, Story};
use crate::table::visible;
use std::fmt::Write;

/// The whole page.
pub(super) fn page(story: &Story, rows: &[Row], lines: &[&Line], times: &Times) -> String {
    let zone = times.zone(story.first_ms.unwrap_or_default());
    let mut page =
        format!("## {}\n\n{}\n", cell(&story.headline), cell(&title(story, times).join(" · ")));
    if !rows.is_empty() {
        let _ = writeln!(page, "\n| Time ({zone}) | Outcome | Where | Revision | Took | What |");
        page.push_str("| --- | --- | --- | --- | --- | --- |\n");
        for row in rows {
            let time = row.at_ms.map(|ms| times.at(ms)).unwrap_or_default();
            let name = linked(&row.name, row.link.as_deref());
            let [definition, took, text] =
                [&row.definition, &row.took, &row.text].map(|it| cell(it));
            page.push_str(&line(&[&time, row.word, &name, &definition, &took, &text]));
        }
    }
    let _ = write!(page, "\n### Course of events, {}\n\n", times.span(story));
    let _ = writeln!(page, "| Time ({zone}) | Type | Where | What |\n| --- | --- | --- | --- |");
    for it in lines {
        let time = times.at_or_unknown(it.first_ms, it.has_time);
        let place = linked(&it.place, story.links.get(&it.place).map(String::as_str));
        page.push_str(&line(&[
            time.trim_end(),
            it.event_type.as_str(),
            &place,
            &cell(&it.words()),
        ]));
    }
    page
}

fn line(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The text, as a link to the ECS console if there is an address.
fn linked(text: &str, address: Option<&str>) -> String {
    let text = cell(text);
    address.map_or_else(|| text.clone(), |address| format!("[{text}]({address})"))
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
