//! Loads and prices as a table, sentences, or JSON.

use super::measure::Measure;
use crate::dollars::prices::{AS_OF, SOURCES};
use crate::dollars::{Cost, Load, Terms, break_even_bytes, cost, real};
use crate::table::{number, table as new_table};
use crate::terminal;
use serde_json::json;
use std::io::{self, Write};

/// A way to keep events.
pub(crate) struct Way {
    pub(crate) id: &'static str,
    pub(crate) name: String,
    load: Load,
    pub(crate) cost: Cost,
}

/// Returns all ways; the first two are the rule and the forwarder, to compare.
pub(crate) fn ways(measure: &Measure, terms: &Terms) -> Vec<Way> {
    let way =
        |id, name: String, load: &Load| Way { id, name, load: *load, cost: cost(load, terms) };
    let profile = measure.profile();
    let mut ways = vec![
        way("rule", "rule to the log group".to_owned(), &measure.rule),
        way("forwarder", format!("forwarder, this policy ({profile})"), &measure.forwarder),
    ];
    for (profile, _, load) in &measure.others {
        ways.push(way(profile, format!("forwarder, {profile}"), load));
    }
    let name = format!("event pattern + forwarder ({profile})");
    ways.push(way("pattern", name, &measure.behind_pattern));
    ways
}

/// Prints a table, and the sentences that explain it.
pub(crate) fn table(measure: &Measure, terms: &Terms) -> io::Result<()> {
    let ways = ways(measure, terms);
    let most = ways.iter().map(|way| way.cost.total()).fold(0.0, f64::max);
    let digits = if most < 10.0 { 4 } else { 2 };
    let dollars = |amount: f64| format!("{amount:.digits$}");
    let mut table = new_table(&[
        "DOLLARS A MONTH",
        "INGESTION>",
        "STORAGE>",
        "INVOCATIONS>",
        "DURATION>",
        "TOTAL>",
        "A QUERY>",
    ]);
    for Way { name, cost, .. } in &ways {
        let parts = [cost.ingestion, cost.storage, cost.invocations, cost.duration];
        let parts = parts.into_iter().chain([cost.total(), cost.query]).map(dollars);
        table.add_row(std::iter::once(name.clone()).chain(parts));
    }
    terminal::show(table.trim_fmt())?;
    terminal::show(format!("\n{}", sentences(measure, terms, &ways, digits).join("\n")))
}

fn sentences(measure: &Measure, terms: &Terms, ways: &[Way], digits: usize) -> Vec<String> {
    let Load { stored: events, stored_bytes, .. } = measure.rule;
    let bytes_each = stored_bytes.checked_div(events).unwrap_or(0);
    let saved = real(stored_bytes) - real(measure.forwarder.stored_bytes);
    let saved_each = saved / real(events);
    let function = terms.function;
    let mut sentences = vec![
        format!(
            "Measured: {} events of {} bytes each; a month has {} of them.",
            number(events),
            number(bytes_each),
            whole(real(events) * terms.times_a_month),
        ),
        format!(
            "Break-even: an invocation costs as much as {:.0} stored bytes; this policy saves {:.0} \
             an event.",
            break_even_bytes(terms),
            saved_each,
        ),
    ];
    sentences.extend(verdicts(ways, digits));
    let pattern = measure.behind_pattern.invocations;
    sentences.push(format!(
        "The event pattern ({} bytes) saves {} of {} invocations.",
        number(measure.pattern.text.len()),
        number(events - pattern),
        number(events),
    ));
    sentences.push(format!(
        "Assumed: {} MB and {} ms an invocation, {} days of retention, one invocation an event.",
        function.memory_mb, function.duration_ms, terms.retention_days,
    ));
    sentences.push(format!("Prices: {}, {AS_OF}, {}", terms.prices.name, SOURCES.join(" ")));
    sentences
}

/// Formats an amount as a rounded number with commas.
fn whole(amount: f64) -> String {
    let digits = format!("{amount:.0}");
    digits.parse().map_or(digits, number)
}

/// Returns a sentence for each forwarder: how much money it saves or costs.
fn verdicts(ways: &[Way], digits: usize) -> impl Iterator<Item = String> {
    let rule = ways.first().map_or(0.0, |way| way.cost.total());
    let compared = ways.iter().filter(|way| matches!(way.id, "forwarder" | "pattern"));
    compared.map(move |way| {
        let difference = rule - way.cost.total();
        let name = match way.id {
            "pattern" => "The forwarder behind the event pattern",
            _ => "The forwarder",
        };
        if difference >= 0.0 {
            format!("{name} saves ${difference:.digits$} a month against the rule.")
        } else {
            let more = -difference;
            format!("{name} costs ${more:.digits$} a month more than the rule: it does not pay for itself.")
        }
    })
}

/// Prints the same as one JSON object.
pub(crate) fn json(measure: &Measure, terms: &Terms) -> io::Result<()> {
    let ways = ways(measure, terms);
    let rule = ways.first().map_or(0.0, |way| way.cost.total());
    let way = |Way { id, load, cost, .. }: &Way| {
        json!({
            "way": id,
            "invocations": load.invocations,
            "stored": load.stored,
            "storedBytes": load.stored_bytes,
            "ingestion": cost.ingestion,
            "storage": cost.storage,
            "invocationsCost": cost.invocations,
            "durationCost": cost.duration,
            "total": cost.total(),
            "query": cost.query,
            "savedAgainstRule": rule - cost.total(),
        })
    };
    let prices =
        terms.prices.clone().fields().map(|(name, price)| (name.to_owned(), json!(*price)));
    let prices: serde_json::Map<_, _> = prices.into_iter().collect();
    let object = json!({
        "events": measure.events(),
        "spanMs": measure.span_ms(),
        "timesAMonth": terms.times_a_month,
        "profile": measure.profile(),
        "breakEvenBytes": break_even_bytes(terms),
        "ways": ways.iter().map(way).collect::<Vec<_>>(),
        "prices": { "of": terms.prices.name, "asOf": AS_OF, "dollars": prices },
    });
    writeln!(terminal::lines(), "{object}")
}
