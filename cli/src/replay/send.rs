//! Arrivals → what became of each, with the journal ahead of and behind every batch.

use super::function::{Answer, Function};
use super::journal::{Journal, Mark};
use super::key::Key;
use super::pace::Pace;
use super::summary::Fate;
use super::target::{Target, put};
use super::{Arguments, To};
use crate::clock;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::event::Arrival;
use ecs_event_forwarder::log::{Batch, limit};
use ecs_event_forwarder::plan::{End, plan};
use ecs_event_forwarder::policy::Policy;
use ecs_event_forwarder::seen::{Identity, Seen};
use futures_util::future::join_all;
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Invocations under way at once, which are a batch to the journal.
const CONCURRENT_INVOCATIONS: usize = 8;

pub(super) struct Sender {
    policy: Policy,
    /// None, and nothing is sent.
    target: Option<Target>,
    to: To,
    journal: Journal,
    resends: bool,
    pace: Pace,
    seen: Seen,
    is_stopping: Arc<AtomicBool>,
    over: Option<String>,
}

/// An arrival that is to be sent: its position, itself, and what it is called.
struct Due {
    position: usize,
    arrival: Arrival,
    key: Key,
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
            policy,
            target,
            to: arguments.to,
            journal,
            resends: arguments.resend_in_doubt,
            pace: Pace::new(arguments.rate),
            seen: Seen::default(),
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
        let event = arrival.event.as_ref().map_err(|failure| Fate::Undone(failure.clone()))?;
        let key = Key::of(event);
        match self.journal.of(&key) {
            None => Ok(key),
            Some(Mark::InDoubt) if self.resends => Ok(key),
            Some(Mark::InDoubt) => Err(Fate::InDoubtBefore),
            Some(Mark::Now) => Err(Fate::Duplicate),
            Some(Mark::Before) => {
                // Its second delivery can have another id.
                self.seen.remember(Identity::of(&classify(event)));
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
        let mut plan = plan(&self.policy, &self.seen, arrivals, clock::now_ms());
        let batches = std::mem::take(&mut plan.batches);
        let mut ends = HashMap::new();
        for batch in &batches {
            for piece in pieces(batch, self.pace.at_once(limit::REQUEST_EVENTS)) {
                self.put(&piece, &positions, &mut ends).await;
            }
        }
        let mut fates: Vec<(usize, Fate)> = Vec::with_capacity(positions.len());
        for (at, (entry, (position, _))) in plan.entries.into_iter().zip(positions).enumerate() {
            let fate = match entry.end {
                End::Stored => ends.remove(&at).unwrap_or(Fate::NotSent),
                End::Dropped(reason) => Fate::Dropped(Some(reason)),
                End::Duplicate(None) => Fate::Duplicate,
                // It shares the fate of the first, which stands before it.
                End::Duplicate(Some(first)) => match fates.get(first) {
                    Some((_, Fate::Stored(..))) | None => Fate::Duplicate,
                    Some((_, fate)) => fate.clone(),
                },
                End::Undone(failure) => Fate::Undone(failure),
            };
            if matches!(fate, Fate::Stored(..)) {
                self.seen.remember(entry.identity);
            }
            fates.push((position, fate));
        }
        fates
    }

    /// Puts a batch, unless the run is over.
    async fn put(&mut self, batch: &Batch, keys: &[(usize, Key)], ends: &mut HashMap<usize, Fate>) {
        let stored = batch.events.iter().map(|event| {
            let destination = Some(batch.destination.clone());
            (event.arrival, Fate::Stored(event.message.len(), destination))
        });
        if self.target.is_none() {
            ends.extend(stored);
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
        let receipt = put(logs, once, batch).await;
        let mut fates: HashMap<_, _> = stored.collect();
        for (arrival, failure, is_certain) in receipt.undone {
            let fate = if is_certain { Fate::Undone(failure) } else { Fate::InDoubt(failure) };
            fates.insert(arrival, fate);
        }
        let of_batch = batch.events.iter().map(|event| event.arrival).zip(keys);
        let of_batch = of_batch.map(|(arrival, key)| (key, fates.get(&arrival)));
        self.note_fates(of_batch.filter_map(|(key, fate)| Some((key, fate?))));
        ends.extend(fates);
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
        self.note_fates(keys.into_iter().zip(&answers));
        group.iter().map(|due| due.position).zip(answers).collect()
    }

    /// Writes down what came of a batch, and ends the run if that is in doubt.
    fn note_fates<'a>(&mut self, fates: impl Iterator<Item = (&'a Key, &'a Fate)>) {
        let (mut stored, mut in_doubt) = (Vec::new(), Vec::new());
        for (key, fate) in fates {
            match fate {
                // What a function calls a duplicate, it has stored before.
                Fate::Stored(..) | Fate::Duplicate => stored.push(key),
                Fate::InDoubt(_) => in_doubt.push(key),
                Fate::Dropped(_)
                | Fate::StoredBefore
                | Fate::Undone(_)
                | Fate::InDoubtBefore
                | Fate::NotSent => {}
            }
        }
        if !in_doubt.is_empty() {
            self.over = Some("the run ends at a batch of which nothing was heard".to_owned());
        }
        self.note(|journal| journal.sent(&stored, &in_doubt));
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
        Err(failure) => return Fate::Undone(failure.clone()),
    };
    match function.invoke(event).await {
        Answer::Stored(bytes) => Fate::Stored(bytes, None),
        Answer::Dropped => Fate::Dropped(None),
        Answer::Duplicate => Fate::Duplicate,
        Answer::Undone(failure) => Fate::Undone(failure),
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
