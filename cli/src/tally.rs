//! The counts of settled arrivals, each in exactly one place.

use crate::input::Location;
use crate::table::{number, table};
use comfy_table::Table;
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::filter::DropReason;
use ecs_event_forwarder::line::{End, Entry};
use ecs_event_forwarder::log::Destination;
use ecs_event_forwarder::respond::EndCounts;
use std::collections::BTreeMap;

/// Counts, whose memory grows with destinations, not with events.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) summary: EndCounts,
    /// The number of events that the event pattern matches, if the command asks for it.
    pub(crate) matched: Option<usize>,
    streams: BTreeMap<String, BTreeMap<&'static str, Stored>>,
    bytes_in_stored: usize,
    dropped: BTreeMap<DropReason, usize>,
    failed: BTreeMap<&'static str, usize>,
}

#[derive(Clone, Copy, Default)]
struct Stored {
    events: usize,
    bytes_in: usize,
    bytes_out: usize,
}

impl Stored {
    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
    }
}

/// The names under which destinations are shown.
pub(crate) enum Names<'a> {
    /// Log groups and log streams.
    Logs,
    /// Files in a folder.
    Files { folder: &'a str, extension: &'a str },
}

impl Names<'_> {
    /// Names a log group, or the beginning of one.
    fn group(&self, group: &str) -> String {
        match self {
            Self::Logs => group.to_owned(),
            Self::Files { folder, .. } => {
                format!("{}/{}", folder.trim_end_matches('/'), group.trim_start_matches('/'))
            }
        }
    }

    fn stream(&self, stream: &str) -> String {
        match self {
            Self::Logs => stream.to_owned(),
            Self::Files { extension, .. } => format!("{stream}{extension}"),
        }
    }
}

impl Tally {
    /// Counts a settled entry, and the log stream that it is stored in.
    pub(crate) fn count(&mut self, entry: &Entry, destination: Option<&Destination>) {
        self.summary.add(entry);
        match (entry.end(), destination) {
            (End::Stored, Some(destination)) => {
                self.count_stream(destination, entry.bytes_in(), entry.bytes_out());
            }
            (End::Dropped(reason), _) => *self.dropped.entry(*reason).or_default() += 1,
            (End::Failed(failure), _) => {
                *self.failed.entry(failure.error_type()).or_default() += 1;
            }
            (End::Stored, None) | (End::Duplicate, _) => {}
        }
    }

    /// Counts whether the rule would invoke the function for an event.
    pub(crate) fn count_matched(&mut self, is_matched: bool) {
        *self.matched.get_or_insert_default() += usize::from(is_matched);
    }

    /// Returns the number of invocations that the rule saves. An event that the line refuses does not
    /// count: EventBridge would not deliver it even without an event pattern.
    pub(crate) fn saved(&self) -> usize {
        let is_refused = [
            Failure::UnreadablePayload { offset: None },
            Failure::UnknownPayload,
            Failure::ForeignSource,
        ];
        let refused = is_refused.iter().filter_map(|it| self.failed.get(it.error_type()));
        let unmatched = self.summary.received - self.matched.unwrap_or(self.summary.received);
        unmatched.saturating_sub(refused.sum())
    }

    /// Counts a stored event for its log stream.
    pub(crate) fn count_stream(
        &mut self,
        destination: &Destination,
        bytes_in: usize,
        bytes_out: usize,
    ) {
        self.bytes_in_stored += bytes_in;
        let group = self.streams.entry(destination.log_group.clone()).or_default();
        let stream = group.entry(destination.log_stream).or_default();
        stream.add(Stored { events: 1, bytes_in, bytes_out });
    }

    /// Returns the destinations as a tree: the common part of the groups' names, the groups, the
    /// streams.
    pub(crate) fn destinations(&self, title: &str, names: &Names<'_>) -> Option<String> {
        let groups: Vec<_> = self.streams.keys().map(String::as_str).collect();
        let common = common_folder(&groups);
        let mut tree = table(&["EVENTS>", "BYTES IN>", "BYTES OUT>", title]);
        if !common.is_empty() {
            let all = self.streams.values().flat_map(BTreeMap::values);
            row(&mut tree, total(all), 0, &names.group(common));
        }
        let level = usize::from(!common.is_empty());
        for (group, streams) in &self.streams {
            let below = group.strip_prefix(common).filter(|_| level > 0);
            let name = below.map_or_else(|| names.group(group), str::to_owned);
            row(&mut tree, total(streams.values()), level, &name);
            for (stream, stored) in streams {
                row(&mut tree, *stored, level + 1, &names.stream(stream));
            }
        }
        (!self.streams.is_empty()).then(|| tree.trim_fmt())
    }

