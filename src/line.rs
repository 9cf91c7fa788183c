//! The line: plan what happens to each arrival, then settle it with the receipts of delivery.
//!
//! Every arrival ends in exactly one place: stored, dropped with a reason, a duplicate of a stored
//! event, or failed. A [`Plan`] only states intents. [`Line::settle`] turns them into [`End`]s, and
//! an event is stored only if a [`Receipt`] says so.
//!
//! Neither step reads a clock, the environment or the network; `settle` changes only the memory of
//! the line.

use crate::batch::batch;
use crate::event::{Arrival, Origin};
use crate::failure::Failure;
use crate::filter::DropReason;
use crate::judge::{Judgement, Kept, judge};
use crate::log::{Batch, Destination, LogEvent, PlanNumber};
use crate::note::Note;
use crate::policy::Policy;
use crate::seen::{Firsts, Identity, Seen};

/// A policy, and the memory of the events that it has stored.
#[derive(Debug)]
pub struct Line {
    policy: Policy,
    seen: Seen,
}

/// The line's intents for some arrivals, and the requests that carry them out.
#[derive(Debug)]
#[must_use = "only a settled plan can be counted, answered or remembered"]
pub struct Plan {
    number: PlanNumber,
    entries: Vec<PlannedEntry>,
    batches: Vec<Batch>,
}

/// One arrival before delivery.
#[derive(Debug)]
pub struct PlannedEntry {
    /// How the event arrived.
    pub origin: Origin,
    /// The line's intent for it.
    pub intent: Intent,
    identity: Identity,
    detail_type: Option<&'static str>,
    bytes_in: usize,
    bytes_out: usize,
    note: Option<Box<Note>>,
}

/// The line's intent for an arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Deliver it: one of the plan's batches holds it.
    Deliver,
    /// Drop it.
    Drop(DropReason),
    /// Skip it: with no position, because the same event is stored already; else because the earlier
    /// entry at this position is the same event and decides its end.
    Skip(Option<usize>),
    /// Fail it without delivery.
    Fail(Failure),
}

/// One arrival after delivery.
///
/// Only [`Line::settle`] makes one, and nobody can change it: what has failed stays failed.
///
/// ```compile_fail,E0616
/// use ecs_event_forwarder::line::{End, Entry};
///
/// fn improve(entry: &mut Entry) {
///     entry.end = End::Stored;
/// }
/// ```
#[derive(Debug)]
pub struct Entry {
    origin: Origin,
    detail_type: Option<&'static str>,
    bytes_in: usize,
    bytes_out: usize,
    note: Option<Box<Note>>,
    end: End,
    identity: Identity,
}

/// The one place where an arrival ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Stored in its log group.
    Stored,
    /// Dropped: the policy does not keep it.
    Dropped(DropReason),
    /// Skipped: the same event is stored.
    Duplicate,
    /// Failed: its caller hears of it.
    Failed(Failure),
}

/// The answer to one batch, or to a part of one: where each of its log events ended.
///
/// It settles only the plan that the batch is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    plan: PlanNumber,
    /// All arrivals that it answers, stored or not.
    arrivals: Vec<usize>,
    /// The arrivals that did not end in their log group.
    not_stored: Vec<(usize, End)>,
}

impl Receipt {
    /// A receipt that says every event in the batch is stored, except those in `failed`, which are
    /// named by [`LogEvent::arrival`].
    pub fn new(batch: &Batch, failed: Vec<(usize, Failure)>) -> Self {
        let arrivals = batch.arrivals().collect();
        let not_stored = failed.into_iter().map(|(arrival, why)| (arrival, End::Failed(why)));
        Self { plan: batch.plan(), arrivals, not_stored: not_stored.collect() }
    }

    /// The answer to one event of a plan, from a destination that decides by a policy of its own, as
    /// the deployed function does.
    pub fn of_one(plan: PlanNumber, arrival: usize, end: End) -> Self {
        let not_stored = if end == End::Stored { Vec::new() } else { vec![(arrival, end)] };
        Self { plan, arrivals: vec![arrival], not_stored }
    }

