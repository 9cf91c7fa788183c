//! Step 2: event → kind, cluster, service, event type, stop category, durations.
//!
//! Fields and their meaning: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html>.

mod containers;
mod detail;
mod place;
mod severity;
mod stop;

use crate::event::{Durations, EcsEvent, Envelope, EventKind};
use crate::glob::Patterns;
use crate::json::{Json, Value};
use detail::Detail;
use jiff::Timestamp;
use severity::{Severity, severity};
use std::borrow::Cow;

/// Reads the facts that an event states or implies.
///
/// Containers whose name matches `sidecars` never make a task a problem, unless it has no other. A
/// field that is missing or odd leaves its fact unknown.
pub fn classify<'a>(event: &'a Json, sidecars: &Patterns) -> EcsEvent<'a> {
    let root = event.root();
    let mut envelope = Envelope::default();
    let mut time = None;
    let mut detail = None;
    let mut resources = None;
    for member in root.children() {
        match member.key().as_ref() {
            "id" => envelope.id = member.string(),
            "source" => envelope.source = member.string().unwrap_or_default(),
            "detail-type" => envelope.detail_type = member.string().unwrap_or_default(),
            "account" => envelope.account = member.string(),
            "region" => envelope.region = member.string(),
            "time" => time = member.string(),
            "resources" => resources = Some(member),
            "detail" => detail = Some(member),
            _ => {}
        }
    }
    envelope.time_ms = time.as_deref().and_then(millis);
    let kind = EventKind::from_detail_type(envelope.detail_type.clone());
    let detail = detail.map(Detail::read).unwrap_or_default();
    let Severity { event_type, stop_category } = severity(&kind, &detail, sidecars);
    let timestamp_ms = timestamp(&envelope, &detail);
    EcsEvent {
        cluster: place::cluster(&kind, &detail, resources),
        service: place::service(&kind, &detail, resources),
        event_type,
        event_name: detail.event_name.and_then(Value::string),
        last_status: detail.last_status.and_then(Value::string),
        instance_status: detail
            .status
            .filter(|_| kind == EventKind::ContainerInstance)
            .and_then(Value::string),
        stop_category,
        durations: if kind == EventKind::Task { durations(&detail) } else { Durations::default() },
        revision: revision(&kind, &detail),
        timestamp_ms,
        envelope,
        kind,
    }
}

/// The time of an event. `time` has whole seconds, so `updatedAt` or `createdAt` wins if it is in the
/// same second.
fn timestamp(envelope: &Envelope<'_>, detail: &Detail<'_>) -> Option<i64> {
    let time_ms = envelope.time_ms?;
    let finer = [detail.updated_at, detail.created_at]
        .into_iter()
        .filter_map(moment)
        .find(|ms| ms.div_euclid(1000) == time_ms.div_euclid(1000));
    Some(finer.unwrap_or(time_ms))
}

/// The durations of a task, each from the two times that bound it.
fn durations(detail: &Detail<'_>) -> Durations {
    let between = |start: Option<Value<'_>>, end: Option<Value<'_>>| {
        Some(moment(end)? - moment(start)?).filter(|ms| *ms >= 0)
    };
    Durations {
        pull_ms: between(detail.pull_started_at, detail.pull_stopped_at),
        start_ms: between(detail.created_at, detail.started_at),
        run_ms: between(detail.started_at, detail.execution_stopped_at.or(detail.stopping_at)),
        stop_ms: between(detail.stopping_at, detail.stopped_at),
    }
}

/// The ARN and `version` of a task or container instance.
fn revision<'a>(kind: &EventKind<'_>, detail: &Detail<'a>) -> Option<(Cow<'a, str>, &'a str)> {
    let arn = match kind {
        EventKind::Task => detail.task_arn,
        EventKind::ContainerInstance => detail.container_instance_arn,
        EventKind::ContainerInstanceHealth
        | EventKind::ServiceAction
        | EventKind::Deployment
        | EventKind::Hook
        | EventKind::DaemonServiceAction
        | EventKind::DaemonDeployment
        | EventKind::CloudTrail
        | EventKind::CloudTrailServiceEvent
        | EventKind::Other(_) => None,
    };
    Some((arn?.string()?, detail.version?.text()))
}

/// The time in a field, in milliseconds since 1970.
fn moment(value: Option<Value<'_>>) -> Option<i64> {
    millis(value?.string()?.as_ref())
}

/// An RFC 3339 time in milliseconds since 1970, without finer digits. There is none before 1970,
/// because CloudWatch Logs does not accept such a time.
fn millis(text: &str) -> Option<i64> {
    let ms = text.parse::<Timestamp>().ok()?.as_nanosecond().div_euclid(1_000_000);
    i64::try_from(ms).ok().filter(|ms| *ms >= 0)
}
