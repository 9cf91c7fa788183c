//! Events → the numbers of the page.
//!
//! Memory grows with names, and with a short form of each event, of which the story is told.

use super::bytes::{FieldVolumes, Volume};
use crate::clock;
use crate::input::Chunk;
use crate::redacted::redacted;
use crate::rehearsal::{Rehearsed, rehearse};
use crate::story::{Shared, StoryEvent};
use crate::tally::Tally;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::event::{EcsEvent, EventType};
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::json::{self, Compact, Json};
use ecs_event_forwarder::judge::Kept;
use ecs_event_forwarder::line::{End, Entry, Line};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, Matcher, pattern};
use ecs_event_forwarder::policy::Policy;
use std::collections::BTreeMap;

/// All that is known when the last event is read.
pub(super) struct Measure {
    line: Line,
    profiles: Vec<Line>,
    matcher: Matcher,
    pub(super) tally: Tally,
    pub(super) has_problems: bool,
    /// By kind, cluster and service.
    pub(super) places: BTreeMap<[String; 3], Volume>,
    pub(super) fields: FieldVolumes,
    /// Bytes of what is kept, with each profile.
    pub(super) by_profile: Vec<(&'static str, usize)>,
    /// Kept events by cluster and name.
    pub(super) names: BTreeMap<[String; 2], (Volume, EventType)>,
    pub(super) sample: Option<Sample>,
    /// What the story is told of.
    events: Vec<StoryEvent>,
    shared: Shared,
}

/// The event that loses most.
pub(super) struct Sample {
    pub(super) before: Json,
    pub(super) after: Json,
    /// Bytes of the event as it came, before secrets were replaced.
    pub(super) bytes_in: usize,
    removed: usize,
}

/// An event that is shown should fit on a page or two.
const SAMPLE_BYTES: usize = 12 * 1024;
/// Names of services and events are text from outside: those beyond so many share a row.
const NAMES: usize = 1000;
/// The name of that row.
pub(super) const OTHERS: &str = "(others)";

impl Measure {
    pub(super) fn new(policy: Policy, profiles: Vec<(&'static str, Policy)>) -> Self {
        let by_profile = profiles.iter().map(|(name, _)| (*name, 0)).collect();
        Self {
            matcher: Matcher::new(&pattern(&policy, DEFAULT_BYTES)),
            line: Line::new(policy),
            profiles: profiles.into_iter().map(|(_, policy)| Line::new(policy)).collect(),
            tally: Tally::default(),
            has_problems: false,
            places: BTreeMap::new(),
            fields: FieldVolumes::default(),
            by_profile,
            names: BTreeMap::new(),
            sample: None,
            events: Vec::new(),
            shared: Shared::default(),
        }
    }

    /// Takes in some events, and gives a sentence for each that cannot be read.
    pub(super) fn look_at(&mut self, chunk: &Chunk) -> Vec<String> {
        let mut problems = chunk.unreadable.clone();
        let now_ms = clock::now_ms();
        let rehearsed = rehearse(&mut self.line, &chunk.arrivals, now_ms);
        for ((arrival, location), Rehearsed { entry, kept }) in
            chunk.arrivals.iter().zip(&chunk.locations).zip(rehearsed)
        {
            let event = arrival.event.as_ref().ok();
            self.tally.count_matched(event.is_some_and(|event| self.matcher.matches(event)));
            self.tally.count(&entry, kept.as_ref().map(|kept| &kept.destination));
            if let End::Failed(failure) = entry.end() {
                problems.push(location.refused(failure));
            }
            let is_foreign = matches!(entry.end(), End::Failed(Failure::ForeignSource));
            if let Some(event) = event.filter(|_| !is_foreign) {
                self.take_in(event, kept, &entry);
            }
        }
        for (line, (_, bytes)) in self.profiles.iter_mut().zip(&mut self.by_profile) {
            let rehearsed = rehearse(line, &chunk.arrivals, now_ms);
            *bytes += rehearsed.iter().map(|it| it.entry.bytes_out()).sum::<usize>();
        }
        self.has_problems |= !problems.is_empty();
        problems
    }

    /// Takes an event in for the story, and counts it if the policy decides on it.
    fn take_in(&mut self, json: &Compact, kept: Option<Kept>, entry: &Entry) {
        let shown = self.shown(json);
        let sidecars = self.line.policy().sidecars();
        let event = classify(&shown, sidecars);
        self.events.push(StoryEvent::of(&shown, &event, sidecars, &mut self.shared));
        if matches!(entry.end(), End::Stored | End::Dropped(_)) {
            self.count(json, &shown, &event, kept, entry);
        }
    }

    fn count(
        &mut self,
        json: &Compact,
        shown: &Json,
        event: &EcsEvent<'_>,
        kept: Option<Kept>,
        entry: &Entry,
    ) {
        let (bytes_in, bytes_out) = (entry.bytes_in(), entry.bytes_out());
        let volume = Volume { events: 1, bytes_in, bytes_out };
        let text = |text: Option<&str>| text.unwrap_or("(none)").to_owned();
        let kind = event.kind.detail_type().to_owned();
        let place = [kind, text(event.cluster.as_deref()), text(event.service.as_deref())];
        row(&mut self.places, place, Volume::default).add(volume);
        let message = kept.and_then(|kept| json::scan(kept.message).ok());
        self.fields.add(json, message.as_ref());
        let Some(message) = message else {
            return;
        };
        if let Some(name) = event.event_name.as_deref() {
            let key = [text(event.cluster.as_deref()), name.to_owned()];
            let (bytes, event_type) =
                row(&mut self.names, key, || (Volume::default(), event.event_type));
            bytes.add(volume);
            // A name can be both: then it has no exclusion that loses nothing.
            *event_type = event.event_type.max(*event_type);
        }
        let removed = bytes_in.saturating_sub(bytes_out);
        let is_best = self.sample.as_ref().is_none_or(|sample| sample.removed < removed);
        if is_best && json.text().len() <= SAMPLE_BYTES {
            let (before, bytes_in) = (shown.clone(), json.text().len());
            self.sample = Some(Sample { before, after: message, bytes_in, removed });
        }
    }

    /// Takes the events that the story is told of.
    pub(super) fn take_events(&mut self) -> Vec<StoryEvent> {
        std::mem::take(&mut self.events)
    }

    /// The policy that the page is about.
    pub(super) fn policy(&self) -> &Policy {
        self.line.policy()
    }

    /// The event as the page may show it: no secret appears that the policy would not store.
    fn shown(&self, event: &Compact) -> Json {
        if self.line.policy().redacts() { redacted(event) } else { Json::clone(event) }
    }
}

/// The row of this key; a new one beyond the limit is part of the row of all others.
fn row<T, const N: usize>(
    rows: &mut BTreeMap<[String; N], T>,
    key: [String; N],
    new: impl FnOnce() -> T,
) -> &mut T {
    let is_full = rows.len() >= NAMES && !rows.contains_key(&key);
    let key = if is_full { std::array::from_fn(|_| OTHERS.to_owned()) } else { key };
    rows.entry(key).or_insert_with(new)
}