    /// The events that failed, each with its reason.
    pub fn failed(&self) -> impl Iterator<Item = (usize, &Failure)> {
        self.not_stored.iter().filter_map(|(arrival, end)| match end {
            End::Failed(failure) => Some((*arrival, failure)),
            End::Stored | End::Dropped(_) | End::Duplicate => None,
        })
    }

    /// A receipt that says the whole batch is stored.
    pub fn stored(batch: &Batch) -> Self {
        Self::new(batch, Vec::new())
    }
}

impl PlannedEntry {
    /// The position of the entry whose delivery decides where this one ends: its own, which is
    /// `position`, or that of the entry that it duplicates. There is none if no delivery decides.
    pub fn decided_by(&self, position: usize) -> Option<usize> {
        match self.intent {
            Intent::Deliver => Some(position),
            Intent::Skip(first) => first,
            Intent::Drop(_) | Intent::Fail(_) => None,
        }
    }
}

impl Plan {
    /// Its number, which its receipts carry.
    pub fn number(&self) -> PlanNumber {
        self.number
    }

    /// The entries, one for each arrival, in the order of arrival.
    pub fn entries(&self) -> &[PlannedEntry] {
        &self.entries
    }

    /// The requests that deliver what is kept.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// Takes the batches out, so that each can be freed after its delivery.
    pub fn take_batches(&mut self) -> Vec<Batch> {
        std::mem::take(&mut self.batches)
    }
}

impl Line {
    /// A line that has stored nothing yet.
    pub fn new(policy: Policy) -> Self {
        Self { policy, seen: Seen::default() }
    }

    /// The policy of the line.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Plans what happens to each arrival.
    ///
    /// Each arrival is freed before the next is requested. An event without a time gets `now_ms`.
    pub fn plan(&self, arrivals: impl IntoIterator<Item = Arrival>, now_ms: i64) -> Plan {
        let arrivals = arrivals.into_iter();
        let (_, most) = arrivals.size_hint();
        let mut log_events = Vec::with_capacity(most.unwrap_or_default());
        let mut firsts = Firsts::expecting(most);
        let entry = |(position, arrival): (usize, Arrival)| {
            let Arrival { origin, event, bytes: bytes_in } = arrival;
            let judged = event.as_ref().map_err(Failure::clone);
            let judged = judged.and_then(|event| judge(&self.policy, event, now_ms));
            let mut entry = PlannedEntry {
                origin,
                intent: Intent::Deliver,
                identity: Identity::default(),
                detail_type: None,
                bytes_in,
                bytes_out: 0,
                note: None,
            };
            let Judgement { event, note, ruling } = match judged {
                Ok(judgement) => judgement,
                Err(failure) => return PlannedEntry { intent: Intent::Fail(failure), ..entry },
            };
            entry.detail_type = event.kind.known_detail_type();
            entry.note = note;
            let mut kept = match ruling {
                Ok(kept) => kept,
                Err(reason) => return PlannedEntry { intent: Intent::Drop(reason), ..entry },
            };
            entry.identity = Identity::of(&event);
            if self.seen.has(&entry.identity) {
                entry.intent = Intent::Skip(None);
            } else if let Some(first) = firsts.earlier(&entry.identity, position) {
                entry.intent = Intent::Skip(Some(first));
            } else {
                entry.bytes_out = kept.message.len();
                if most != Some(1) {
                    // Thousands of messages can wait, each with spare room for its removed fields.
                    kept.message.shrink_to_fit();
                }
                log_events.push(kept.at(position));
            }
            entry
        };
        let entries = arrivals.enumerate().map(entry).collect();
        let number = PlanNumber::fresh();
        Plan { number, entries, batches: batch(number, log_events) }
    }

