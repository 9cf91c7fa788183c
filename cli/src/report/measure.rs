//! Events → the numbers of the page. Memory grows with names, never with events.

use super::bytes::{FieldVolumes, Volume};
use crate::clock;
use crate::input::Chunk;
use crate::redacted::redacted;
use crate::rehearsal::{Rehearsed, rehearse};
use crate::tally::Tally;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::event::{EcsEvent, EventKind, EventType};
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
    /// Events of each type, by minutes since 1970.
    pub(super) minutes: BTreeMap<i64, [usize; 3]>,
    /// Stopped tasks by service and category.
    pub(super) stops: BTreeMap<(String, &'static str), usize>,
    /// By service and id.
    pub(super) deployments: BTreeMap<[String; 2], Deployment>,
    /// Kept events by name.
    pub(super) names: BTreeMap<String, (Volume, EventType)>,
    pub(super) sample: Option<Sample>,
}

/// What is known of a deployment.
#[derive(Clone, Debug, Default)]
pub(super) struct Deployment {
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    pub(super) outcome: String,
    pub(super) reason: String,
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
/// Names of deployments, services and events are text from outside.
const NAMES: usize = 1000;

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
            minutes: BTreeMap::new(),
            stops: BTreeMap::new(),
            deployments: BTreeMap::new(),
            names: BTreeMap::new(),
            sample: None,
        }
    }

    /// Takes in some events, and gives a sentence for each that cannot be read.
    pub(super) fn look_at(&mut self, chunk: &Chunk) -> Vec<String> {
        let mut problems = chunk.unreadable.clone();
        let now_ms = clock::now_ms();
        let rehearsed = rehearse(&mut self.line, &chunk.arrivals, now_ms);
        for ((arrival, place), Rehearsed { entry, kept }) in
            chunk.arrivals.iter().zip(&chunk.places).zip(rehearsed)
        {
            let event = arrival.event.as_ref().ok();
            self.tally.count_matched(event.is_some_and(|event| self.matcher.matches(event)));
            self.tally.count(&entry, kept.as_ref().map(|kept| &kept.destination));
            match (&entry.end, event) {
                (End::Failed(failure), _) => problems.push(place.refused(failure)),
                (End::Stored | End::Dropped(_), Some(event)) => self.count(event, kept, &entry),
                (End::Stored | End::Dropped(_), None) | (End::Duplicate, _) => {}
            }
        }
        for (line, (_, bytes)) in self.profiles.iter_mut().zip(&mut self.by_profile) {
            let rehearsed = rehearse(line, &chunk.arrivals, now_ms);
            *bytes += rehearsed.iter().map(|it| it.entry.bytes_out).sum::<usize>();
        }
        self.has_problems |= !problems.is_empty();
        problems
    }

    fn count(&mut self, json: &Compact, kept: Option<Kept>, entry: &Entry) {
        let shown = self.shown(json);
        let event = &classify(&shown, self.line.policy().sidecars());
        let Entry { bytes_in, bytes_out, .. } = *entry;
        let text = |text: Option<&str>| text.unwrap_or("(none)").to_owned();
        let service = text(event.service.as_deref());
        let add = |bytes: &mut Volume| {
            bytes.events += 1;
            bytes.bytes_in += bytes_in;
            bytes.bytes_out += bytes_out;
        };
        let kind = event.kind.detail_type().to_owned();
        let place = [kind, text(event.cluster.as_deref()), service.clone()];
        if self.places.len() < NAMES || self.places.contains_key(&place) {
            add(self.places.entry(place).or_default());
        }
        if let Some(ms) = event.timestamp_ms {
            let counts = self.minutes.entry(ms.div_euclid(60_000)).or_default();
            let at = EventType::ALL.iter().position(|it| *it == event.event_type);
            if let Some(count) = at.and_then(|at| counts.get_mut(at)) {
                *count += 1;
            }
        }
        if let (Some(category), Some("STOPPED")) =
            (event.stop_category, event.last_status.as_deref())
            && self.stops.len() < NAMES
        {
            *self.stops.entry((service.clone(), category.as_str())).or_default() += 1;
        }
        if event.kind == EventKind::Deployment {
            self.deployment(&shown, event, service);
        }
        let message = kept.and_then(|kept| json::scan(kept.message).ok());
        self.fields.add(json, message.as_ref());
        let Some(message) = message else {
            return;
        };
        if let Some(name) = event.event_name.as_deref()
            && (self.names.len() < NAMES || self.names.contains_key(name))
        {
            let (bytes, _) =
                self.names.entry(name.to_owned()).or_insert((Volume::default(), event.event_type));
            add(bytes);
        }
        let removed = bytes_in.saturating_sub(bytes_out);
        let is_best = self.sample.as_ref().is_none_or(|sample| sample.removed < removed);
        if is_best && json.text().len() <= SAMPLE_BYTES {
            let (before, bytes_in) = (shown.clone(), json.text().len());
            self.sample = Some(Sample { before, after: message, bytes_in, removed });
        }
    }

    /// The event as the page may show it: no secret appears that the policy would not store.
    fn shown(&self, event: &Compact) -> Json {
        if self.line.policy().redacts() { redacted(event) } else { Json::clone(event) }
    }

    fn deployment(&mut self, json: &Json, event: &EcsEvent<'_>, service: String) {
        let detail = json.root().get("detail");
        let text = |name| detail.and_then(|detail| detail.get_string(name)).unwrap_or_default();
        let id = text("deploymentId").into_owned();
        let key = [service, id];
        let Some(ms) = event.timestamp_ms else {
            return;
        };
        if self.deployments.len() >= NAMES && !self.deployments.contains_key(&key) {
            return;
        }
        let deployment = self.deployments.entry(key).or_insert_with(|| Deployment {
            first_ms: ms,
            last_ms: i64::MIN,
            ..Deployment::default()
        });
        deployment.first_ms = deployment.first_ms.min(ms);
        if ms >= deployment.last_ms {
            deployment.last_ms = ms;
            event.event_name.as_deref().unwrap_or_default().clone_into(&mut deployment.outcome);
            deployment.reason = text("reason").into_owned();
        }
    }
}
