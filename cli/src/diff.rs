//! `ecs-events diff`: how a change of policy affects events, fields and cost.

mod change;
mod fields;

use crate::clock;
use crate::dollars::{Cost, Load, cost};
use crate::estimate::Rates;
use crate::input::{Chunk, Inputs, Location, Source};
use crate::outcome::Outcome;
use crate::policy_file::{self, PolicyFile};
use crate::progress::Progress;
use crate::redacted::redacted;
use crate::rehearsal::{Rehearsed, rehearse};
use crate::table::{number, table, visible};
use crate::terminal;
use crate::times::Extent;
use change::{Change, Side};
use clap::Args;
use ecs_event_forwarder::config::{Config, var};
use ecs_event_forwarder::glob::Patterns;
use ecs_event_forwarder::json::Compact;
use ecs_event_forwarder::line::Line;
use fields::FieldChanges;
use std::collections::BTreeMap;
use std::io;

const EXAMPLES: &str = "\
Examples:
  ecs-events diff --before old.toml --after new.toml events
  ecs-events diff --before old.toml --after new.toml --summary last-week.jsonl

Exit codes: 0 nothing changes, 1 something changes or could not be read, 2 bad use.";

/// Print what another policy would do to the same events
///
/// Prints which settings differ; which events would be kept, dropped or stored elsewhere; which
/// fields appear, vanish or change in events that both keep; and the effect on the cost. Made for a
/// pull request: the exit code is 1 if anything changes.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Current policy file
    #[arg(long, value_name = "FILE", value_parser = policy_file::read)]
    before: PolicyFile,
    /// Proposed policy file
    #[arg(long, value_name = "FILE", value_parser = policy_file::read)]
    after: PolicyFile,
    /// Leave out the list of events
    #[arg(long)]
    summary: bool,
    #[command(flatten)]
    rates: Rates,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let read = |word: &str, file: &PolicyFile| {
        file.config().map_err(|problems| format!("--{word}: {problems}"))
    };
    let configs = read("before", &arguments.before)
        .and_then(|before| Ok((before, read("after", &arguments.after)?)));
    let prices = configs.and_then(|configs| Ok((configs, arguments.rates.prices()?)));
    let ((before, after), prices) = match prices {
        Ok(found) => found,
        Err(problem) => return Ok(Outcome::bad_use(problem)),
    };
    let mut outcome = Outcome::Done;
    let mut diff = Diff::default();
    let mut lines = [&before, &after].map(|config| Line::new(config.policy.clone()));
    let mut inputs = Inputs::find(&arguments.source, None);
    let has_settings = show_settings(arguments)?;
    let progress = Progress::new(inputs.bytes_in_all(), true);
    while let Some(chunk) = inputs.next_chunk() {
        let found = diff.compare(&chunk, &mut lines);
        if !found.problems.is_empty() {
            outcome = Outcome::Incomplete;
        }
        for problem in &found.problems {
            progress.aside(|| terminal::error(problem));
        }
        if let Some(changes) = found.changes.filter(|_| !arguments.summary) {
            progress.output(|| terminal::show(changes))?;
        }
        progress.set(inputs.bytes(), diff.events);
    }
    progress.end();
    diff.show(arguments, [&before, &after], &prices)?;
    let is_same = diff.is_same() && before.delivery == after.delivery;
    if is_same && has_settings {
        terminal::show("\nthe settings differ, but nothing changes for these events")?;
    } else if is_same {
        terminal::show("\nnothing changes")?;
    }
    Ok(if is_same { outcome } else { Outcome::Incomplete })
}

/// The output for a chunk.
struct Found {
    /// A sentence for each event that cannot be read.
    problems: Vec<String>,
    /// A line for each event that changes.
    changes: Option<String>,
}

/// The counts of both sides.
#[derive(Default)]
struct Diff {
    events: usize,
    changes: BTreeMap<String, usize>,
    fields: FieldChanges,
    loads: [Load; 2],
    times: Extent,
}