    /// Returns the received bytes of the stored events, to which every share refers.
    pub(crate) fn bytes_in_stored(&self) -> usize {
        self.bytes_in_stored
    }

    /// Returns the share of these bytes that is stored, in words.
    pub(crate) fn share(&self) -> Option<String> {
        let bytes_in = self.bytes_in_stored;
        let percent = (self.summary.bytes_out * 100).checked_div(bytes_in)?;
        Some(format!("{percent} % of their original {}", number(bytes_in)))
    }

    /// Returns the table of totals; `stored` is the title of the row of stored events.
    pub(crate) fn totals(&self, stored: &str) -> String {
        let EndCounts { received, stored: kept, dropped, duplicates, failed, bytes_in, bytes_out } =
            self.summary;
        let mut totals = table(&["TOTAL", "EVENTS>", "BYTES>", ""]);
        let reasons = list(self.dropped.iter().map(|(reason, count)| (reason.as_str(), *count)));
        let error_types = list(self.failed.iter().map(|(error_type, count)| (*error_type, *count)));
        let share = self.share().unwrap_or_default();
        let mut row = |name: &str, events: usize, bytes: Option<usize>, note: String| {
            totals.add_row([
                name.to_owned(),
                number(events),
                bytes.map_or(String::new(), number),
                note,
            ]);
        };
        row("received", received, Some(bytes_in), String::new());
        if let Some(matched) = self.matched {
            let saved = match self.saved() {
                0 => "by the rule".to_owned(),
                1 => "by the rule, which saves 1 invocation".to_owned(),
                count => format!("by the rule, which saves {} invocations", number(count)),
            };
            row("matched", matched, None, saved);
        }
        row(stored, kept, Some(bytes_out), share);
        row("dropped", dropped, None, reasons);
        row("duplicates", duplicates, None, String::new());
        row("failed", failed, None, error_types);
        totals.trim_fmt()
    }
}

fn total<'a>(all: impl Iterator<Item = &'a Stored>) -> Stored {
    all.fold(Stored::default(), |mut sum, stored| {
        sum.add(*stored);
        sum
    })
}

fn row(tree: &mut Table, stored: Stored, level: usize, name: &str) {
    let name = format!("{:indent$}{name}", "", indent = level * 2);
    let Stored { events, bytes_in, bytes_out } = stored;
    tree.add_row([number(events), number(bytes_in), number(bytes_out), name]);
}

/// Returns the longest prefix that ends in a slash and that all names share. A lone name shares
/// nothing.
fn common_folder<'a>(names: &[&'a str]) -> &'a str {
    let [first, rest @ ..] = names else {
        return "";
    };
    if rest.is_empty() {
        return "";
    }
    let is_common = |folder: &&str| rest.iter().all(|name| name.starts_with(folder));
    let ends = first.match_indices('/').map(|(at, _)| at + 1);
    let folders = ends.filter(|end| *end > 1).filter_map(|end| first.get(..end));
    folders.take_while(is_common).last().unwrap_or_default()
}

fn list<'a>(counts: impl Iterator<Item = (&'a str, usize)>) -> String {
    let counts: Vec<_> = counts.map(|(name, count)| format!("{name} {}", number(count))).collect();
    counts.join(", ")
}

/// Failures of delivery, each with the number of events that met it.
#[derive(Default)]
pub(crate) struct Failures(Vec<(Failure, usize, String)>);

impl Failures {
    /// Counts a failure, and keeps the location of the first event that met it.
    pub(crate) fn count(&mut self, failure: &Failure, location: &Location) {
        match self.0.iter_mut().find(|(known, ..)| known == failure) {
            Some((_, count, _)) => *count += 1,
            None => self.0.push((failure.clone(), 1, location.in_full())),
        }
    }

    /// Returns one sentence for each failure.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(failure, count, first)| {
            let noun = if *count == 1 { "event" } else { "events" };
            let (count, error_type) = (number(*count), failure.error_type());
            format!("{count} {noun} failed, first {first}: {error_type}: {failure}")
        })
    }
}

/// True if the event is at fault: its location is then printed at once.
pub(crate) fn is_of_input(failure: &Failure) -> bool {
    match failure {
        Failure::UnreadablePayload { .. } | Failure::UnknownPayload | Failure::ForeignSource => {
            true
        }
        Failure::AccessDenied { .. }
        | Failure::Undelivered { .. }
        | Failure::DeadlineNear { .. }
        | Failure::Rejected { .. } => false,
    }
}
