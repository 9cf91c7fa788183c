//! How much an event matters, and why a task stopped.
//!
//! Stop codes: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>.

use super::detail::Detail;
use crate::event::{EventKind, EventType, StopCategory};
use crate::json::Value;

/// `detail.eventType` where ECS sets it, else derived.
///
/// A CloudTrail record has an `eventType` of its own (`AwsApiCall`), which is no severity.
pub(super) fn event_type(kind: &EventKind<'_>, detail: &Detail<'_>) -> EventType {
    let native = detail.event_type.and_then(Value::string);
    match (kind, native.as_deref()) {
        (
            EventKind::ServiceAction
            | EventKind::Deployment
            | EventKind::Hook
            | EventKind::DaemonServiceAction
            | EventKind::DaemonDeployment
            | EventKind::Other(_),
            None,
        )
        | (EventKind::CloudTrail, _)
        | (_, Some("INFO")) => EventType::Info,
        (_, Some("WARN" | "WARNING")) => EventType::Warn,
        (_, Some(_)) => EventType::Error,
        (EventKind::Task, None) => of_task(detail),
        (EventKind::ContainerInstance, None) => of_instance(detail),
        (EventKind::ContainerInstanceHealth, None) => of_health(detail),
    }
}

fn of_task(detail: &Detail<'_>) -> EventType {
    let stop_code = detail.stop_code.and_then(Value::string).unwrap_or_default();
    let reason = detail.stopped_reason.and_then(Value::string).unwrap_or_default();
    if detail.reasons().any(|reason| is_error_category(&reason)) {
        return EventType::Error;
    }
    match stop_code.as_ref() {
        "EssentialContainerExited" if any_exit_code_is_not_zero(detail) => EventType::Error,
        "EssentialContainerExited" if is_of_service(detail) => EventType::Warn,
        "ServiceSchedulerInitiated" if is_health_check(&reason) => EventType::Error,
        "" | "UserInitiated" | "EssentialContainerExited" | "ServiceSchedulerInitiated" => {
            EventType::Info
        }
        "SpotInterruption" | "TerminationNotice" => EventType::Warn,
        // TaskFailedToStart, InfrastructureHealth, and what ECS may add.
        _ => EventType::Error,
    }
}

fn of_instance(detail: &Detail<'_>) -> EventType {
    let is =
        |field: Option<Value<'_>>, word| field.and_then(Value::string).as_deref() == Some(word);
    if is(detail.status, "REGISTRATION_FAILED") {
        EventType::Error
    } else if is(detail.agent_update_status, "FAILED") {
        EventType::Warn
    } else {
        EventType::Info
    }
}

fn of_health(detail: &Detail<'_>) -> EventType {
    match detail.overall_status.and_then(Value::string).as_deref() {
        Some("IMPAIRED") => EventType::Error,
        Some("INSUFFICIENT_DATA") => EventType::Warn,
        _ => EventType::Info,
    }
}

fn any_exit_code_is_not_zero(detail: &Detail<'_>) -> bool {
    let codes = detail.containers().filter_map(|container| container.get("exitCode"));
    let mut numbers = codes.filter_map(|code| code.text().trim_matches('"').parse::<f64>().ok());
    numbers.any(|code| code != 0.0)
}

fn is_of_service(detail: &Detail<'_>) -> bool {
    detail.group.and_then(Value::string).is_some_and(|group| group.starts_with("service:"))
}

fn is_health_check(reason: &str) -> bool {
    reason.contains("failed ELB health checks") || reason.contains("failed container health checks")
}

/// `CannotPullContainer…`, or one word that ends in Error or Exception before a colon.
fn is_error_category(reason: &str) -> bool {
    if reason.starts_with("CannotPullContainer") {
        return true;
    }
    let Some((word, _)) = reason.split_once(':') else {
        return false;
    };
    let is_word = !word.contains(char::is_whitespace);
    let is_error = word.ends_with("Error") || word.ends_with("Exception");
    is_word && is_error && word != "SpotInterruptionError"
}

/// Why a task stopped or is stopping; none for one that is not, and for other kinds.
pub(super) fn stop_category(kind: &EventKind<'_>, detail: &Detail<'_>) -> Option<StopCategory> {
    let stop_code = detail.stop_code.and_then(Value::string);
    let desired = detail.desired_status.and_then(Value::string);
    let is_stopping = stop_code.is_some() || desired.as_deref() == Some("STOPPED");
    if *kind != EventKind::Task || !is_stopping {
        return None;
    }
    let begins = |word| detail.reasons().any(|reason| reason.starts_with(word));
    let reason = detail.stopped_reason.and_then(Value::string).unwrap_or_default();
    let says = |words| reason.contains(words);
    let code = |word| stop_code.as_deref() == Some(word);
    let by_scheduler = code("ServiceSchedulerInitiated");
    let rules = [
        (begins("OutOfMemory"), StopCategory::OutOfMemory),
        (begins("CannotPull"), StopCategory::ImagePull),
        (begins("ResourceInitializationError"), StopCategory::SecretsOrInit),
        (says("failed ELB health checks"), StopCategory::ElbHealthCheck),
        (says("failed container health checks"), StopCategory::ContainerHealthCheck),
        (code("SpotInterruption") || code("TerminationNotice"), StopCategory::SpotInterruption),
        (code("InfrastructureHealth") || says("Host EC2"), StopCategory::Infrastructure),
        (code("TaskFailedToStart"), StopCategory::FailedToStart),
        (code("EssentialContainerExited"), StopCategory::EssentialContainerExited),
        (says("rebalancing"), StopCategory::Rebalancing),
        (says("Scaling activity"), StopCategory::Scaling),
        (by_scheduler && says("deployment"), StopCategory::Deployment),
        (code("UserInitiated"), StopCategory::User),
    ];
    let first = rules.into_iter().find(|(fits, _)| *fits);
    Some(first.map_or(StopCategory::Unknown, |(_, category)| category))
}
