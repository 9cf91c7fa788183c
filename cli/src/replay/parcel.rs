//! A parcel: the events that are sent at once and share a line of the journal.

use ecs_event_forwarder::line::{End, Receipt};
use ecs_event_forwarder::log::{Batch, PlanNumber};
use std::collections::{BTreeSet, HashMap};

/// Events on their way, each under its position in the plan.
pub(super) enum Parcel {
    /// One `PutLogEvents` request.
    Batch(Batch),
    /// One invocation for each event of a plan, with its text.
    Events(PlanNumber, Vec<(usize, String)>),
}

/// The answers to a parcel.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) receipts: Vec<Receipt>,
    /// The events that are stored, now or earlier.
    pub(super) stored: Vec<usize>,
    /// The events that may or may not be stored.
    pub(super) in_doubt: BTreeSet<usize>,
    /// The number of stored bytes by event, if the destination reports it.
    pub(super) bytes_out: HashMap<usize, usize>,
    /// True if the last attempt had no connection.
    pub(super) is_unsent: bool,
}

impl Parcel {
    /// Divides a batch into parcels of at most `most` events.
    pub(super) fn of_batch(batch: &Batch, most: usize) -> impl Iterator<Item = Self> {
        batch.split(most).map(Self::Batch)
    }

    /// Returns the positions of its events.
    pub(super) fn positions(&self) -> Vec<usize> {
        match self {
            Self::Batch(batch) => batch.arrivals().collect(),
            Self::Events(_, events) => events.iter().map(|(position, _)| *position).collect(),
        }
    }

    /// Returns the answers for the case that everything is stored.
    pub(super) fn stored(&self) -> Answers {
        let stored = self.positions();
        let one = |plan, position: &usize| Receipt::of_one(plan, *position, End::Stored);
        let receipts = match self {
            Self::Batch(batch) => vec![Receipt::stored(batch)],
            Self::Events(plan, _) => stored.iter().map(|position| one(*plan, position)).collect(),
        };
        Answers { receipts, stored, ..Answers::default() }
    }
}
