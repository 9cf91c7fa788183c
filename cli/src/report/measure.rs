//! Events → the numbers of the page. Memory grows with names, never with events.

use super::bytes::{Fields, Volume};
use crate::clock;
use crate::input::Chunk;
use crate::tally::Tally;
use ecs_event_forwarder::event::{EcsEvent, EventKind, EventType, Failure};
use ecs_event_forwarder::json::{self, Json};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, Matcher, pattern};
use ecs_event_forwarder::plan::{End, Judgement, Kept, judge};
use ecs_event_forwarder::policy::Policy;
use ecs_event_forwarder::seen::{Firsts, Identity, Seen};
use std::collections::BTreeMap;

/// All that is known when the last event is read.
pub(super) struct Measure {
    policy: Policy,
    profiles: Vec<(&'static str, Policy)>,
    matcher: Matcher,
    seen: Seen,
    pub(super) tally: Tally,
    pub(super) has_problems: bool,
    /// By kind, cluster and service.
    pub(super) places: BTreeMap<[String; 3], Volume>,
    pub(super) fields: Fields,
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
            policy,
            profiles,
            seen: Seen::default(),
            tally: Tally::default(),
            has_problems: false,
            places: BTreeMap::new(),
            fields: Fields::default(),
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
        let mut firsts = Firsts::default();
        let mut stored = Vec::new();
        let policy = self.policy.clone();
        for (arrival, place) in chunk.arrivals.iter().zip(&chunk.places) {
            let event = arrival.event.as_ref().map_err(Failure::clone);
            self.tally.count_matched(event.as_ref().is_ok_and(|json| self.matcher.matches(json)));
            let judged = event.and_then(|json| Ok((json, judge(&policy, json, now_ms)?)));
            let (json, Judgement { event, ruling }) = match judged {
                Ok(judged) => judged,
                Err(failure) => {
                    problems.push(place.refused(&failure));
                    self.tally.count(&End::Undone(failure), arrival.bytes);
                    continue;
                }
            };
            let identity = Identity::of(&event);
            let mut is_duplicate =
                || self.seen.has(&identity) || firsts.earlier(&identity, 0).is_some();
            let (end, kept) = match ruling {
                Err(reason) => (End::Dropped(reason), None),
                Ok(_) if is_duplicate() => (End::Duplicate(None), None),
                Ok(kept) => (End::Stored, Some(kept)),
            };
            self.tally.count(&end, arrival.bytes);
            if let Some(kept) = &kept {
                self.tally.count_stored(&kept.destination, arrival.bytes, kept.message.len());
                stored.push(identity);
            }
            if !matches!(end, End::Duplicate(_)) {
                self.count(json, &event, kept, arrival.bytes, now_ms);
            }
        }
        for identity in stored {
            self.seen.remember(identity);
        }
        self.has_problems |= !problems.is_empty();
        problems
    }

    fn count(
        &mut self,
        json: &Json,
        event: &EcsEvent<'_>,
        kept: Option<Kept>,
        bytes_in: usize,
        now_ms: i64,
    ) {
        let text = |text: Option<&str>| text.unwrap_or("(none)").to_owned();
        let service = text(event.service.as_deref());
        let bytes_out = kept.as_ref().map_or(0, |kept| kept.message.len());
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
            self.deployment(json, event, service);
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
        for ((_, policy), (_, bytes)) in self.profiles.iter().zip(&mut self.by_profile) {
            let kept = judge(policy, json, now_ms).ok().and_then(|it| it.ruling.ok());
            *bytes += kept.map_or(0, |kept| kept.message.len());
        }
        let removed = bytes_in.saturating_sub(bytes_out);
        let is_best = self.sample.as_ref().is_none_or(|sample| sample.removed < removed);
        if is_best && json.text().len() <= SAMPLE_BYTES {
            self.sample = Some(Sample { before: json.clone(), after: message, removed });
        }
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
