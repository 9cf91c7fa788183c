//! Renders the report's numbers as a page. All text goes through `maud`, which escapes it.

use super::bytes::Volume;
use super::charts::{bar, columns, flame, steps};
use super::costs::{Priced, costs};
use super::measure::Measure;
use super::scroll::scroll;
use super::struck::struck;
use crate::table::{number, visible};
use ecs_event_forwarder::event::EventType;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::cmp::Reverse;

/// Content security policy: nothing is fetched, run or sent, whatever an event contains.
const SECURITY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE: &str = include_str!("style.css");
const ROWS: usize = 15;

pub(super) fn page(measure: &Measure, priced: &Priced) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(SECURITY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { "ECS events" }
                style { (PreEscaped(STYLE)) }
            }
            body { main {
                (header(measure))
                (where_bytes_go(measure))
                (by_field(measure))
                (profiles(measure))
                (costs(priced))
                (timeline(measure))
                (stops(measure))
                (deployments(measure))
                (noise(measure))
                (sample(measure))
            } }
        }
    }
}

fn header(measure: &Measure) -> Markup {
    let it = &measure.tally.summary;
    let matched = measure.tally.matched.unwrap_or_default();
    let span = measure.minutes.keys().next().zip(measure.minutes.keys().next_back());
    let saved = 100 - (it.bytes_out * 100).checked_div(it.bytes_in).unwrap_or(100).min(100);
    html! {
        header {
            h1 { "ECS events, before and after" }
            p {
                "How the policy treats " (number(it.received)) " events"
                @if let Some((first, last)) = span {
                    " from " (when(first * 60_000)) " to " (when(last * 60_000)) " UTC"
                }
                "."
            }
            dl.totals {
                (total("received", &number(it.received), "received", it.received, false))
                (total("matched by the rule", &number(matched), "matched", matched, false))
                (total("invocations saved", &number(measure.tally.saved()), "savedInvocations", measure.tally.saved(), false))
                (total("kept", &number(it.stored), "kept", it.stored, true))
                (total("dropped", &number(it.dropped), "dropped", it.dropped, false))
                (total("duplicates", &number(it.duplicates), "duplicates", it.duplicates, false))
                (total("failed", &number(it.failed), "failed", it.failed, false))
                (total("bytes in", &number(it.bytes_in), "bytesIn", it.bytes_in, false))
                (total("bytes stored", &number(it.bytes_out), "bytesOut", it.bytes_out, true))
                (total("saved", &format!("{saved} %"), "saved", saved, false))
            }
        }
    }
}

fn total(name: &str, text: &str, key: &str, value: usize, is_main: bool) -> Markup {
    html! {
        div.main[is_main] { dt { (name) } dd { data data-total=(key) value=(value) { (text) } } }
    }
}

fn legend(entries: &[(&str, &str)]) -> Markup {
    html! {
        div.legend { @for (class, text) in entries { span { i class=(class) {} (text) } } }
    }
}

fn where_bytes_go(measure: &Measure) -> Markup {
    let mut places: Vec<_> = measure.places.iter().collect();
    places.sort_by_key(|(_, bytes)| Reverse(bytes.bytes_in));
    html! {
        section {
            h2 { "Where the bytes go" }
            p { "Kinds at the top, then clusters, then services. The width of a box is the bytes received; the line below it is the part stored." }
            div.scroll tabindex="0" role="region" aria-label="Bytes as a chart" { (flame(&measure.places)) }
            (legend(&[("back", "arrives"), ("kept", "is stored")]))
            details {
                summary { "As a table" }
                (scroll("Bytes by kind, cluster and service", &html! {
                    thead { tr { th { "kind" } th { "cluster" } th { "service" } (numbers_head()) } }
                    tbody { @for (names, bytes) in places.iter().take(200) {
                        tr { @for name in *names { td { (visible(name)) } } (numbers(bytes)) }
                    } }
                }))
            }
        }
    }
}

fn numbers_head() -> Markup {
    html! { th.n { "events" } th.n { "bytes in" } th.n { "stored" } }
}

fn numbers(bytes: &Volume) -> Markup {
    html! {
        td.n { (number(bytes.events)) } td.n { (number(bytes.bytes_in)) } td.n { (number(bytes.bytes_out)) }
    }
}

fn by_field(measure: &Measure) -> Markup {
    let fields = measure.fields.largest(ROWS);
    let most = fields.iter().map(|(_, bytes)| bytes.bytes_in).max().unwrap_or(0);
    html! {
        section {
            h2 { "By field" }
            p { "The fields with the most bytes received, and how many of these bytes are stored." }
            (scroll("Bytes by field", &html! {
                thead { tr { th { "field" } th.wide { "" } th.n { "bytes in" } th.n { "stored" } } }
                tbody { @for (path, bytes) in &fields {
                    tr {
                        th scope="row" { code { (visible(path)) } }
                        td.wide { (bar(bytes.bytes_in, bytes.bytes_out, most)) }
                        td.n { (number(bytes.bytes_in)) } td.n { (number(bytes.bytes_out)) }
                    }
                } }
            }))
        }
    }
}

