//! Arrivals → the fate of each. The journal is written before and after every parcel.

use super::arguments::{Arguments, To};
use super::interrupt::Interrupt;
use super::journal::{Journal, Mark};
use super::key::{Key, Name};
use super::pace::Pace;
use super::parcel::{Answers, Parcel};
use super::target::Target;
use super::totals::Fate;
use crate::clock;
use ecs_event_forwarder::event::Arrival;
use ecs_event_forwarder::line::{End, Entry, Intent, Line, Plan, Receipt};
use ecs_event_forwarder::log::{Destination, limit};
use ecs_event_forwarder::policy::Policy;
use std::collections::{HashMap, HashSet};
use std::io;

/// Invocations under way at once, which are one parcel.
const CONCURRENT_INVOCATIONS: usize = 8;

pub(super) struct Sender {
    line: Line,
    /// None in a dry run: nothing is sent.
    target: Option<Target>,
    to: To,
    journal: Journal,
    resends: bool,
    pace: Pace,
    interrupt: Interrupt,
    over: Option<String>,
}

/// An arrival that is to be sent: its position, itself, and its names.
struct Due {
    position: usize,
    arrival: Arrival,
    key: Key,
}

/// The answers to all parcels of a plan.
#[derive(Default)]
struct Sent {
    receipts: Vec<Receipt>,
    /// The events that were in a parcel.
    posted: HashSet<usize>,
    destinations: HashMap<usize, Destination>,
    in_doubt: HashSet<usize>,
    bytes_out: HashMap<usize, usize>,
}

impl Sent {
    fn add(&mut self, parcel: &Parcel, answers: Answers) {
        let positions = parcel.positions();
        if let Parcel::Batch(batch) = parcel {
            let places = positions.iter().map(|at| (*at, batch.destination().clone()));
            self.destinations.extend(places);
        }
        self.posted.extend(positions);
        self.receipts.extend(answers.receipts);
        self.in_doubt.extend(answers.in_doubt);
        self.bytes_out.extend(answers.bytes_out);
    }

    /// Returns the fate of an entry that shares the outcome of the event at `decider`.
    fn fate(&self, entry: &Entry, decider: Option<usize>) -> Fate {
        let is = |set: &HashSet<usize>| decider.is_some_and(|at| set.contains(&at));
        match entry.end() {
            End::Stored => {
                let answered = decider.and_then(|at| self.bytes_out.get(&at));
                let destination = decider.and_then(|at| self.destinations.get(&at));
                Fate::Stored(answered.copied().unwrap_or(entry.bytes_out()), destination.cloned())
            }
            End::Dropped(reason) => Fate::Dropped(*reason),
            End::Duplicate => Fate::Duplicate,
            End::Failed(_) if decider.is_some() && !is(&self.posted) => Fate::NotSent,
            End::Failed(failure) if is(&self.in_doubt) => Fate::InDoubt(failure.clone()),
            End::Failed(failure) => Fate::Failed(failure.clone()),
        }
    }
}

impl Sender {
    pub(super) fn new(
        arguments: &Arguments,
        policy: Policy,
        target: Option<Target>,
        journal: Journal,
        interrupt: Interrupt,
    ) -> Self {
        Self {
            line: Line::new(policy),
            target,
            to: arguments.to,
            journal,
            resends: arguments.resend_in_doubt,
            pace: Pace::new(arguments.rate),
            interrupt,
            over: None,
        }
    }

    /// True if nothing more is sent.
    pub(super) fn is_over(&self) -> bool {
        self.over.is_some() || self.interrupt.has_come()
    }

    /// Returns the reason why nothing more is sent, if nothing is.
    pub(super) fn why_over(&self) -> Option<String> {
        let interrupted = || "interrupted".to_owned();
        self.over.clone().or_else(|| self.is_over().then(interrupted))
    }

