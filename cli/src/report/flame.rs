//! Flame chart of kinds, their clusters and their services. The page has a table with the same
//! numbers below it.

use super::bar::{digits, share};
use super::bytes::Volume;
use crate::table::{number, visible};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// One box: its bytes are its width.
struct Cell {
    left: f64,
    width: f64,
    name: String,
    bytes: Volume,
}

/// Narrower boxes, in percent of the chart, are not drawn.
const VISIBLE: f64 = 0.1;
/// Narrower boxes have no name.
const NAMED: f64 = 6.0;
/// Narrower boxes have no name on a phone.
const NAMED_ON_PHONES: f64 = 20.0;

/// The chart, one line for each level.
pub(super) fn flame(places: &BTreeMap<[String; 3], Volume>) -> Markup {
    html! {
        div.flame role="img" aria-label="Bytes by kind, cluster and service; the table below has the numbers" {
            @for level in 0..3 {
                div class=(format!("level{level}")) {
                    @for cell in cells(places, level).iter().filter(|cell| cell.width >= VISIBLE) { (draw(cell)) }
                }
            }
        }
    }
}

/// The boxes of a level. Neighbours of the same name are one box.
fn cells(places: &BTreeMap<[String; 3], Volume>, level: usize) -> Vec<Cell> {
    let whole: usize = places.values().map(|bytes| bytes.bytes_in).sum();
    let mut cells: Vec<Cell> = Vec::new();
    let mut left = 0.0;
    let mut last: Option<Vec<&String>> = None;
    for (names, bytes) in places {
        let path: Vec<_> = names.iter().take(level + 1).collect();
        let width = share(bytes.bytes_in, whole) * 100.0;
        if let Some(cell) = cells.last_mut().filter(|_| last.as_ref() == Some(&path)) {
            cell.width += width;
            cell.bytes.add(*bytes);
        } else {
            let name = path.last().map(|name| visible(name)).unwrap_or_default();
            cells.push(Cell { left, width, name, bytes: *bytes });
            last = Some(path);
        }
        left += width;
    }
    cells
}

fn draw(cell: &Cell) -> Markup {
    let Cell { left, width, name, bytes } = cell;
    let kept = share(bytes.bytes_out, bytes.bytes_in).min(1.0) * 100.0;
    let short = name.strip_prefix("ECS ").unwrap_or(name);
    let short = short.strip_suffix(" State Change").unwrap_or(short);
    let title = format!(
        "{name}: {} events, {} bytes in, {} stored",
        number(bytes.events),
        number(bytes.bytes_in),
        number(bytes.bytes_out)
    );
    html! {
        div.slim[*width < NAMED_ON_PHONES] title=(title) style=(format!("left:{}%;width:{}%", digits(*left), digits(*width))) {
            @if *width >= NAMED { span { (short) } }
            i style=(format!("width:{}%", digits(kept))) {}
        }
    }
}
