//! Alternatives for tasks that can be WARN or ERROR.
//!
//! Only the function decides exactly, by the table in [`crate::classify`]. The alternatives match
//! every task that the table can judge so, and some others.

use super::branch::FieldValues;
use super::operators::absent;
use serde_json::{Value, json};

const STOP_CODE: &str = "detail.stopCode";
const STOPPED_REASON: &str = "detail.stoppedReason";
const CONTAINER_REASON: &str = "detail.containers.reason";
const CONTAINER_EXIT_CODE: &str = "detail.containers.exitCode";

const SCHEDULER: &str = "ServiceSchedulerInitiated";
const USER: &str = "UserInitiated";

/// Tasks that can be ERROR.
pub(super) fn errors() -> Vec<FieldValues> {
    let codes = anything_but(&[SCHEDULER, USER, "SpotInterruption", "TerminationNotice"]);
    let mut reasons = phrases(&[
        "Host EC2",
        "health checks",
        "is unhealthy in",
        "Task failed to start",
        "Essential container in task exited",
    ]);
    reasons.push(json!({ "prefix": "CannotPull" }));
    reasons.extend(phrases(&["Error:", "Exception:"]));
    vec![
        FieldValues::from([(STOP_CODE, codes)]),
        FieldValues::from([(STOP_CODE, any_code_but_user()), (STOPPED_REASON, reasons)]),
    ]
}

/// Tasks that can be WARN.
pub(super) fn warnings() -> Vec<FieldValues> {
    let codes = [
        "InfrastructureHealth",
        "SpotInterruption",
        "TerminationNotice",
        "EssentialContainerExited",
    ];
    let reasons = phrases(&[
        "Host EC2",
        "ECS is performing maintenance",
        "deregistration forced by",
        "in DRAINING state",
    ]);
    let mut alternatives = vec![
        FieldValues::from([(STOP_CODE, codes.map(Value::from).to_vec())]),
        FieldValues::from([(STOP_CODE, any_code_but_user()), (STOPPED_REASON, reasons)]),
    ];
    // An empty stop code counts as absent.
    let no_code = absent().into_iter().chain([json!("")]).collect();
    alternatives.extend(by_scheduler_or_container(no_code));
    alternatives
}

/// Tasks that can be WARN or ERROR.
pub(super) fn problems() -> Vec<FieldValues> {
    // These codes include the empty one, which counts as absent.
    let codes = anything_but(&[SCHEDULER, USER]);
    let mut alternatives = vec![FieldValues::from([(STOP_CODE, codes)])];
    alternatives.extend(by_scheduler_or_container(absent()));
    alternatives
}

/// Tasks that the service scheduler stopped, and tasks in which a container failed.
///
/// `no_code` holds the values for a stop code that counts as absent.
fn by_scheduler_or_container(no_code: Vec<Value>) -> [FieldValues; 3] {
    let by_scheduler = no_code.iter().cloned().chain([json!(SCHEDULER)]).collect();
    // The function judges a few other reasons as routine, too.
    let not_scaling =
        vec![json!({ "anything-but": { "prefix": "Scaling activity initiated by" } })];
    [
        FieldValues::from([(STOP_CODE, by_scheduler), (STOPPED_REASON, not_scaling)]),
        // A task can go on although a container has failed.
        FieldValues::from([
            (STOP_CODE, no_code.clone()),
            (CONTAINER_EXIT_CODE, vec![json!({ "anything-but": [0] })]),
        ]),
        FieldValues::from([
            (STOP_CODE, no_code),
            (CONTAINER_REASON, vec![json!({ "exists": true })]),
        ]),
    ]
}

/// The values for a stop code that is absent or not the user's.
fn any_code_but_user() -> Vec<Value> {
    absent().into_iter().chain(anything_but(&[USER])).collect()
}

/// The values for a text that is present and not one of these.
fn anything_but(texts: &[&str]) -> Vec<Value> {
    vec![json!({ "anything-but": texts })]
}

/// The values for a text that contains one of the phrases.
fn phrases(phrases: &[&str]) -> Vec<Value> {
    phrases.iter().map(|phrase| json!({ "wildcard": format!("*{phrase}*") })).collect()
}
