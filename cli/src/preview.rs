//! `ecs-events preview`: what the line would do, event by event.

mod row;
mod rows;

use crate::clock;
use crate::input::{Chunk, Inputs, Place, Source};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::tally::{Names, Tally};
use crate::terminal;
use crate::variables::Environment;
use clap::Args;
use ecs_event_forwarder::config::Config;
use ecs_event_forwarder::event::{Arrival, EcsEvent, Failure};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, Matcher, pattern};
use ecs_event_forwarder::plan::{End, Judgement, Kept, judge};
use ecs_event_forwarder::policy::Policy;
use ecs_event_forwarder::seen::{Firsts, Identity, Seen};
use row::{Last, Row, Totals};
use rows::Rows;
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  ecs-events preview events
  ecs-events preview --event-types ERROR --trim minimal events
  ecs-events preview --show events/task-out-of-memory.json
  ecs-events preview --json events | jq -r 'select(.end == \"dropped\") | .reason'";

/// Print what would become of events, and store nothing
///
/// The table has two lines for each event: the file (and line, and number on that line), event
/// type, bytes before and after, and whether it is kept; then its kind, cluster and service, stop
/// category, and its log group or why it is not kept. "by the rule" is what the event pattern of the
/// same policy leaves out, so that the function is not even invoked.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Print JSON Lines instead: an object for each event, then {"summary": {...}}
    ///
    /// Fields, each where it applies: file, line, item, matched (by the event pattern of this policy,
    /// so that the rule would invoke the function), end (kept, dropped, duplicate, undone), reason (of
    /// a drop), errorType, detailType, eventName, cluster, service, eventType,
    /// stopCategory, timestampMs, bytesIn, bytesOut, logGroup, logStream; with --show, message.
    #[arg(long)]
    json: bool,
    /// Print the message that would be stored of each event, one a line, instead of the table
    #[arg(long)]
    show: bool,
    #[command(flatten)]
    options: Options,
}

/// What would become of an arrival.
struct Fate<'a> {
    place: &'a Place,
    bytes_in: usize,
    /// Whether the rule would invoke the function for it.
    is_matched: bool,
    /// What is known of its event, if it is one.
    event: Option<EcsEvent<'a>>,
    end: End,
    kept: Option<Kept>,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> io::Result<Outcome> {
    let Config { policy, warnings, .. } = match arguments.options.config(environment) {
        Ok(config) => config,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    warnings.iter().for_each(terminal::warning);
    let mut inputs = Inputs::find(&arguments.source, None, false);
    let mut preview = Preview {
        rows: Rows::new(&policy),
        matcher: Matcher::new(&pattern(&policy, DEFAULT_BYTES)),
        policy,
        seen: Seen::default(),
        tally: Tally::default(),
        outcome: Outcome::Done,
    };
    while let Some(chunk) = inputs.next_chunk() {
        preview.show(&chunk, arguments)?;
    }
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
    policy: Policy,
    /// The event pattern of the policy.
    matcher: Matcher,
    seen: Seen,
    tally: Tally,
    rows: Rows,
    outcome: Outcome,
}

impl Preview {
    fn show(&mut self, chunk: &Chunk, arguments: &Arguments) -> io::Result<()> {
        for problem in &chunk.unreadable {
            self.problem(problem);
        }
        let now_ms = clock::now_ms();
        let mut firsts = Firsts::default();
        let mut stored = Vec::new();
        let mut lines = terminal::lines();
        for (arrival, place) in chunk.arrivals.iter().zip(&chunk.places) {
            let fate = self.fate(arrival, place, &mut firsts, now_ms);
            if let End::Undone(failure) = &fate.end {
                self.problem(&place.refused(failure));
            }
            self.count(&fate);
            if arguments.json {
                serde_json::to_writer(&mut lines, &Row::of(&fate, arguments.show))?;
                lines.write_all(b"\n")?;
            } else if arguments.show {
                match (&fate.kept, &fate.end) {
                    (Some(kept), _) => writeln!(lines, "{}", kept.message)?,
                    (None, End::Undone(_)) => {}
                    (None, _) => terminal::note(rows::not_kept(&fate)),
                }
            } else {
                self.rows.add(&fate);
            }
            if let (End::Stored, Some(event)) = (&fate.end, &fate.event) {
                stored.push(Identity::of(event));
            }
        }
        lines.flush()?;
        drop(lines);
        self.rows.show()?;
        for identity in stored {
            self.seen.remember(identity);
        }
        Ok(())
    }

    /// As the plan has it.
    fn fate<'a>(
        &self,
        arrival: &'a Arrival,
        place: &'a Place,
        firsts: &mut Firsts,
        now_ms: i64,
    ) -> Fate<'a> {
        let bytes_in = arrival.bytes;
        let is_matched = arrival.event.as_ref().is_ok_and(|event| self.matcher.matches(event));
        let judged = arrival.event.as_ref().map_err(Failure::clone);
        let judged = judged.and_then(|event| judge(&self.policy, event, now_ms));
        let Judgement { event, ruling } = match judged {
            Ok(judgement) => judgement,
            Err(failure) => {
                let end = End::Undone(failure);
                return Fate { place, bytes_in, is_matched, event: None, end, kept: None };
            }
        };
        let identity = Identity::of(&event);
        let (end, kept) = match ruling {
            Err(reason) => (End::Dropped(reason), None),
            Ok(_) if self.seen.has(&identity) => (End::Duplicate(None), None),
            Ok(kept) => match firsts.earlier(&identity, 0) {
                Some(_) => (End::Duplicate(None), None),
                None => (End::Stored, Some(kept)),
            },
        };
        Fate { place, bytes_in, is_matched, event: Some(event), end, kept }
    }

    fn count(&mut self, fate: &Fate<'_>) {
        self.tally.count(&fate.end, fate.bytes_in);
        self.tally.count_matched(fate.is_matched);
        if let Some(kept) = &fate.kept {
            self.tally.count_stored(&kept.destination, fate.bytes_in, kept.message.len());
        }
    }

    fn problem(&mut self, text: &str) {
        self.outcome = Outcome::Incomplete;
        terminal::error(text);
    }
}
