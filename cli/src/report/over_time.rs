//! Events over time, with the deployments above them.

use super::bar::{digits, legend, share};
use super::table::{self, table};
use super::telling::{Mark, Telling};
use crate::story::Story;
use crate::table::number;
use ecs_event_forwarder::event::EventType;
use maud::{Markup, html};

/// Number of events of each type per step of time.
struct Steps {
    first_ms: i64,
    step_ms: i64,
    counts: Vec<[usize; 3]>,
}

impl Steps {
    /// Number of events in the highest column.
    fn most(&self) -> usize {
        self.counts.iter().map(|it| it.iter().sum()).max().unwrap_or(1)
    }
}

/// Columns at most.
const STEPS: i64 = 60;
/// Columns at least, so that one event does not fill the chart.
const FEWEST: i64 = 12;
const MINUTE_MS: i64 = 60_000;
/// Round steps of time, in minutes.
const STEP_MINUTES: [i64; 10] = [1, 5, 15, 60, 180, 360, 1440, 10_080, 43_200, 525_600];
/// Height of the columns in the SVG's own units.
const HEIGHT: f64 = 100.0;

/// The chart of the story, and a table with the same numbers.
pub(super) fn over_time(telling: &Telling<'_>) -> Markup {
    let Some(steps) = steps(telling.story) else {
        return html! {};
    };
    let at = |step: usize| steps.first_ms + i64::try_from(step).unwrap_or(0) * steps.step_ms;
    let rows = steps.counts.iter().enumerate().filter(|(_, it)| it.iter().any(|n| *n > 0));
    let rows = rows.map(|(step, counts)| {
        let counts = counts.iter().map(|count| html! { (number(*count)) });
        std::iter::once(html! { (telling.times.at(at(step))) }).chain(counts).collect()
    });
    let rows: Vec<Vec<_>> = rows.collect();
    let columns = [
        table::short("from"),
        table::number("INFO"),
        table::number("WARN"),
        table::number("ERROR"),
    ];
    html! {
        div.over-time {
            @for lane in lanes(&telling.marks, &steps) {
                div.lane { @for band in &lane { (draw_band(band)) } }
            }
            (draw(&steps))
        }
        div.axis {
            span { (telling.times.at(steps.first_ms)) }
            span { "a column is " (span_of(steps.step_ms)) ", the highest has " (number(steps.most())) @if steps.most() == 1 { " event" } @else { " events" } }
            span { (telling.times.at(at(steps.counts.len()))) }
        }
        (legend(&[("info", "INFO"), ("warn", "WARN"), ("error", "ERROR")]))
        details {
            summary { "The chart as a table" }
            (table("Events over time", &columns, &rows))
        }
    }
}

/// The shortest step that divides the time of the story into at most sixty.
fn steps(story: &Story) -> Option<Steps> {
    let (first, last) = (minute(story.first_ms?), minute(story.last_ms?));
    let fits = |step: &i64| (last.div_euclid(*step) - first.div_euclid(*step)) < STEPS;
    let step = STEP_MINUTES.into_iter().find(fits).unwrap_or((last - first) / STEPS + 1);
    let start = first.div_euclid(step);
    let count = (last.div_euclid(step) - start + 1).max(FEWEST);
    let mut counts = vec![[0; 3]; usize::try_from(count).ok()?];
    for event in story.events.iter().filter(|event| event.has_time) {
        let at = usize::try_from(minute(event.time_ms).div_euclid(step) - start).ok()?;
        let kind = EventType::ALL.iter().position(|it| *it == event.event_type);
        if let Some(count) = counts.get_mut(at).zip(kind).and_then(|(it, kind)| it.get_mut(kind)) {
            *count += 1;
        }
    }
    Some(Steps { first_ms: start * step * MINUTE_MS, step_ms: step * MINUTE_MS, counts })
}

fn minute(ms: i64) -> i64 {
    ms.div_euclid(MINUTE_MS)
}

/// A deployment's place on the chart, in percent of its width.
struct Band<'a> {
    mark: &'a Mark,
    from: f64,
    to: f64,
}

/// The letter of a band takes so much room, on a phone too.
const LETTER: f64 = 6.0;

/// The deployments, in as few lanes as their letters need.
fn lanes<'a>(marks: &'a [Mark], steps: &Steps) -> Vec<Vec<Band<'a>>> {
    let whole = i64::try_from(steps.counts.len()).unwrap_or(1) * steps.step_ms;
    let part = |ms: i64| {
        let ms = usize::try_from((ms - steps.first_ms).clamp(0, whole)).unwrap_or(0);
        share(ms, usize::try_from(whole).unwrap_or(1)) * 100.0
    };
    let mut bands: Vec<_> = marks
        .iter()
        .map(|mark| Band { mark, from: part(mark.begin_ms), to: part(mark.end_ms) })
        .collect();
    bands.sort_by(|a, b| a.from.total_cmp(&b.from));
    let mut lanes: Vec<Vec<Band<'_>>> = Vec::new();
    for band in bands {
        let is_free = |lane: &&mut Vec<Band<'_>>| {
            lane.last().is_none_or(|last| last.to.max(last.from + LETTER) <= band.from)
        };
        match lanes.iter_mut().find(is_free) {
            Some(lane) => lane.push(band),
            None => lanes.push(vec![band]),
        }
    }
    lanes
}

/// A bar over the time that a deployment took, with a band that falls through the columns.
fn draw_band(band: &Band<'_>) -> Markup {
    let Band { mark, from, to } = band;
    let style = format!("left:{}%;width:{}%", digits(*from), digits(to - from));
    html! {
        span class=(mark.class) title=(mark.title) {
            i style=(style) {}
            b style=(format!("left:{}%", digits(*from))) { (mark.letter) }
        }
    }
}

/// Columns with errors at the bottom, where they are easiest to compare.
fn draw(steps: &Steps) -> Markup {
    let most = steps.most();
    let width = 960.0 * share(1, steps.counts.len());
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
        svg.columns viewBox="0 0 960 100" preserveAspectRatio="none" role="img"
            aria-label="Events over time by event type; the table below has the numbers" {
            @for (class, left, top, height) in &rects {
                rect class=(class) x=(digits(*left)) y=(digits(*top)) width=(digits(width * 0.86)) height=(digits(*height)) {}
            }
        }
    }
}

fn span_of(ms: i64) -> String {
    let minutes = ms / MINUTE_MS;
    let (count, unit) = match minutes {
        ..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
