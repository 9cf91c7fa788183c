//! What happened: the verdict, deployments, why tasks stopped, trouble, the course of events.

use super::bar::bar;
use super::over_time::over_time;
use super::table::{self, others, table};
use super::telling::{Telling, class, linked};
use crate::glance::Row;
use crate::story::{Line, Stops};
use crate::table::{number, visible};
use ecs_event_forwarder::event::EventType;
use maud::{Markup, html};
use std::cmp::Reverse;

/// Rows of a table at most, before the rest is summed up.
const ROWS: usize = 40;
/// Lines of the course of events at most.
const LINES: usize = 300;

/// The sentence that is the verdict, and what, when and how much.
pub(super) fn verdict(telling: &Telling<'_>) -> Markup {
    html! {
        header class=(class(telling.tone())) {
            p.about { @for part in telling.title() { span { (part) } } }
            h1 { (telling.headline()) }
            @if let Some(warning) = &telling.warning { p { span.warn { (warning) } } }
        }
    }
}

/// Every deployment: those that failed first, each followed by its rollback.
pub(super) fn deployments(telling: &Telling<'_>) -> Markup {
    let rows = &telling.deployments;
    if rows.is_empty() {
        return html! {};
    }
    let columns = [
        table::short(""),
        table::short("began"),
        table::short("outcome"),
        table::name("service"),
        table::text("revision"),
        table::short("took"),
        table::name("how it went"),
    ];
    let letters = telling.marks.iter().map(|mark| Some(mark.letter)).chain(std::iter::repeat(None));
    let cells = rows.iter().zip(letters).take(ROWS).map(|(row, letter)| {
        vec![
            html! { @if let Some(letter) = letter { b class={ "mark " (class(row.tone)) } { (letter) } } },
            telling.at(row.begin_ms),
            outcome(row),
            html! { (linked(&row.place, row.link.as_deref())) " " small { (visible(&row.name)) } },
            html! { (visible(row.definition.rsplit('/').next().unwrap_or_default())) },
            html! { (row.took) },
            html! { (visible(&row.text)) },
        ]
    });
    let mut cells: Vec<_> = cells.collect();
    cells.extend(rest(rows.len(), "deployments", columns.len()));
    html! {
        section {
            h2 { "Deployments" }
            (table("Deployments", &columns, &cells))
        }
    }
}

/// A last row that says how many the table leaves out, if it does.
fn rest(all: usize, noun: &str, columns: usize) -> Option<Vec<Markup>> {
    let left_out = all.checked_sub(ROWS).filter(|count| *count > 0)?;
    let mut cells = vec![html! {}; columns];
    *cells.last_mut()? = others(left_out, noun);
    Some(cells)
}

fn outcome(row: &Row) -> Markup {
    html! { span class={ "word " (class(row.tone)) } { (row.word) } }
}

/// Every stopped task, by service and reason.
pub(super) fn stops(telling: &Telling<'_>) -> Markup {
    let stops = &telling.story.stops;
    if stops.is_empty() {
        return html! {};
    }
    let (shown, left_out) = stops.split_at(stops.len().min(ROWS));
    let all: usize = stops.iter().map(|it| it.tasks).sum();
    let most = stops.iter().map(|it| it.tasks).max().unwrap_or(0);
    let columns = [
        table::name("service or job"),
        table::name("why"),
        table::short("they lived"),
        table::bars(),
        table::number("tasks"),
    ];
    let mut rows: Vec<_> = shown.iter().map(|it| stop(it, most, telling)).collect();
    if !left_out.is_empty() {
        let tasks = left_out.iter().map(|it| it.tasks).sum();
        rows.push(vec![
            others(left_out.len(), "reasons"),
            html! {},
            html! {},
            html! {},
            html! { (number(tasks)) },
        ]);
    }
    html! {
        section {
            h2 { "Why tasks stopped" }
            p {
                data data-total="stops" value=(all) { (number(all)) }
                @if all == 1 { " task" } @else { " tasks" } " stopped. Each one counts once."
            }
            (table("Stopped tasks by service and reason", &columns, &rows))
        }
    }
}

fn stop(stops: &Stops, most: usize, telling: &Telling<'_>) -> Vec<Markup> {
    let is_routine = stops.event_type == EventType::Info;
    let dark = if is_routine { 0 } else { stops.tasks };
    vec![
        telling.place(&stops.place, &stops.service),
        html! { span class=(class(stops.event_type)) { (visible(&stops.why)) } },
        html! { @if let Some(lived) = stops.lived { (lived.words()) } },
        html! { span class=(class(stops.event_type)) { (bar(stops.tasks, dark, most)) } },
        html! { (number(stops.tasks)) },
    ]
}

/// What went wrong outside deployments, and standalone tasks.
pub(super) fn trouble(telling: &Telling<'_>) -> Markup {
    let rows = &telling.trouble;
    if rows.is_empty() {
        return html! {};
    }
    let columns =
        [table::short("from"), table::short("type"), table::name("where"), table::name("what")];
    let cells = rows.iter().take(ROWS).map(|row| {
        vec![
            telling.at(row.at_ms),
            outcome(row),
            linked(&row.name, row.link.as_deref()),
            html! { (visible(&row.text)) },
        ]
    });
    let mut cells: Vec<_> = cells.collect();
    cells.extend(rest(rows.len(), "rows", columns.len()));
    html! {
        section {
            h2 { "Outside deployments" }
            (table("Trouble and standalone tasks outside deployments", &columns, &cells))
        }
    }
}

/// The chart over time, and what happened in order.
pub(super) fn course(telling: &Telling<'_>) -> Markup {
    let lines = &telling.story.course;
    if lines.is_empty() {
        return html! {};
    }
    let shown = shown(lines);
    let left_out = lines.len() - shown.len();
    let has_places = telling.has_places();
    let mut columns = vec![table::short("time"), table::short("type")];
    columns.extend(has_places.then(|| table::name("where")));
    columns.push(table::name("what"));
    let row = |line: &&Line| {
        let mut cells = vec![
            html! { (telling.times.at_or_unknown(line.first_ms, line.has_time).trim_end()) },
            html! { span class={ "word " (class(line.event_type)) } { (line.event_type.as_str()) } },
        ];
        cells.extend(has_places.then(|| telling.place(&line.place, &line.place)));
        cells.push(html! { (visible(&line.words())) });
        cells
    };
    let rows: Vec<_> = shown.iter().map(row).collect();
    html! {
        section.course {
            h2 { "Course of events" }
            p {
                "All times are " (telling.zone()) ". "
                @if !telling.marks.is_empty() {
                    "Bars above the columns are deployments, with their letters from the table. "
                }
                "Equal things within five minutes share a line."
            }
            (over_time(telling))
            (table("Course of events", &columns, &rows))
            @if left_out > 0 {
                p { (number(left_out)) " more lines are left out, routine ones first; `ecs-events timeline` prints all." }
            }
        }
    }
}

/// All lines; where there are too many, those that matter most, in their order.
fn shown(lines: &[Line]) -> Vec<&Line> {
    let is_deployment =
        |line: &Line| line.what.starts_with("deployment ") || line.what.starts_with("rollback ");
    let mut lines: Vec<_> = lines.iter().enumerate().collect();
    lines.sort_by_key(|(at, line)| (Reverse((line.event_type, is_deployment(line))), *at));
    lines.truncate(LINES);
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, line)| line).collect()
}
