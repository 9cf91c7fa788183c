//! The severity of an event, and the reason why a task stopped.

use super::containers::{Containers, category};
use super::detail::Detail;
use super::stop::Stop;
use crate::event::{EventKind, EventType, StopCategory};
use crate::glob::Patterns;
use crate::json::Value;
use std::borrow::Cow;

/// The judgement of an event.
pub(super) struct Severity {
    pub(super) event_type: EventType,
    /// Set only for a task that is stopping or has stopped.
    pub(super) stop_category: Option<StopCategory>,
}

/// Judges an event by `detail.eventType` if ECS sets it, else by its other fields.
pub(super) fn severity(kind: &EventKind<'_>, detail: &Detail<'_>, sidecars: &Patterns) -> Severity {
    let derived = |event_type| Severity { event_type, stop_category: None };
    let severity = match kind {
        EventKind::Task => of_task(detail, sidecars),
        EventKind::ContainerInstance => derived(of_instance(detail)),
        EventKind::ContainerInstanceHealth => derived(of_health(detail)),
        // The `eventType` of a CloudTrail record is not a severity.
        EventKind::CloudTrail | EventKind::CloudTrailServiceEvent => {
            return derived(of_record(detail));
        }
        EventKind::ServiceAction
        | EventKind::Deployment
        | EventKind::Hook
        | EventKind::DaemonServiceAction
        | EventKind::DaemonDeployment
        | EventKind::Other(_) => derived(EventType::Info),
    };
    match native(detail) {
        Some(event_type) => Severity { event_type, ..severity },
        None => severity,
    }
}

/// The event type that ECS set. An unknown value counts as ERROR.
fn native(detail: &Detail<'_>) -> Option<EventType> {
    Some(match detail.event_type?.string()?.as_ref() {
        "INFO" => EventType::Info,
        "WARN" | "WARNING" => EventType::Warn,
        _ => EventType::Error,
    })
}

/// The table for tasks. [`Stop`] has one variant for each of its lines.
fn of_task(detail: &Detail<'_>, sidecars: &Patterns) -> Severity {
    let containers = Containers::read(detail.containers, sidecars);
    if !is_stopping(detail) {
        let has_trouble = containers.have_error_reason || containers.have_exit_code_but_zero();
        let event_type = if has_trouble { EventType::Warn } else { EventType::Info };
        return Severity { event_type, stop_category: None };
    }
    let reason = text(detail.stopped_reason);
    let by_reasons = |other| category(&reason).or(containers.category).unwrap_or(other);
    let (event_type, stop_category) = match Stop::of(&text(detail.stop_code), &reason) {
        Stop::FailedToStart => (EventType::Error, by_reasons(StopCategory::FailedToStart)),
        Stop::HostFailed if is_in_a_service(detail) => {
            (EventType::Warn, StopCategory::Infrastructure)
        }
        Stop::HostFailed => (EventType::Error, StopCategory::Infrastructure),
        Stop::SpotInterruption => (EventType::Warn, StopCategory::SpotInterruption),
        Stop::HostLeft if is_in_a_service(detail) => {
            (EventType::Info, StopCategory::Infrastructure)
        }
        Stop::HostLeft => (EventType::Warn, StopCategory::Infrastructure),
        Stop::Unhealthy(category) => (EventType::Error, category),
        Stop::Routine(category) => (EventType::Info, category),
        Stop::EssentialContainerExited => of_exit(detail, &containers),
        Stop::OtherCode => (EventType::Error, by_reasons(StopCategory::Unknown)),
        Stop::Unknown if reason.is_empty() => (EventType::Info, StopCategory::Unknown),
        Stop::Scheduler | Stop::Unknown => (EventType::Warn, StopCategory::Unknown),
    };
    Severity { event_type, stop_category: Some(stop_category) }
}

/// Judges a task whose essential container ended.
///
/// It is an ERROR if a container that counts shows a failure, or if the task is STOPPED and no
/// container has an exit code.
fn of_exit(detail: &Detail<'_>, containers: &Containers) -> (EventType, StopCategory) {
    let exited = StopCategory::EssentialContainerExited;
    if containers.have_error_reason {
        return (EventType::Error, containers.category.unwrap_or(exited));
    }
    let is_silent = is(detail.last_status, "STOPPED") && !containers.have_exit_code();
    let event_type = if is_silent || containers.have_failing_exit_code() {
        EventType::Error
    } else if is_in_a_service(detail) {
        EventType::Warn
    } else {
        EventType::Info
    };
    (event_type, exited)
}

/// True if a task is stopping or has stopped.
fn is_stopping(detail: &Detail<'_>) -> bool {
    let has_text = |field| !text(field).is_empty();
    has_text(detail.stop_code)
        || has_text(detail.stopped_reason)
        || is(detail.desired_status, "STOPPED")
        || is(detail.last_status, "STOPPED")
}

/// True if a service or a daemon starts another task in its place.
fn is_in_a_service(detail: &Detail<'_>) -> bool {
    let group = text(detail.group);
    group.starts_with("service:")
        || group.starts_with("daemon:")
        || text(detail.started_by).starts_with("ecs-svc/")
}

/// Judges a container instance.
fn of_instance(detail: &Detail<'_>) -> EventType {
    if is(detail.status, "REGISTRATION_FAILED") {
        EventType::Error
    } else if is(detail.agent_update_status, "FAILED") {
        EventType::Warn
    } else {
        EventType::Info
    }
}

/// Judges a change of a container instance's health.
fn of_health(detail: &Detail<'_>) -> EventType {
    match text(detail.overall_status).as_ref() {
        "IMPAIRED" => EventType::Error,
        "INSUFFICIENT_DATA" => EventType::Warn,
        _ => EventType::Info,
    }
}

/// Judges a CloudTrail record: WARN if the call or a part of it failed.
///
/// `failures` is the only trace of a scheduled task that never started.
fn of_record(detail: &Detail<'_>) -> EventType {
    let failures = detail.response_elements.and_then(|response| response.get("failures"));
    let has_failures = failures.is_some_and(|failures| failures.elements().next().is_some());
    if has_failures || !text(detail.error_code).is_empty() {
        EventType::Warn
    } else {
        EventType::Info
    }
}

/// The text of a field; empty if the field is absent or not a string.
fn text(field: Option<Value<'_>>) -> Cow<'_, str> {
    field.and_then(Value::string).unwrap_or_default()
}

/// True if the field has this text.
fn is(field: Option<Value<'_>>, word: &str) -> bool {
    text(field) == word
}