impl Diff {
    /// Puts these events through both lines.
    fn compare(&mut self, chunk: &Chunk, lines: &mut [Line; 2]) -> Found {
        let mut problems = chunk.unreadable.clone();
        let mut changes = Vec::new();
        let now_ms = clock::now_ms();
        let sides = lines.each_mut().map(|line| rehearse(line, &chunk.arrivals, now_ms));
        let [sides_before, sides_after] = sides;
        let sides = sides_before.into_iter().zip(sides_after);
        let [_, after] = lines;
        for ((arrival, location), sides) in chunk.arrivals.iter().zip(&chunk.locations).zip(sides) {
            match &arrival.event {
                Ok(event) => {
                    let change = self.add(event, sides, after.policy().sidecars());
                    changes.extend(change.map(|change| words_of(location, &change)));
                }
                Err(failure) => problems.push(location.refused(failure)),
            }
        }
        Found { problems, changes: (!changes.is_empty()).then(|| changes.join("\n")) }
    }

    fn add(
        &mut self,
        event: &Compact,
        (before, after): (Rehearsed, Rehearsed),
        sidecars: &Patterns,
    ) -> Option<Change> {
        self.events += 1;
        let change = Change::of(&redacted(event), before, after, sidecars);
        self.times.add(change.timestamp_ms);
        for (load, side) in self.loads.iter_mut().zip([&change.before, &change.after]) {
            load.invocations += 1;
            if let Side::Kept { message, .. } = side {
                load.store(message.len());
            }
        }
        if let (Side::Kept { message: before, .. }, Side::Kept { message: after, .. }) =
            (&change.before, &change.after)
        {
            self.fields.compare(before, after);
        }
        let words = change.words()?;
        *self.changes.entry(words).or_default() += 1;
        Some(change)
    }

    fn is_same(&self) -> bool {
        self.changes.is_empty() && self.fields.is_empty()
    }

    fn show(
        &self,
        arguments: &Arguments,
        configs: [&Config; 2],
        prices: &crate::dollars::Prices,
    ) -> io::Result<()> {
        if !self.changes.is_empty() {
            let mut changes = table(&["EVENTS>", "CHANGE"]);
            for (words, count) in &self.changes {
                changes.add_row([number(*count), visible(words)]);
            }
            let space = if arguments.summary { "" } else { "\n" };
            terminal::show(format!("{space}{}\n", changes.trim_fmt()))?;
        }
        if let Some(fields) = self.fields.table() {
            terminal::show(format!("{fields}\n"))?;
        }
        let times = arguments.rates.times_a_month(self.events, self.times.span_ms());
        let mut sums = table(&["", "BEFORE>", "AFTER>"]);
        let [before, after] = self.loads;
        sums.add_row(["kept events".to_owned(), number(before.stored), number(after.stored)]);
        let bytes = [before, after].map(|load| number(load.stored_bytes));
        sums.add_row(std::iter::once("stored bytes".to_owned()).chain(bytes));
        if let Ok(times) = times {
            let mut costs = self.loads.iter().zip(configs).map(|(load, config)| {
                let terms = arguments.rates.terms(prices.clone(), &config.delivery, times);
                format!("{:.4}", Cost::total(&cost(load, &terms)))
            });
            let mut next = || costs.next().unwrap_or_default();
            sums.add_row(["dollars a month".to_owned(), next(), next()]);
        }
        terminal::show(sums.trim_fmt())
    }
}

/// Shows the settings that differ, and returns whether there are any.
fn show_settings(Arguments { before, after, .. }: &Arguments) -> io::Result<bool> {
    let mut settings = table(&["SETTING", "BEFORE", "AFTER"]);
    let mut has_any = false;
    for variable in var::ALL {
        let value = |policy: &PolicyFile| {
            let given = policy.variables.get(variable.name).map(|value| value.trim().to_owned());
            given.filter(|value| !value.is_empty()).unwrap_or(variable.default.to_owned())
        };
        let (before, after) = (value(before), value(after));
        if before != after {
            has_any = true;
            let shown = |value: String| if value.is_empty() { "-".to_owned() } else { value };
            settings.add_row([variable.name.to_owned(), shown(before), shown(after)]);
        }
    }
    if has_any {
        terminal::show(format!("{}\n", settings.trim_fmt()))?;
    }
    Ok(has_any)
}

/// Describes what changes for one event, in a line.
fn words_of(location: &Location, change: &Change) -> String {
    let words = change.words().unwrap_or_default();
    format!("{}: {}", location.in_short(), visible(&format!("{words}: {}", change.what)))
}