fn profiles(measure: &Measure) -> Markup {
    let bytes_in = measure.tally.summary.bytes_in;
    html! {
        section {
            h2 { "What each profile keeps" }
            p { "Bytes stored for the events that the filter keeps, with each value of FORWARDER_TRIM. The forwarder object is included." }
            (scroll("Bytes by profile", &html! {
                thead { tr { th { "profile" } th.wide { "" } th.n { "bytes" } th.n { "of what arrives" } } }
                tbody { @for (name, bytes) in &measure.by_profile {
                    tr {
                        th scope="row" { code { (name) } }
                        td.wide { (bar(bytes_in, *bytes, bytes_in)) }
                        td.n { (number(*bytes)) }
                        td.n { ((bytes * 100).checked_div(bytes_in).unwrap_or(0)) " %" }
                    }
                } }
            }))
        }
    }
}

fn timeline(measure: &Measure) -> Markup {
    let Some(steps) = steps(&measure.minutes) else {
        return html! {};
    };
    let at = |step: usize| steps.first_ms + i64::try_from(step).unwrap_or(0) * steps.step_ms;
    html! {
        section {
            h2 { "Over time" }
            p { "Events by event type. Each column is " (span_of(steps.step_ms)) "." }
            (columns(&steps))
            div.axis { span { (when(steps.first_ms)) } span { (when(at(steps.counts.len()))) } }
            (legend(&[("info", "INFO"), ("warn", "WARN"), ("error", "ERROR")]))
            details {
                summary { "As a table" }
                (scroll("Events over time", &html! {
                    thead { tr { th { "from (UTC)" } @for it in EventType::ALL { th.n { (it.as_str()) } } } }
                    tbody { @for (step, counts) in steps.counts.iter().enumerate().filter(|(_, it)| it.iter().any(|n| *n > 0)) {
                        tr { th scope="row" { (when(at(step))) } @for count in counts { td.n { (number(*count)) } } }
                    } }
                }))
            }
        }
    }
}

fn stops(measure: &Measure) -> Markup {
    if measure.stops.is_empty() {
        return html! {};
    }
    let mut stops: Vec<_> = measure.stops.iter().collect();
    stops.sort_by_key(|(names, count)| (Reverse(**count), *names));
    let most = stops.iter().map(|(_, count)| **count).max().unwrap_or(0);
    html! {
        section {
            h2 { "Why tasks stopped" }
            p { "Stopped tasks by service and stop category." }
            (scroll("Stop categories by service", &html! {
                thead { tr { th { "service" } th { "category" } th.wide { "" } th.n { "tasks" } } }
                tbody { @for ((service, category), count) in stops.iter().take(40) {
                    tr {
                        th scope="row" { (visible(service)) } td { code { (category) } }
                        td.wide { (bar(**count, **count, most)) } td.n { (number(**count)) }
                    }
                } }
            }))
        }
    }
}

fn deployments(measure: &Measure) -> Markup {
    if measure.deployments.is_empty() {
        return html! {};
    }
    let mut all: Vec<_> = measure.deployments.iter().collect();
    all.sort_by_key(|(_, it)| it.first_ms);
    html! {
        section {
            h2 { "Deployments" }
            p { "Each deployment with its latest event." }
            (scroll("Deployments", &html! {
                thead { tr { th { "service" } th { "deployment" } th { "first heard (UTC)" } th { "outcome" } th { "reason" } } }
                tbody { @for ([service, id], it) in all.iter().take(100) {
                    @let outcome = it.outcome.strip_prefix("SERVICE_DEPLOYMENT_").unwrap_or(&it.outcome);
                    tr {
                        th scope="row" { (visible(service)) } td { code { (visible(id)) } } td { (when(it.first_ms)) }
                        td.bad[outcome.contains("FAILED")] { (visible(outcome)) } td { (visible(&it.reason)) }
                    }
                } }
            }))
        }
    }
}

fn noise(measure: &Measure) -> Markup {
    if measure.names.is_empty() {
        return html! {};
    }
    let mut names: Vec<_> = measure.names.iter().collect();
    names.sort_by_key(|(name, (bytes, _))| (Reverse(bytes.events), *name));
    html! {
        section {
            h2 { "Most frequent event names" }
            p { "Among the events that are kept. To drop one, append its exclusion to FORWARDER_EVENT_NAMES, after a comma. Only INFO events have an exclusion here." }
            (scroll("Event names", &html! {
                thead { tr { th { "event name" } th.n { "events" } th.n { "bytes stored" } th { "to silence it" } } }
                tbody { @for (name, (bytes, event_type)) in names.iter().take(ROWS) {
                    tr {
                        th scope="row" { (visible(name)) }
                        td.n { (number(bytes.events)) } td.n { (number(bytes.bytes_out)) }
                        td { @if *event_type == EventType::Info { code { "!" (visible(name)) } } @else { (event_type.as_str()) } }
                    }
                } }
            }))
        }
    }
}

fn sample(measure: &Measure) -> Markup {
    let Some(sample) = &measure.sample else {
        return html! {};
    };
    let (before, after) = (sample.bytes_in, sample.after.text().len());
    html! {
        section {
            h2 { "One event, before and after" }
            p { (number(before)) " bytes received, " (number(after)) " bytes stored. " del { "Removed" } " and " ins { "added" } "." }
            details {
                summary { "The event" }
                pre { (struck(sample.before.root(), sample.after.root())) }
            }
        }
    }
}

fn when(ms: i64) -> String {
    let time = Timestamp::from_millisecond(ms).map(|time| time.to_string()).unwrap_or_default();
    time.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

fn span_of(ms: i64) -> String {
    let minutes = ms / 60_000;
    let (count, unit) = match minutes {
        ..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
