//! `ecs-events preview`: what would happen to each event.

mod fate;
mod row;
mod rows;

use crate::clock;
use crate::input::{Chunk, Inputs, Location, Source};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::redacted::redacted;
use crate::rehearsal::{Rehearsed, rehearse};
use crate::tally::{Names, Tally};
use crate::terminal;
use crate::variables::Environment;
use clap::Args;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::config::Config;
use ecs_event_forwarder::event::Arrival;
use ecs_event_forwarder::json::Json;
use ecs_event_forwarder::line::{End, Line};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, Matcher, pattern};
use fate::Fate;
use row::{Last, Row, Totals};
use rows::Rows;
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  ecs-events preview events
  ecs-events preview --event-types ERROR --trim minimal events
  ecs-events preview --show events/task-out-of-memory.json
  ecs-events preview --json events | jq -r 'select(.end == \"dropped\") | .reason'";

/// Print what would happen to events, and store nothing
///
/// The table has two lines for each event: the file (and line, and number on that line), event
/// type, bytes before and after, and whether it is kept; then its kind, cluster and service, stop
/// category, and its log group or why it is not kept. "by the rule" marks events that the event
/// pattern of the same policy leaves out: EventBridge does not invoke the function for them.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Print JSON Lines instead: an object for each event, then {"summary": {...}}
    ///
    /// Fields, if they apply: file, line, item, matched (true if the event pattern of this policy
    /// matches, so the rule would invoke the function), end (kept, dropped, duplicate, failed),
    /// reason (of a drop), errorType, detailType, eventName, cluster, service, eventType,
    /// stopCategory, timestampMs, bytesIn, bytesOut, logGroup, logStream; with --show, message.
    #[arg(long)]
    json: bool,
    /// Print the message that would be stored for each event, one on a line, instead of the table
    #[arg(long)]
    show: bool,
    #[command(flatten)]
    options: Options,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> io::Result<Outcome> {
    let Config { policy, warnings, .. } = match arguments.options.config(environment) {
        Ok(config) => config,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    warnings.iter().for_each(terminal::warning);
    let mut inputs = Inputs::find(&arguments.source, None);
    let progress = Progress::new(inputs.bytes_in_all(), true);
    let mut preview = Preview {
        rows: Rows::new(&policy),
        matcher: Matcher::new(&pattern(&policy, DEFAULT_BYTES)),
        line: Line::new(policy),
        tally: Tally::default(),
        outcome: Outcome::Done,
    };
    while let Some(chunk) = inputs.next_chunk() {
        preview.show(&chunk, arguments, &progress)?;
        progress.set(inputs.bytes(), preview.tally.summary.received);
    }
    progress.end();
    if arguments.json {
        let summary = serde_json::to_string(&Last { summary: Totals::of(&preview.tally) })?;
        writeln!(terminal::lines(), "{summary}")?;
    } else if !arguments.show {
        if let Some(destinations) = preview.tally.destinations("DESTINATION", &Names::Logs) {
            terminal::show(format!("\n{destinations}"))?;
        }
        terminal::show(format!("\n{}", preview.tally.totals("kept")))?;
    }
    Ok(preview.outcome)
}

struct Preview {
    line: Line,
    /// The event pattern of the policy.
    matcher: Matcher,
    tally: Tally,
    rows: Rows,
    outcome: Outcome,
}

impl Preview {
    /// Works with the progress bar in sight, and hides it only to print.
    fn show(
        &mut self,
        chunk: &Chunk,
        arguments: &Arguments,
        progress: &Progress,
    ) -> io::Result<()> {
        let mut problems = chunk.unreadable.clone();
        let mut notes = Vec::new();
        let mut lines = Vec::new();
        let rehearsed = rehearse(&mut self.line, &chunk.arrivals, clock::now_ms());
        for ((arrival, location), rehearsed) in
            chunk.arrivals.iter().zip(&chunk.locations).zip(rehearsed)
        {
            // Names and detail-types can hold secrets, too.
            let shown = arrival.event.as_ref().ok().map(redacted);
            let fate = self.fate(arrival, shown.as_ref(), location, rehearsed);
            if let End::Failed(failure) = fate.entry.end() {
                problems.push(location.refused(failure));
            }
            self.count(&fate);
            if arguments.json {
                serde_json::to_writer(&mut lines, &Row::of(&fate, arguments.show))?;
                lines.write_all(b"\n")?;
            } else if arguments.show {
                match (&fate.kept, fate.entry.end()) {
                    (Some(kept), _) => writeln!(lines, "{}", kept.message)?,
                    (None, End::Failed(_)) => {}
                    (None, _) => notes.push(rows::not_kept(&fate)),
                }
            } else {
                self.rows.add(&fate);
            }
        }
        if !problems.is_empty() {
            self.outcome = Outcome::Incomplete;
        }
        if !problems.is_empty() || !notes.is_empty() {
            progress.aside(|| {
                problems.iter().for_each(terminal::error);
                notes.iter().for_each(terminal::note);
            });
        }
        let rows = self.rows.take();
        progress.output(|| {
            let mut out = terminal::lines();
            out.write_all(&lines)?;
            out.flush()?;
            rows.map_or(Ok(()), terminal::show)
        })
    }

    fn fate<'a>(
        &self,
        arrival: &Arrival,
        shown: Option<&'a Json>,
        location: &'a Location,
        Rehearsed { entry, kept }: Rehearsed,
    ) -> Fate<'a> {
        let event = arrival.event.as_ref().ok();
        let is_matched = event.is_some_and(|event| self.matcher.matches(event));
        let event = shown.filter(|_| !matches!(entry.end(), End::Failed(_)));
        let event = event.map(|event| classify(event, self.line.policy().sidecars()));
        Fate { location, entry, is_matched, event, kept }
    }

    fn count(&mut self, fate: &Fate<'_>) {
        let destination = fate.kept.as_ref().map(|kept| &kept.destination);
        self.tally.count(&fate.entry, destination);
        self.tally.count_matched(fate.is_matched);
    }
}
