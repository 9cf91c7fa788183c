//! The line: arrivals → what happens to each. Pure and total: no clock, no environment, no network.

use crate::batch::batch;
use crate::classify::classify;
use crate::enrich::enrich;
use crate::event::{Arrival, EcsEvent, Failure, Origin};
use crate::filter::{DropReason, Verdict, filter};
use crate::json::Json;
use crate::log::{Batch, Destination, LogEvent, limit};
use crate::note::{Note, note};
use crate::policy::Policy;
use crate::redact::redact;
use crate::route::route;
use crate::seen::{Firsts, Identity, Seen};
use crate::stub::stub;
use crate::trim::{Trim, trim};

/// What is to be done with a set of arrivals.
#[derive(Debug)]
pub struct Plan {
    /// One for each arrival, in their order.
    pub entries: Vec<Entry>,
    /// The requests that store what is kept.
    pub batches: Vec<Batch>,
}

/// What is to become, or became, of one arrival.
#[derive(Debug)]
pub struct Entry {
    /// How it came.
    pub origin: Origin,
    /// What tells it from others.
    pub identity: Identity,
    /// Its `detail-type` if it is a known one.
    pub detail_type: Option<&'static str>,
    /// Bytes of the event as it came.
    pub bytes_in: usize,
    /// Bytes of the message, if it is stored.
    pub bytes_out: usize,
    /// What metrics tell of it, if they are wanted.
    pub note: Option<Box<Note>>,
    /// The one place where it ends.
    pub end: End,
}

/// Where an arrival ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// In its log group, once its batch is delivered.
    Stored,
    /// Not wanted.
    Dropped(DropReason),
    /// The same as one that is stored, or, with its position, that another entry will store.
    Duplicate(Option<usize>),
    /// With its caller, who hears of it.
    Undone(Failure),
}

/// What the policy makes of one event.
pub struct Judgement<'a> {
    /// What is known of it.
    pub event: EcsEvent<'a>,
    /// The log event it becomes, or why it becomes none.
    pub ruling: Result<Kept, DropReason>,
}

/// An event that is kept, ready to be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where it goes.
    pub destination: Destination,
    /// When it happened, in milliseconds since 1970.
    pub timestamp_ms: i64,
    /// One JSON object on one line.
    pub message: String,
}

/// Decides what happens to each arrival.
///
/// Each arrival is let go before the next is asked for. `seen` is what was stored before; `now_ms`
/// stands in for the time of events that have none.
pub fn plan(
    policy: &Policy,
    seen: &Seen,
    arrivals: impl IntoIterator<Item = Arrival>,
    now_ms: i64,
) -> Plan {
    let arrivals = arrivals.into_iter();
    let (_, most) = arrivals.size_hint();
    let mut log_events = Vec::with_capacity(most.unwrap_or_default());
    let mut firsts = Firsts::expecting(most);
    let entry = |(position, arrival)| {
        let Arrival { origin, event, bytes: bytes_in } = arrival;
        let undone = |failure| End::Undone(failure);
        let judged = event.as_ref().map_err(|failure| undone(failure.clone()));
        let judged = judged.and_then(|event| judge(policy, event, now_ms).map_err(undone));
        let mut entry = Entry {
            origin,
            identity: Identity::default(),
            detail_type: judged.as_ref().ok().and_then(|it| it.event.kind.known_detail_type()),
            bytes_in,
            bytes_out: 0,
            note: judged.as_ref().ok().filter(|_| policy.notes).map(|it| note(&it.event).into()),
            end: End::Stored,
        };
        match judged {
            Err(end) => entry.end = end,
            Ok(Judgement { ruling: Err(reason), .. }) => entry.end = End::Dropped(reason),
            Ok(Judgement { event, ruling: Ok(mut kept) }) => {
                entry.identity = Identity::of(&event);
                if seen.has(&entry.identity) {
                    entry.end = End::Duplicate(None);
                } else if let Some(first) = firsts.earlier(&entry.identity, position) {
                    entry.end = End::Duplicate(Some(first));
                } else {
                    entry.bytes_out = kept.message.len();
                    if most != Some(1) {
                        // Thousands of them wait for each other, each with room for what was trimmed.
                        kept.message.shrink_to_fit();
                    }
                    log_events.push(kept.at(position));
                }
            }
        }
        entry
    };
    let entries = arrivals.enumerate().map(entry).collect();
    Plan { entries, batches: batch(log_events) }
}

impl Kept {
    fn at(self, arrival: usize) -> (Destination, LogEvent) {
        let Self { destination, timestamp_ms, message } = self;
        (destination, LogEvent { timestamp_ms, message, arrival })
    }
}

/// The steps from classification to route, for one event.
///
/// # Errors
///
/// The event's source is not accepted.
pub fn judge<'a>(policy: &Policy, event: &'a Json, now_ms: i64) -> Result<Judgement<'a>, Failure> {
    let known = classify(event);
    if !policy.sources.hold(Some(&known.envelope.source)) {
        return Err(Failure::ForeignSource);
    }
    let ruling = match filter(&policy.filter, &known) {
        Verdict::Drop(reason) => Err(reason),
        Verdict::Keep => Ok(Kept {
            destination: route(&policy.routes, &known),
            timestamp_ms: known.timestamp_ms.unwrap_or(now_ms),
            message: message(policy, event, &known),
        }),
    };
    Ok(Judgement { event: known, ruling })
}

/// What is stored of an event: as the policy has it, or less if that is too large.
fn message(policy: &Policy, event: &Json, known: &EcsEvent<'_>) -> String {
    let trimmed = |fields: &Trim| trim(fields, &known.kind, event);
    let finish = |text: String, oversize_bytes: Option<usize>| {
        let mut text = if policy.redact { redact(text) } else { text };
        if policy.enrich || oversize_bytes.is_some() {
            enrich(&mut text, policy.enrich.then_some(known), oversize_bytes);
        }
        text
    };
    let fits = |text: &String| text.len() <= limit::MESSAGE_BYTES;
    let as_wanted = finish(trimmed(&policy.trim), None);
    if fits(&as_wanted) {
        return as_wanted;
    }
    let smallest = finish(trimmed(&policy.smallest), None);
    if fits(&smallest) {
        return smallest;
    }
    finish(stub(event), Some(event.text().len()))
}

impl Plan {
    /// The entries after delivery: those whose arrival is in `undone` were not stored, nor were
    /// their duplicates.
    pub fn settle(mut self, undone: impl IntoIterator<Item = (usize, Failure)>) -> Vec<Entry> {
        for (position, failure) in undone {
            if let Some(entry) = self.entries.get_mut(position) {
                entry.bytes_out = 0;
                entry.end = End::Undone(failure);
            }
        }
        for position in 0..self.entries.len() {
            let first = match self.entries.get(position).map(|entry| &entry.end) {
                Some(End::Duplicate(Some(first))) => self.entries.get(*first),
                _ => None,
            };
            let Some(End::Undone(failure)) = first.map(|first| first.end.clone()) else {
                continue;
            };
            if let Some(entry) = self.entries.get_mut(position) {
                entry.end = End::Undone(failure);
            }
        }
        self.entries
    }
}
