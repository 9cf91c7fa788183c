//! Step 4: event → message with the fields that are worth paying for.
//!
//! Readers of the log group use dotted paths and array indexes. So trimming only removes whole
//! members of objects. It copies the rest as text, in its order and spelling.

mod contract;
mod path;
mod tree;

pub use contract::{CONTRACT, LEAN, Removal, STATUS_REASON};
pub use path::{Path, PathProblem};
pub use tree::{Conflict, Profile, Trim};

use crate::event::EventKind;
use crate::json::{Compact, Json, Shape, Value};
use crate::message::Message;
use tree::{ALL, KeptFields};

/// Copies an event without the fields that `trim` removes and without a top-level `forwarder`.
pub fn trim(trim: &Trim, kind: &EventKind<'_>, event: &Compact) -> Message {
    let fields = match kind {
        EventKind::Task => &trim.task,
        EventKind::ContainerInstance => &trim.container_instance,
        EventKind::ContainerInstanceHealth
        | EventKind::ServiceAction
        | EventKind::Deployment
        | EventKind::Hook
        | EventKind::DaemonServiceAction
        | EventKind::DaemonDeployment
        | EventKind::CloudTrail
        | EventKind::CloudTrailServiceEvent
        | EventKind::Other(_) => &ALL,
    };
    let mut out = String::with_capacity(event.text().len() + ROOM_FOR_FORWARDER);
    put_object(&mut out, event, event.root(), |member| match member.key().as_ref() {
        "forwarder" => None,
        "detail" => Some(fields),
        _ => Some(&ALL),
    });
    Message::of_step(out)
}

/// Room for the `forwarder` object, which is appended in place.
const ROOM_FOR_FORWARDER: usize = 256;

/// Copies an object with the members that `kept` keeps.
fn put_object<'a>(
    out: &mut String,
    event: &Json,
    object: Value<'_>,
    kept: impl Fn(Value<'_>) -> Option<&'a KeptFields>,
) {
    out.push('{');
    // Neighbours that stay are copied together.
    let mut whole = None;
    for member in object.children() {
        let (start, end) = member.span();
        match kept(member) {
            Some(fields) if fields.is_all() => {
                whole = Some((whole.map_or(member.start(), |(first, _)| first), end));
            }
            Some(fields) => {
                put_members(out, event, whole.take());
                put_members(out, event, Some((member.start(), start)));
                put_value(out, event, member, fields);
            }
            None => put_members(out, event, whole.take()),
        }
    }
    put_members(out, event, whole);
    out.push('}');
}

/// Copies members that stand side by side, or the beginning of one.
fn put_members(out: &mut String, event: &Json, span: Option<(usize, usize)>) {
    let Some((start, end)) = span else { return };
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push_str(event.text().get(start..end).unwrap_or_default());
}

/// Copies the fields of a value that are kept. The recursion is as deep as the policy's paths,
/// whatever the depth of the event.
fn put_value(out: &mut String, event: &Json, value: Value<'_>, fields: &KeptFields) {
    match (value.shape(), fields.of_elements()) {
        (Shape::Object, None) => put_object(out, event, value, |member| fields.kept(member)),
        (Shape::Array, Some(of_elements)) => put_elements(out, event, value, of_elements),
        // The value has another shape than the policy's paths: it is kept whole.
        (Shape::Object, Some(_))
        | (Shape::Array, None)
        | (Shape::String | Shape::Scalar | Shape::Null, _) => {
            out.push_str(value.text());
        }
    }
}

/// Copies an array. Elements that are objects or arrays lose fields; all others stay.
fn put_elements(out: &mut String, event: &Json, array: Value<'_>, fields: &KeptFields) {
    let (mut done, end) = array.span();
    for element in array.children() {
        let (start, after) = element.span();
        out.push_str(event.text().get(done..start).unwrap_or_default());
        put_value(out, event, element, fields);
        done = after;
    }
    out.push_str(event.text().get(done..end).unwrap_or_default());
}
