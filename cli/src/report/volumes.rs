//! Where the bytes go: totals, the flame chart, fields, profiles, and frequent event names.

use super::bar::{bar, bar_of, legend};
use super::bytes::Volume;
use super::flame::flame;
use super::measure::{Measure, OTHERS};
use super::table::{self, others, table};
use crate::table::{number, visible};
use ecs_event_forwarder::event::EventType;
use maud::{Markup, html};
use std::cmp::Reverse;

/// Rows of fields and event names.
const ROWS: usize = 15;
/// Rows of places.
const PLACES: usize = 200;

/// What the policy does with the events, in numbers.
pub(super) fn totals(measure: &Measure) -> Markup {
    let it = &measure.tally.summary;
    let matched = measure.tally.matched.unwrap_or_default();
    let saved = measure.tally.saved();
    let share = measure.tally.share().unwrap_or_default();
    html! {
        section {
            h2 { "What the policy keeps" }
            dl.totals {
                (total("received", "received", it.received, ""))
                (total("matched by the rule", "matched", matched, ""))
                (total("kept", "kept", it.stored, ""))
                (total("dropped", "dropped", it.dropped, ""))
                (total("duplicates", "duplicates", it.duplicates, ""))
                (total("failed", "failed", it.failed, ""))
                (total("invocations saved", "savedInvocations", saved, ""))
                (total("bytes received", "bytesIn", it.bytes_in, ""))
                (total("bytes stored", "bytesOut", it.bytes_out, &share))
            }
        }
    }
}

fn total(name: &str, key: &str, value: usize, note: &str) -> Markup {
    html! {
        div {
            dt { (name) }
            dd { data data-total=(key) value=(value) { (number(value)) } @if !note.is_empty() { small { (note) } } }
        }
    }
}

/// Bytes by kind, cluster and service.
pub(super) fn by_place(measure: &Measure) -> Markup {
    if measure.places.is_empty() {
        return html! {};
    }
    let mut places: Vec<_> = measure.places.iter().collect();
    places.sort_by_key(|(_, bytes)| Reverse(bytes.bytes_in));
    let columns = [
        table::name("kind"),
        table::name("cluster"),
        table::name("service"),
        table::number("events"),
        table::number("bytes in"),
        table::number("stored"),
    ];
    let row = |names: [Markup; 3], bytes: &Volume| {
        let numbers = [bytes.events, bytes.bytes_in, bytes.bytes_out];
        names.into_iter().chain(numbers.map(|it| html! { (number(it)) })).collect()
    };
    let (shown, left_out) = places.split_at(places.len().min(PLACES));
    let mut rows: Vec<Vec<Markup>> = Vec::new();
    for (names, bytes) in shown {
        rows.push(row(names.each_ref().map(|name| html! { (visible(name)) }), bytes));
    }
    if !left_out.is_empty() {
        let mut sum = Volume::default();
        for (_, bytes) in left_out {
            sum.add(**bytes);
        }
        rows.push(row([others(left_out.len(), "rows"), html! {}, html! {}], &sum));
    }
    html! {
        section {
            h2 { "Where the bytes go" }
            p { "Kinds at the top, then clusters, then services. The width of a box is the bytes received; the line below it is the part stored." }
            (flame(&measure.places))
            (legend(&[("back", "received"), ("kept", "stored")]))
            details {
                summary { "The chart as a table" }
                (table("Bytes by kind, cluster and service", &columns, &rows))
            }
        }
    }
}

/// The largest fields.
pub(super) fn by_field(measure: &Measure) -> Markup {
    let fields = measure.fields.largest(ROWS);
    if fields.is_empty() {
        return html! {};
    }
    let most = fields.iter().map(|(_, bytes)| bytes.bytes_in).max().unwrap_or(0);
    let columns =
        [table::name("field"), table::bars(), table::number("bytes in"), table::number("stored")];
    let rows = fields.iter().map(|(path, bytes)| {
        vec![
            html! { code { (visible(path)) } },
            bar_of(bytes, most),
            html! { (number(bytes.bytes_in)) },
            html! { (number(bytes.bytes_out)) },
        ]
    });
    html! {
        section {
            h2 { "By field" }
            p { "The fields with the most bytes received, and how many of these bytes are stored." }
            (table("Bytes by field", &columns, &rows.collect::<Vec<_>>()))
        }
    }
}

/// What each profile of trimming would store.
pub(super) fn profiles(measure: &Measure) -> Markup {
    let bytes_in = measure.tally.bytes_in_stored();
    if bytes_in == 0 {
        return html! {};
    }
    let columns = [
        table::name("profile"),
        table::bars(),
        table::number("bytes"),
        table::number("of the original"),
    ];
    let rows = measure.by_profile.iter().map(|(name, bytes)| {
        let percent = (bytes * 100).checked_div(bytes_in).unwrap_or(0);
        vec![
            html! { code { (name) } },
            bar(bytes_in, *bytes, bytes_in.max(*bytes)),
            html! { (number(*bytes)) },
            html! { (percent) " %" },
        ]
    });
    html! {
        section {
            h2 { "What each profile keeps" }
            p { "Bytes stored for the events that the filter keeps, with each value of FORWARDER_TRIM. The forwarder object is included." }
            (table("Bytes by profile", &columns, &rows.collect::<Vec<_>>()))
        }
    }
}

/// The event names that occur most, with what silences them.
pub(super) fn names(measure: &Measure) -> Markup {
    if measure.names.is_empty() {
        return html! {};
    }
    let mut names: Vec<_> = measure.names.iter().collect();
    names.sort_by_key(|(name, (bytes, _))| (Reverse(bytes.events), *name));
    let columns = [
        table::name("event name"),
        table::name("cluster"),
        table::number("events"),
        table::number("bytes stored"),
        table::name("to drop it"),
    ];
    let rows = names.iter().take(ROWS).map(|([cluster, name], (bytes, event_type))| {
        // The exclusion would drop events of this name in every cluster.
        let is_routine = name != OTHERS
            && measure.names.iter().all(|([_, it], (_, kind))| it != name || *kind == EventType::Info);
        vec![
            html! { (visible(name)) },
            html! { (visible(cluster)) },
            html! { (number(bytes.events)) },
            html! { (number(bytes.bytes_out)) },
            html! { @if is_routine { code { "!" (visible(name)) } } @else { (event_type.as_str()) } },
        ]
    });
    html! {
        section {
            h2 { "Most frequent event names" }
            p { "Among the events that the policy keeps. To drop one in every cluster, append its exclusion to FORWARDER_EVENT_NAMES after a comma. Only INFO events have an exclusion here." }
            (table("Event names", &columns, &rows.collect::<Vec<_>>()))
        }
    }
}
