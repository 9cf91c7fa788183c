//! Container instances: one name each, and what happened to them.

use super::event::{About, InstanceState, StoryEvent};
use super::span::{Span, duration};
use serde::Serialize;
use std::collections::HashMap;

/// A container instance.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Instance {
    /// The EC2 id where an event has it, else the id of its ARN.
    pub(crate) name: String,
    /// The last part of its ARN.
    pub(crate) id: String,
    #[serde(skip)]
    pub(super) arn: String,
    pub(crate) cluster: Option<String>,
    /// When its first event happened.
    pub(crate) first_ms: i64,
    /// When its agent lost the connection, and when it had it again.
    pub(crate) agent_lost: Vec<Gap>,
    pub(crate) draining_ms: Option<i64>,
    pub(crate) impaired_ms: Option<i64>,
    /// How often it was impaired; the times are of the last time.
    #[serde(skip)]
    impairments: usize,
    /// When it was healthy again.
    pub(crate) recovered_ms: Option<i64>,
    /// The checks that failed.
    pub(crate) failed_checks: Vec<String>,
    pub(crate) registered_ms: Option<i64>,
    pub(crate) registration_failed: Option<String>,
    /// True once it is deregistered.
    #[serde(skip)]
    is_gone: bool,
}

/// A time without the agent.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Gap {
    pub(crate) from_ms: i64,
    pub(crate) to_ms: Option<i64>,
}

/// A lost agent is routine unless it stays away for so long, or goes away so often within a short
/// time: an agent disconnects and reconnects several times an hour.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html>.
const LONG_MS: i64 = 5 * 60 * 1000;
const OFTEN: usize = 3;
const OFTEN_WITHIN_MS: i64 = 10 * 60 * 1000;

/// All instances, in order of their first events.
pub(super) fn instances(events: &[StoryEvent]) -> Vec<Instance> {
    let mut instances: Vec<Instance> = Vec::new();
    let mut by_arn = HashMap::new();
    for event in events {
        let About::Instance(state) = &event.about else { continue };
        let at = *by_arn.entry(&*state.arn).or_insert(instances.len());
        if at == instances.len() {
            let (id, arn) = (state.id().to_owned(), state.arn.to_string());
            let cluster = event.cluster.as_deref().map(str::to_owned);
            let (name, first_ms) = (id.clone(), event.time_ms);
            instances.push(Instance { name, id, arn, cluster, first_ms, ..Instance::default() });
        }
        if let Some(instance) = instances.get_mut(at) {
            instance.learn(event.time_ms, state);
        }
    }
    instances
}

/// The name of each instance, by its ARN.
pub(super) fn names(instances: &[Instance]) -> HashMap<&str, &str> {
    instances.iter().map(|it| (it.arn.as_str(), it.name.as_str())).collect()
}

impl Instance {
    fn learn(&mut self, at_ms: i64, state: &InstanceState) {
        if let Some(ec2) = &state.ec2 {
            self.name = ec2.to_string();
        }
        self.is_gone |= state.is_gone();
        let open = self.agent_lost.last_mut().filter(|gap| gap.to_ms.is_none());
        match (state.agent_connected, open) {
            (Some(true), Some(gap)) => gap.to_ms = Some(at_ms),
            (Some(false), None) if !state.is_leaving() => {
                self.agent_lost.push(Gap { from_ms: at_ms, to_ms: None });
            }
            (Some(_) | None, _) => {}
        }
        match state.status.as_deref() {
            Some("DRAINING") => self.draining_ms = self.draining_ms.or(Some(at_ms)),
            Some("REGISTRATION_FAILED") => {
                let reason = state.reason.as_deref().unwrap_or("no reason");
                self.registration_failed = Some(reason.to_owned());
            }
            Some("ACTIVE") if state.is_new => self.registered_ms = Some(at_ms),
            _ => {}
        }
        match state.health.as_deref() {
            Some("IMPAIRED") => {
                // An impairment after a recovery is another one.
                let before = self.impaired_ms.filter(|_| self.recovered_ms.is_none());
                self.impairments += usize::from(before.is_none());
                self.impaired_ms = before.or(Some(at_ms));
                self.recovered_ms = None;
                self.failed_checks.extend_from_slice(&state.checks);
                self.failed_checks.sort();
                self.failed_checks.dedup();
            }
            Some("OK") if self.impaired_ms.is_some() => self.recovered_ms = Some(at_ms),
            _ => {}
        }
    }

    /// Returns its trouble in words, or none if all its events are routine.
    pub(crate) fn trouble(&self) -> Option<String> {
        let mut parts = Vec::new();
        if let Some(from_ms) = self.impaired_ms {
            let over = self.recovered_ms.map(|to| duration(to - from_ms));
            let over = over.map(|over| format!(", well again after {over}")).unwrap_or_default();
            let checks = self.failed_checks.join("; ");
            let checks = if checks.is_empty() { checks } else { format!(" ({checks})") };
            let times = match self.impairments {
                0 | 1 => String::new(),
                times => format!(" {times} times"),
            };
            parts.push(format!("impaired{times}{checks}{over}"));
            parts.extend(self.draining_ms.map(|_| "draining".to_owned()));
        }
        if let Some(reason) = &self.registration_failed {
            parts.push(format!("registration failed ({reason})"));
        }
        parts.extend(self.agent_trouble());
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    fn agent_trouble(&self) -> Option<String> {
        let gaps = || self.agent_lost.iter().filter_map(|gap| Some(gap.to_ms? - gap.from_ms));
        let is_away = self.agent_lost.last().is_some_and(|gap| gap.to_ms.is_none());
        let was_long = gaps().any(|ms| ms >= LONG_MS);
        if !is_away && !was_long && !self.is_lost_often() {
            return None;
        }
        let times = match self.agent_lost.len() {
            1 => String::new(),
            times => format!(" {times} times"),
        };
        let back = Span::of(gaps()).map(|it| format!(", back after {}", it.words()));
        let away = match (is_away, self.is_gone) {
            (false, _) => "",
            (true, false) => ", not back yet",
            (true, true) => ", then the instance was deregistered",
        };
        Some(format!("agent lost{times}{}{away}", back.unwrap_or_default()))
    }

    fn is_lost_often(&self) -> bool {
        let last = self.agent_lost.iter().skip(OFTEN - 1);
        let mut series = self.agent_lost.iter().zip(last);
        series.any(|(first, last)| last.from_ms - first.from_ms <= OFTEN_WITHIN_MS)
    }

    /// When the first trouble began.
    pub(crate) fn trouble_ms(&self) -> i64 {
        let lost = self.agent_lost.first().map(|gap| gap.from_ms);
        [self.impaired_ms, lost].into_iter().flatten().min().unwrap_or(self.first_ms)
    }
}