    /// Settles a plan: turns every intent into an end, and remembers what is stored.
    ///
    /// `receipts` holds the answers to the plan's batches, in any order. An event that no receipt of
    /// this plan names has failed. Of two answers to one event, a failure wins, and "stored" loses. A
    /// duplicate of an event that failed, or that its destination dropped, shares that end.
    pub fn settle(
        &mut self,
        plan: Plan,
        receipts: impl IntoIterator<Item = Receipt>,
    ) -> Vec<Entry> {
        let mut answers: Vec<Option<End>> = Vec::new();
        answers.resize(plan.entries.len(), None);
        let of_plan = receipts.into_iter().filter(|receipt| receipt.plan == plan.number);
        for Receipt { arrivals, not_stored, .. } in of_plan {
            let stored = arrivals.into_iter().map(|arrival| (arrival, End::Stored));
            for (arrival, end) in stored.chain(not_stored) {
                if let Some(answer) = answers.get_mut(arrival) {
                    *answer = Some(worse(answer.take(), end));
                }
            }
        }
        let answer = |arrival: usize| {
            let answer = answers.get(arrival).cloned().flatten();
            answer.unwrap_or_else(|| End::Failed(unanswered()))
        };
        let settled = |(position, planned): (usize, PlannedEntry)| {
            let end = match planned.intent {
                Intent::Deliver => answer(position),
                Intent::Drop(reason) => End::Dropped(reason),
                Intent::Skip(None) => End::Duplicate,
                Intent::Skip(Some(first)) => match answer(first) {
                    End::Stored | End::Duplicate => End::Duplicate,
                    elsewhere @ (End::Dropped(_) | End::Failed(_)) => elsewhere,
                },
                Intent::Fail(failure) => End::Failed(failure),
            };
            let is_stored = end == End::Stored;
            let PlannedEntry { origin, mut identity, detail_type, bytes_in, note, .. } = planned;
            if is_stored {
                // It can be moved: only warnings about failed events need it from here on.
                self.seen.remember(std::mem::take(&mut identity));
            }
            let bytes_out = if is_stored { planned.bytes_out } else { 0 };
            Entry { origin, detail_type, bytes_in, bytes_out, note, end, identity }
        };
        plan.entries.into_iter().enumerate().map(settled).collect()
    }
}

impl Entry {
    /// How the event arrived.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Its `detail-type`, if it is a known one.
    pub fn detail_type(&self) -> Option<&'static str> {
        self.detail_type
    }

    /// Bytes of the event as it arrived.
    pub fn bytes_in(&self) -> usize {
        self.bytes_in
    }

    /// Bytes of the stored message; 0 unless it is stored.
    pub fn bytes_out(&self) -> usize {
        self.bytes_out
    }

    /// The facts that metrics count, if the metrics need them.
    pub fn note(&self) -> Option<&Note> {
        self.note.as_deref()
    }

    /// The place where it ended.
    pub fn end(&self) -> &End {
        &self.end
    }

    /// The event's `id` if it has the form of EventBridge's ids; any other text could be a secret.
    pub fn printable_id(&self) -> Option<&str> {
        self.identity.printable_id()
    }
}

impl Kept {
    fn at(self, arrival: usize) -> (Destination, LogEvent) {
        let Self { message, destination, timestamp_ms } = self;
        (destination, LogEvent { timestamp_ms, message, arrival })
    }
}

/// Of two answers to the same event, the one that promises less.
fn worse(earlier: Option<End>, later: End) -> End {
    let rank = |end: &End| match end {
        End::Failed(_) => 0,
        End::Dropped(_) => 1,
        End::Duplicate => 2,
        End::Stored => 3,
    };
    match earlier {
        Some(earlier) if rank(&earlier) <= rank(&later) => earlier,
        _ => later,
    }
}

/// The failure of an event that no receipt names.
fn unanswered() -> Failure {
    let cause = "the batch has no receipt".to_owned();
    Failure::Undelivered { operation: "delivery", cause }
}
