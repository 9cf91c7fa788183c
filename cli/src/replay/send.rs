//! Arrivals → what became of each, with the journal ahead of and behind every batch.

use super::arguments::{Arguments, To};
use super::function::{Answer, Function};
use super::journal::{Journal, Mark};
use super::key::Key;
use super::pace::Pace;
use super::summary::Fate;
use super::target::{Target, put};
use crate::clock;
use ecs_event_forwarder::event::Arrival;
use ecs_event_forwarder::line::{End, Line, Receipt};
use ecs_event_forwarder::log::{Batch, Destination, limit};
use ecs_event_forwarder::policy::Policy;
use futures_util::future::join_all;
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Invocations under way at once, which are a batch to the journal.
const CONCURRENT_INVOCATIONS: usize = 8;

pub(super) struct Sender {
    line: Line,
    /// None, and nothing is sent.
    target: Option<Target>,
    to: To,
    journal: Journal,
    resends: bool,
    pace: Pace,
    is_stopping: Arc<AtomicBool>,
    over: Option<String>,
}

/// An arrival that is to be sent: its position, itself, and what it is called.
struct Due {
    position: usize,
    arrival: Arrival,
    key: Key,
}

/// The receipts of the batches that were sent, and where and how surely.
#[derive(Default)]
struct Sent {
    receipts: Vec<Receipt>,
    destinations: HashMap<usize, Destination>,
    in_doubt: HashSet<usize>,
}

impl Sent {
    fn add(&mut self, batch: &Batch, receipt: Receipt) {
        let arrivals = batch.events.iter().map(|event| event.arrival);
        self.destinations.extend(arrivals.map(|at| (at, batch.destination.clone())));
        self.receipts.push(receipt);
    }
}

impl Sender {
    pub(super) fn new(
        arguments: &Arguments,
        policy: Policy,
        target: Option<Target>,
        journal: Journal,
        is_stopping: Arc<AtomicBool>,
    ) -> Self {
        Self {
            line: Line::new(policy),
            target,
            to: arguments.to,
            journal,
            resends: arguments.resend_in_doubt,
            pace: Pace::new(arguments.rate),
            is_stopping,
            over: None,
        }
    }

    /// Whether nothing more is sent.
    pub(super) fn is_over(&self) -> bool {
        self.over.is_some() || self.is_stopping.load(Ordering::SeqCst)
    }

    /// Why, if nothing more is sent.
    pub(super) fn why_over(&self) -> Option<String> {
        let interrupted = || "interrupted".to_owned();
        self.over.clone().or_else(|| self.is_over().then(interrupted))
    }

    /// What becomes of each arrival.
    pub(super) async fn send(&mut self, arrivals: Vec<Arrival>) -> Vec<Fate> {
        let mut fates = vec![Fate::NotSent; arrivals.len()];
        let mut due = Vec::with_capacity(arrivals.len());
        for (position, arrival) in arrivals.into_iter().enumerate() {
            let fate = match self.known(&arrival) {
                Ok(key) => {
                    due.push(Due { position, arrival, key });
                    continue;
                }
                Err(fate) => fate,
            };
            if let Some(place) = fates.get_mut(position) {
                *place = fate;
            }
        }
        let ends = match self.to {
            To::Cloudwatch => self.store(due).await,
            To::Lambda => self.invoke(due).await,
        };
        for (position, fate) in ends {
            if let Some(place) = fates.get_mut(position) {
                *place = fate;
            }
        }
        fates
    }

    /// What an event that is to be sent is called, or why it is not to be sent.
    fn known(&mut self, arrival: &Arrival) -> Result<Key, Fate> {
        let event = arrival.event.as_ref().map_err(|failure| Fate::Failed(failure.clone()))?;
        let key = Key::of(event);
        match self.journal.of(&key) {
            None => Ok(key),
            Some(Mark::InDoubt) if self.resends => Ok(key),
            Some(Mark::InDoubt) => Err(Fate::InDoubtBefore),
            Some(Mark::Now) => Err(Fate::Duplicate),
            Some(Mark::Before) => {
                // Its second delivery can have another id.
                self.line.remember_stored(event);
                Err(Fate::StoredBefore)
            }
        }
    }

    /// Through the line, into CloudWatch Logs.
    async fn store(&mut self, due: Vec<Due>) -> Vec<(usize, Fate)> {
        let mut positions = Vec::with_capacity(due.len());
        let mut arrivals = Vec::with_capacity(due.len());
        for Due { position, arrival, key } in due {
            positions.push((position, key));
            arrivals.push(arrival);
        }
        let mut plan = self.line.plan(arrivals, clock::now_ms());
        let batches = plan.take_batches();
        let deciders = plan.entries().iter().enumerate().map(|(at, entry)| entry.decided_by(at));
        let deciders: Vec<_> = deciders.collect();
        let mut sent = Sent::default();
        for batch in &batches {
            for piece in pieces(batch, self.pace.at_once(limit::REQUEST_EVENTS)) {
                self.put(&piece, &positions, &mut sent).await;
            }
        }
        let Sent { receipts, destinations, in_doubt } = sent;
        let entries = self.line.settle(plan, receipts);
        let mut fates = Vec::with_capacity(entries.len());
        for ((entry, (position, _)), decider) in entries.into_iter().zip(positions).zip(deciders) {
            let destination = decider.and_then(|at| destinations.get(&at));
            let fate = match (entry.end, decider) {
                (End::Stored, _) => Fate::Stored(entry.bytes_out, destination.cloned()),
                (End::Dropped(reason), _) => Fate::Dropped(Some(reason)),
                (End::Duplicate, _) => Fate::Duplicate,
                (End::Failed(_), Some(_)) if destination.is_none() => Fate::NotSent,
                (End::Failed(failure), Some(at)) if in_doubt.contains(&at) => {
                    Fate::InDoubt(failure)
                }
                (End::Failed(failure), _) => Fate::Failed(failure),
            };
            fates.push((position, fate));
        }
        fates
    }

