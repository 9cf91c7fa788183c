//! Charts as inline SVG. The page has a table with the same numbers beside each.

use super::bytes::Volume;
use crate::table::{number, visible};
use maud::{Markup, html};
use std::collections::BTreeMap;

const WIDTH: f64 = 960.0;
const ROW: f64 = 44.0;
/// Approximate width of a letter.
const LETTER: f64 = 7.4;

#[expect(clippy::cast_precision_loss, reason = "a picture has fewer digits")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn px(number: f64) -> String {
    format!("{number:.1}")
}

/// One box of the flame chart, with as much of its name as fits.
struct Cell {
    left: f64,
    width: f64,
    level: usize,
    name: String,
    bytes: Volume,
}

/// Flame chart of kinds, their clusters and their services. The width of a box is its bytes.
pub(super) fn flame(places: &BTreeMap<[String; 3], Volume>) -> Markup {
    let whole: usize = places.values().map(|bytes| bytes.bytes_in).sum();
    let mut cells: Vec<Cell> = Vec::new();
    for level in 0..3 {
        let mut left = 0.0;
        let mut open: Option<(Vec<&String>, usize)> = None;
        for (names, bytes) in places {
            let path: Vec<_> = names.iter().take(level + 1).collect();
            let width = share(bytes.bytes_in, whole) * WIDTH;
            match &open {
                Some((last, at)) if *last == path => {
                    if let Some(cell) = cells.get_mut(*at) {
                        cell.width += width;
                        cell.bytes.events += bytes.events;
                        cell.bytes.bytes_in += bytes.bytes_in;
                        cell.bytes.bytes_out += bytes.bytes_out;
                    }
                }
                _ => {
                    let name = path.last().map(|name| visible(name)).unwrap_or_default();
                    open = Some((path, cells.len()));
                    cells.push(Cell { left, width, level, name, bytes: *bytes });
                }
            }
            left += width;
        }
    }
    let height = ROW * 3.0;
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img"
            aria-label="Bytes by kind, cluster and service; the table below has the numbers" {
            @for cell in cells.iter().filter(|cell| cell.width >= 0.5) {
                (flame_cell(cell))
            }
        }
    }
}

fn flame_cell(cell: &Cell) -> Markup {
    let Cell { left, width, level, name, bytes } = cell;
    #[expect(clippy::cast_precision_loss, reason = "there are three levels")]
    let top = *level as f64 * ROW;
    let kept = share(bytes.bytes_out, bytes.bytes_in).min(1.0) * width;
    let short = name.strip_prefix("ECS ").unwrap_or(name);
    let short = short.strip_suffix(" State Change").unwrap_or(short);
    html! {
        g class=(format!("level{level}")) {
            title { (name) ": " (number(bytes.events)) " events, " (number(bytes.bytes_in)) " bytes in, " (number(bytes.bytes_out)) " stored" }
            rect.back x=(px(*left)) y=(px(top)) width=(px((width - 1.5).max(0.5))) height=(px(ROW - 2.0)) rx="2" {}
            rect.kept x=(px(*left)) y=(px(top + ROW - 8.0)) width=(px((kept - 1.5).max(0.0))) height="6" rx="2" {}
            @if let Some(label) = fitting(short, *width - 10.0) {
                text x=(px(left + 6.0)) y=(px(top + 23.0)) { (label) }
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is a number of letters, not below 0"
)]
fn fitting(text: &str, width: f64) -> Option<String> {
    let room = (width / LETTER).max(0.0) as usize;
    if text.chars().count() <= room {
        return Some(text.to_owned());
    }
    (room >= 4).then(|| text.chars().take(room - 1).chain(['…']).collect())
}

/// A bar in a table: all bytes, and the part that is stored.
pub(super) fn bar(part: usize, stored: usize, whole: usize) -> Markup {
    let (part, stored) = (share(part, whole) * 200.0, share(stored, whole) * 200.0);
    html! {
        svg.bar viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true" {
            rect.back x="0" y="0" width=(px(part.min(200.0))) height="12" {}
            rect.kept x="0" y="0" width=(px(stored.min(200.0))) height="12" {}
        }
    }
}

/// Number of events of each type per step of time.
pub(super) struct Steps {
    pub(super) first_ms: i64,
    pub(super) step_ms: i64,
    pub(super) counts: Vec<[usize; 3]>,
}

const STEPS: i64 = 60;
/// Round steps of time, in minutes.
const STEP_MINUTES: [i64; 10] = [1, 5, 15, 60, 180, 360, 1440, 10_080, 43_200, 525_600];

/// The shortest step that divides this many minutes into at most sixty.
pub(super) fn steps(minutes: &BTreeMap<i64, [usize; 3]>) -> Option<Steps> {
    let (first, last) = (*minutes.keys().next()?, *minutes.keys().next_back()?);
    let fits = |step: &i64| (last.div_euclid(*step) - first.div_euclid(*step)) < STEPS;
    let step = STEP_MINUTES.into_iter().find(fits).unwrap_or((last - first) / STEPS + 1);
    let start = first.div_euclid(step);
    let count = usize::try_from(last.div_euclid(step) - start + 1).ok()?;
    let mut counts = vec![[0; 3]; count];
    for (minute, events) in minutes {
        let at = usize::try_from(minute.div_euclid(step) - start).ok()?;
        for (sum, count) in counts.get_mut(at)?.iter_mut().zip(events) {
            *sum += count;
        }
    }
    Some(Steps { first_ms: start * step * 60_000, step_ms: step * 60_000, counts })
}

/// Column chart over time, with errors at the bottom, where they are easiest to compare.
pub(super) fn columns(steps: &Steps) -> Markup {
    const HEIGHT: f64 = 160.0;
    let most = steps.counts.iter().map(|it| it.iter().sum()).max().unwrap_or(1);
    #[expect(clippy::cast_precision_loss, reason = "there are sixty")]
    let width = WIDTH / steps.counts.len().max(12) as f64;
    let mut rects = Vec::new();
    let mut left = 0.0;
    for [info, warn, error] in &steps.counts {
        let mut top = HEIGHT;
        for (class, count) in [("error", *error), ("warn", *warn), ("info", *info)] {
            let height = share(count, most) * HEIGHT;
            top -= height;
            if count > 0 {
                rects.push((class, left, top, height));
            }
        }
        left += width;
    }
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img"
            aria-label="Events over time by event type; the table below has the numbers" {
            @for (class, left, top, height) in &rects {
                rect class=(class) x=(px(*left)) y=(px(*top)) width=(px((width - 2.0).min(40.0))) height=(px(*height)) {}
            }
            line x1="0" x2=(px(WIDTH)) y1=(px(HEIGHT - 0.5)) y2=(px(HEIGHT - 0.5)) {}
        }
    }
}
