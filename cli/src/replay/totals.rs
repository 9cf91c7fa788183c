//! The totals of a replay: each event is counted in exactly one place.

use crate::input::Location;
use crate::table::{number, table};
use crate::tally::{Failures, Names, Tally, is_of_input};
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::filter::DropReason;
use ecs_event_forwarder::log::Destination;
use std::collections::BTreeMap;

/// The end of an event.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// With its stored bytes, and the destination if it is known here.
    Stored(usize, Option<Destination>),
    /// By the policy here, or by the function's.
    Dropped(DropReason),
    /// The same as another event, stored in this run or, according to the function, earlier.
    Duplicate,
    /// By an earlier run, according to the journal.
    StoredBefore,
    Failed(Failure),
    /// Sent in this run, without an answer.
    InDoubt(Failure),
    /// Sent in an earlier run, without an answer.
    InDoubtBefore,
    /// The run had ended before.
    NotSent,
}

/// Counts by fate.
#[derive(Default)]
pub(super) struct Totals {
    pub(super) received: usize,
    bytes_in: usize,
    stored: usize,
    bytes_out: usize,
    stored_before: usize,
    dropped: BTreeMap<&'static str, usize>,
    duplicates: usize,
    failed: BTreeMap<&'static str, usize>,
    in_doubt_before: Option<(usize, String)>,
    tally: Tally,
    failures: Failures,
}

pub(super) const IN_DOUBT: &str = "in doubt";
const NOT_SENT: &str = "not sent";

impl Totals {
    pub(super) fn count(&mut self, fate: &Fate, bytes_in: usize, location: &Location) {
        self.received += 1;
        self.bytes_in += bytes_in;
        match fate {
            Fate::Stored(bytes, destination) => {
                self.stored += 1;
                self.bytes_out += bytes;
                if let Some(destination) = destination {
                    self.tally.count_stream(destination, bytes_in, *bytes);
                }
            }
            Fate::StoredBefore => self.stored_before += 1,
            Fate::Dropped(reason) => {
                *self.dropped.entry(reason.as_str()).or_default() += 1;
            }
            Fate::Duplicate => self.duplicates += 1,
            Fate::Failed(failure) => {
                *self.failed.entry(failure.error_type()).or_default() += 1;
                if !is_of_input(failure) {
                    self.failures.count(failure, location);
                }
            }
            Fate::InDoubt(failure) => {
                *self.failed.entry(IN_DOUBT).or_default() += 1;
                self.failures.count(failure, location);
            }
            Fate::InDoubtBefore => {
                *self.failed.entry(IN_DOUBT).or_default() += 1;
                self.in_doubt_before.get_or_insert_with(|| (0, location.in_full())).0 += 1;
            }
            Fate::NotSent => *self.failed.entry(NOT_SENT).or_default() += 1,
        }
    }

    /// True if nothing failed.
    pub(super) fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }

    /// Returns a sentence for each kind of problem.
    pub(super) fn sentences(&self) -> impl Iterator<Item = String> {
        let in_doubt = self.in_doubt_before.as_ref().map(|(count, first)| {
            let noun = if *count == 1 { "event is" } else { "events are" };
            format!(
                "{} {noun} in doubt, first {first}: an earlier run sent them and got no answer; if \
                 they are not stored, send them again with --resend-in-doubt",
                number(*count)
            )
        });
        self.failures.sentences().chain(in_doubt)
    }

    /// Returns a table of the log groups and streams that are known here.
    pub(super) fn destinations(&self, title: &str) -> Option<String> {
        self.tally.destinations(title, &Names::Logs)
    }

    /// Returns a table of the counts; `stored` is the name of the row of stored events.
    pub(super) fn rows(&self, stored: &str) -> String {
        let mut totals = table(&["TOTAL", "EVENTS>", "BYTES>", ""]);
        let sum = |counts: &BTreeMap<&str, usize>| number(counts.values().sum());
        let list = |counts: &BTreeMap<&str, usize>| {
            let counts = counts.iter().map(|(name, count)| format!("{name} {}", number(*count)));
            counts.collect::<Vec<_>>().join(", ")
        };
        let mut row = |name: &str, events: String, bytes: Option<usize>, note: String| {
            let bytes = bytes.map_or(String::new(), number);
            totals.add_row([name.to_owned(), events, bytes, note]);
        };
        row("received", number(self.received), Some(self.bytes_in), String::new());
        row(stored, number(self.stored), Some(self.bytes_out), String::new());
        row("stored before", number(self.stored_before), None, String::new());
        row("dropped", sum(&self.dropped), None, list(&self.dropped));
        row("duplicates", number(self.duplicates), None, String::new());
        row("failed", sum(&self.failed), None, list(&self.failed));
        totals.trim_fmt()
    }
}