    /// Puts a batch, unless the run is over.
    async fn put(&mut self, batch: &Batch, keys: &[(usize, Key)], sent: &mut Sent) {
        if self.target.is_none() {
            sent.add(batch, Receipt::stored(batch));
            return;
        }
        if !self.is_over() {
            self.pace.wait_for(batch.events.len()).await;
        }
        let keys: Vec<_> = batch.events.iter().filter_map(|it| keys.get(it.arrival)).collect();
        let keys: Vec<_> = keys.into_iter().map(|(_, key)| key).collect();
        if self.is_over() || !self.note(|journal| journal.sends(&keys)) {
            return;
        }
        let Some(Target::Logs(logs, once)) = &self.target else {
            return;
        };
        let (receipt, in_doubt) = put(logs, once, batch).await;
        let failed: HashSet<_> = receipt.failed().iter().map(|(arrival, _)| *arrival).collect();
        let events = batch.events.iter().map(|event| event.arrival).zip(keys);
        let (failed, stored): (Vec<_>, Vec<_>) =
            events.partition(|(arrival, _)| failed.contains(arrival));
        let doubted = failed.into_iter().filter(|(arrival, _)| in_doubt.contains(arrival));
        self.note_answers(
            &stored.into_iter().map(|(_, key)| key).collect::<Vec<_>>(),
            &doubted.map(|(_, key)| key).collect::<Vec<_>>(),
        );
        sent.add(batch, receipt);
        sent.in_doubt.extend(in_doubt);
    }

    /// One by one to the function, some at a time.
    async fn invoke(&mut self, mut due: Vec<Due>) -> Vec<(usize, Fate)> {
        let mut fates = Vec::with_capacity(due.len());
        while !due.is_empty() {
            let most = self.pace.at_once(CONCURRENT_INVOCATIONS).min(due.len());
            let rest = due.split_off(most);
            let group = std::mem::replace(&mut due, rest);
            let mut fresh = Vec::with_capacity(group.len());
            let mut names = HashSet::new();
            for due in group {
                let is_known = self.journal.of(&due.key) == Some(Mark::Now);
                if is_known || !names.insert(due.key.hash) {
                    fates.push((due.position, Fate::Duplicate));
                } else {
                    fresh.push(due);
                }
            }
            fates.extend(self.invoke_group(&fresh).await);
        }
        fates
    }

    async fn invoke_group(&mut self, group: &[Due]) -> Vec<(usize, Fate)> {
        let fate = |fate: Fate| group.iter().map(|due| (due.position, fate.clone())).collect();
        if self.target.is_none() {
            return fate(Fate::Stored(0, None));
        }
        if !self.is_over() {
            self.pace.wait_for(group.len()).await;
        }
        let keys: Vec<_> = group.iter().map(|due| &due.key).collect();
        if self.is_over() || !self.note(|journal| journal.sends(&keys)) {
            return fate(Fate::NotSent);
        }
        let Some(Target::Function(function)) = &self.target else {
            return fate(Fate::NotSent);
        };
        let answers = join_all(group.iter().map(|due| invoke(function, &due.arrival))).await;
        let keys_with = |wanted: fn(&Fate) -> bool| {
            let answered = keys.iter().zip(&answers).filter(|(_, fate)| wanted(fate));
            answered.map(|(key, _)| *key).collect::<Vec<_>>()
        };
        // A duplicate for the function is an event that it stored before.
        let stored = keys_with(|fate| matches!(fate, Fate::Stored(..) | Fate::Duplicate));
        let in_doubt = keys_with(|fate| matches!(fate, Fate::InDoubt(_)));
        self.note_answers(&stored, &in_doubt);
        group.iter().map(|due| due.position).zip(answers).collect()
    }

    /// Notes the answers to a batch in the journal. An answer that is in doubt ends the run.
    fn note_answers(&mut self, stored: &[&Key], in_doubt: &[&Key]) {
        if !in_doubt.is_empty() {
            self.over = Some("the run ends at a batch that got no answer".to_owned());
        }
        self.note(|journal| journal.sent(stored, in_doubt));
    }

    /// Writes into the journal; if that fails, the run is over.
    fn note(&mut self, write: impl FnOnce(&mut Journal) -> io::Result<()>) -> bool {
        let written = write(&mut self.journal);
        if let Err(error) = &written {
            self.over = Some(format!("the journal cannot be written: {error}"));
        }
        written.is_ok()
    }
}

async fn invoke(function: &Function, arrival: &Arrival) -> Fate {
    let event = match &arrival.event {
        Ok(event) => event.text(),
        Err(failure) => return Fate::Failed(failure.clone()),
    };
    match function.invoke(event).await {
        Answer::Stored(bytes) => Fate::Stored(bytes, None),
        Answer::Dropped => Fate::Dropped(None),
        Answer::Duplicate => Fate::Duplicate,
        Answer::Failed(failure) => Fate::Failed(failure),
        Answer::InDoubt(failure) => Fate::InDoubt(failure),
    }
}

/// A batch in parts of at most so many events.
fn pieces(batch: &Batch, most: usize) -> impl Iterator<Item = Batch> {
    batch
        .events
        .chunks(most.max(1))
        .map(|events| Batch { destination: batch.destination.clone(), events: events.to_vec() })
}
