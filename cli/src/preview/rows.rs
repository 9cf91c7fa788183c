//! The events of the preview for people: two lines each.

use super::fate::Fate;
use super::row::word;
use crate::table::{Attribute, Color, columns, number, table, visible, widen};
use crate::terminal::DIM;
use comfy_table::Cell;
use ecs_event_forwarder::event::{EcsEvent, EventType, StopCategory};
use ecs_event_forwarder::line::End;
use ecs_event_forwarder::policy::Policy;
use std::fmt::Write;

/// The rows that are not yet printed, and the column widths of those that are.
pub(super) struct Rows {
    /// The common beginning of the policy's log groups.
    prefix: String,
    waiting: Vec<(Vec<Cell>, String)>,
    widths: Vec<u16>,
}

/// The width of all columns but the first, with the space between them.
const OTHER_COLUMNS: usize = 36;
/// A terminal of this width has room for everything.
const WIDE_COLUMNS: usize = 140;

impl Rows {
    pub(super) fn new(policy: &Policy) -> Self {
        let folder = policy.routes().log_group.prefix().rsplit_once('/');
        let prefix = folder.map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
        Self { prefix, waiting: Vec::new(), widths: Vec::new() }
    }

    pub(super) fn add(&mut self, fate: &Fate<'_>) {
        let room = columns().saturating_sub(OTHER_COLUMNS);
        let bytes_out = fate.kept.as_ref().map(|kept| number(kept.message.len()));
        let cells = vec![
            Cell::new(end_of(&fate.location.in_short(), room)),
            event_type(fate.event.as_ref()),
            Cell::new(number(fate.entry.bytes_in())),
            Cell::new(bytes_out.unwrap_or_default()),
            end(fate.entry.end()),
        ];
        self.waiting.push((cells, second_line(fate, &self.prefix)));
    }

    /// Takes the text of the waiting rows, in columns at least as wide as before.
    pub(super) fn take(&mut self) -> Option<String> {
        if self.waiting.is_empty() {
            return None;
        }
        let mut table = table(&["EVENT", "TYPE", "IN>", "OUT>", "END"]);
        let (cells, seconds): (Vec<_>, Vec<_>) = self.waiting.drain(..).unzip();
        table.add_rows(cells);
        widen(&mut table, &self.widths);
        let text = table.trim_fmt();
        let mut lines = text.lines();
        let header = lines.next().filter(|_| self.widths.is_empty());
        let mut shown = header.map(|header| format!("{header}\n")).unwrap_or_default();
        for (line, second) in lines.zip(seconds) {
            let _ = writeln!(shown, "{line}\n  {DIM}{second}{DIM:#}");
        }
        self.widths.resize(table.column_iter().len(), 0);
        for (widest, width) in self.widths.iter_mut().zip(table.column_max_content_widths()) {
            *widest = width.max(*widest);
        }
        shown.truncate(shown.trim_end().len());
        Some(shown)
    }
}

/// Describes an event that is not kept, in a line of its own.
pub(super) fn not_kept(fate: &Fate<'_>) -> String {
    format!("{}: {}", fate.location.in_full(), why_not(fate))
}

/// Returns the last part of a text that is too long, because file names differ at the end.
fn end_of(text: &str, columns: usize) -> String {
    let surplus = text.chars().count().saturating_sub(columns);
    if surplus == 0 {
        return text.to_owned();
    }
    let rest: String = text.chars().skip(surplus + 1).collect();
    format!("…{rest}")
}

fn event_type(event: Option<&EcsEvent<'_>>) -> Cell {
    let Some(event) = event else {
        return Cell::new("");
    };
    let cell = Cell::new(event.event_type.as_str());
    match event.event_type {
        EventType::Info => cell,
        EventType::Warn => cell.fg(Color::Yellow),
        EventType::Error => cell.fg(Color::Red),
    }
}

fn end(end: &End) -> Cell {
    let cell = Cell::new(word(end));
    match end {
        End::Stored => cell,
        End::Dropped(_) | End::Duplicate => cell.add_attribute(Attribute::Dim),
        End::Failed(_) => cell.fg(Color::Red),
    }
}

/// Returns kind, cluster and service, stop category, and the log group or why there is none.
fn second_line(fate: &Fate<'_>, prefix: &str) -> String {
    let Some(event) = &fate.event else {
        return why_not(fate);
    };
    let kind = match event.kind.known_detail_type() {
        Some(_) => event.kind.log_stream().to_owned(),
        None => visible(event.kind.detail_type()),
    };
    let cluster = event.cluster.as_deref().map_or_else(|| "no cluster".to_owned(), visible);
    let service = event.service.as_deref().map(|service| format!("/{}", visible(service)));
    let stop = event.stop_category.map(StopCategory::as_str).map(|stop| format!(" · {stop}"));
    let facts =
        [kind, " · ".to_owned(), cluster, service.unwrap_or_default(), stop.unwrap_or_default()]
            .concat();
    let Some(kept) = &fate.kept else {
        return format!("{facts}, {}", why_not(fate));
    };
    format!("{facts} → {}", short(&kept.destination.log_group, prefix))
}

/// Returns a log group, on a narrow terminal without the common beginning.
fn short(log_group: &str, prefix: &str) -> String {
    let is_long = !prefix.is_empty() && columns() < WIDE_COLUMNS;
    let rest = log_group.strip_prefix(prefix).filter(|_| is_long);
    rest.map_or_else(|| log_group.to_owned(), |rest| format!("…/{rest}"))
}

fn why_not(fate: &Fate<'_>) -> String {
    match fate.entry.end() {
        End::Stored => "kept".to_owned(),
        End::Dropped(reason) if fate.is_matched => format!("dropped by {}", reason.as_str()),
        End::Dropped(reason) => format!("dropped by {}, by the rule", reason.as_str()),
        End::Duplicate => "the same as an earlier event".to_owned(),
        End::Failed(failure) => failure.error_type().to_owned(),
    }
}