    /// Sends what is due, and returns the fate of each arrival.
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
        for (position, fate) in self.through_the_line(due).await {
            if let Some(place) = fates.get_mut(position) {
                *place = fate;
            }
        }
        fates
    }

    /// Returns the names of an event to send, or the fate of one that is not sent.
    fn known(&self, arrival: &Arrival) -> Result<Key, Fate> {
        let event = arrival.event.as_ref().map_err(|failure| Fate::Failed(failure.clone()))?;
        let key = Key::of(event);
        match self.journal.of(&key) {
            None => Ok(key),
            Some(Mark::InDoubt) if self.resends => Ok(key),
            Some(Mark::InDoubt) => Err(Fate::InDoubtBefore),
            Some(Mark::Now) => Err(Fate::Duplicate),
            Some(Mark::Before) => Err(Fate::StoredBefore),
        }
    }

    /// Plans, sends one parcel after another, and settles with the answers.
    async fn through_the_line(&mut self, due: Vec<Due>) -> Vec<(usize, Fate)> {
        let mut positions = Vec::with_capacity(due.len());
        let mut keys = Vec::with_capacity(due.len());
        let mut arrivals = Vec::with_capacity(due.len());
        for Due { position, arrival, key } in due {
            positions.push(position);
            keys.push(key);
            arrivals.push(arrival);
        }
        let texts = match self.to {
            To::Cloudwatch => Vec::new(),
            To::Lambda => arrivals.iter().map(text).collect(),
        };
        let mut plan = self.line.plan(arrivals, clock::now_ms());
        let parcels = self.parcels(&mut plan, texts);
        let deciders = plan.entries().iter().enumerate().map(|(at, entry)| entry.decided_by(at));
        let deciders: Vec<_> = deciders.collect();
        // The duplicates of an event are in the journal with it.
        let mut names = HashMap::<usize, Vec<&Name>>::new();
        for (key, decider) in keys.iter().zip(&deciders) {
            if let Some(decider) = decider {
                names.entry(*decider).or_default().extend(key.names());
            }
        }
        let mut sent = Sent::default();
        for parcel in &parcels {
            self.post(parcel, &names, &mut sent).await;
        }
        let entries = self.line.settle(plan, std::mem::take(&mut sent.receipts));
        let fates = entries.into_iter().zip(deciders).map(|(entry, at)| sent.fate(&entry, at));
        positions.into_iter().zip(fates).collect()
    }

    /// Returns the parcels of a plan, in the order of sending.
    fn parcels(&self, plan: &mut Plan, texts: Vec<String>) -> Vec<Parcel> {
        if self.to == To::Cloudwatch {
            let most = self.pace.at_once(limit::REQUEST_EVENTS);
            let batches = plan.take_batches();
            return batches.iter().flat_map(|batch| Parcel::of_batch(batch, most)).collect();
        }
        let events = texts.into_iter().zip(plan.entries()).enumerate();
        let events = events.filter(|(_, (_, entry))| entry.intent == Intent::Deliver);
        let events: Vec<_> = events.map(|(position, (text, _))| (position, text)).collect();
        let most = self.pace.at_once(CONCURRENT_INVOCATIONS);
        events.chunks(most).map(|events| Parcel::Events(plan.number(), events.to_vec())).collect()
    }

    /// Sends a parcel, unless the run is over.
    async fn post(&mut self, parcel: &Parcel, names: &HashMap<usize, Vec<&Name>>, sent: &mut Sent) {
        if self.target.is_none() {
            sent.add(parcel, parcel.stored());
            return;
        }
        let positions = parcel.positions();
        if !self.is_over() {
            tokio::select! {
                () = self.interrupt.comes() => (),
                () = self.pace.wait_for(positions.len()) => (),
            }
        }
        let names_of = |positions: &mut dyn Iterator<Item = usize>| {
            let mut seen = HashSet::new();
            let names = positions.filter_map(|at| names.get(&at)).flatten().copied();
            names.filter(|name| seen.insert(name.hash)).collect::<Vec<_>>()
        };
        let sends = names_of(&mut positions.iter().copied());
        if self.is_over() || !self.note(|journal| journal.sends(&sends)) {
            return;
        }
        let Some(target) = &self.target else {
            return;
        };
        self.interrupt.set_sending(true);
        let answers = target.send(parcel).await;
        self.interrupt.set_sending(false);
        if !answers.in_doubt.is_empty() {
            self.over = Some("stopped, because a batch got no answer".to_owned());
        } else if answers.is_unsent {
            self.over = Some("stopped, because a batch could not be sent".to_owned());
        }
        let stored = names_of(&mut answers.stored.iter().copied());
        let in_doubt = names_of(&mut answers.in_doubt.iter().copied());
        self.note(|journal| journal.sent(&stored, &in_doubt));
        sent.add(parcel, answers);
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

fn text(arrival: &Arrival) -> String {
    arrival.event.as_ref().map(|event| event.text().to_owned()).unwrap_or_default()
}
