//! Steps 2 to 7 for one event: the decision of the policy, and the message to store.

use crate::classify::classify;
use crate::enrich::enrich;
use crate::event::EcsEvent;
use crate::failure::Failure;
use crate::filter::{DropReason, Verdict, filter};
use crate::json::Compact;
use crate::log::{Destination, limit};
use crate::message::Message;
use crate::note::{Note, note};
use crate::policy::Policy;
use crate::redact::redact;
use crate::route::route;
use crate::stub::stub;
use crate::trim::{Trim, trim};

/// The policy's decision on one event.
pub struct Judgement<'a> {
    /// The classified event.
    pub event: EcsEvent<'a>,
    /// The facts that metrics count, if the metrics need them.
    pub note: Option<Box<Note>>,
    /// The log event to store, or the reason to drop the event.
    pub ruling: Result<Kept, DropReason>,
}

/// An event that is kept, ready to be delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its log group and log stream.
    pub destination: Destination,
    /// The time of the event, in milliseconds since 1970.
    pub timestamp_ms: i64,
    /// The text to store: one JSON object on one line.
    pub message: String,
}

/// Runs one event through the steps from classify to route.
///
/// An event without a time gets `now_ms`.
///
/// # Errors
///
/// The policy does not accept the event's source. Trying again does not help.
pub fn judge<'a>(
    policy: &Policy,
    event: &'a Compact,
    now_ms: i64,
) -> Result<Judgement<'a>, Failure> {
    let known = classify(event, policy.sidecars());
    if !policy.accepts_source(&known.envelope.source) {
        return Err(Failure::ForeignSource);
    }
    let note = policy.keeps_notes().then(|| Box::new(note(&known)));
    let ruling = match filter(policy.filter(), &known) {
        Verdict::Drop(reason) => Err(reason),
        Verdict::Keep => Ok(Kept {
            message: message(policy, event, &known).into_string(),
            destination: route(policy.routes(), &known),
            timestamp_ms: known.timestamp_ms.unwrap_or(now_ms),
        }),
    };
    Ok(Judgement { event: known, note, ruling })
}

/// Returns the message to store: trimmed as the policy says, or further if it is too large.
fn message(policy: &Policy, event: &Compact, known: &EcsEvent<'_>) -> Message {
    let trimmed = |fields: &Trim| trim(fields, &known.kind, event);
    let finish = |message: Message, oversize_bytes: Option<usize>| {
        let message = if policy.redacts() { redact(message) } else { message };
        if policy.enriches() || oversize_bytes.is_some() {
            return enrich(message, policy.enriches().then_some(known), oversize_bytes);
        }
        message
    };
    let fits = |message: &Message| message.as_str().len() <= limit::MESSAGE_BYTES;
    let usual = finish(trimmed(policy.trim()), None);
    if fits(&usual) {
        return usual;
    }
    let smallest = finish(trimmed(Trim::smallest()), None);
    if fits(&smallest) {
        return smallest;
    }
    finish(stub(event), Some(event.text().len()))
}
