//! One event before and after: removed fields are struck out, added ones underlined.

use ecs_event_forwarder::json::{Shape, Value};
use maud::{Markup, html};

/// Deepest level that is formatted, deeper than any ECS event. Below it the text is shown as it is.
const DEPTH: usize = 16;

/// The event as indented JSON.
pub(super) fn struck(before: Value<'_>, after: Value<'_>) -> Markup {
    value(before, Some(after), 0)
}

fn value(before: Value<'_>, after: Option<Value<'_>>, depth: usize) -> Markup {
    let is_same = after.is_some_and(|after| after.shape() == before.shape());
    let inner: Vec<_> = before.children().collect();
    let is_inner = matches!(before.shape(), Shape::Object | Shape::Array) && !inner.is_empty();
    if !is_inner || depth >= DEPTH {
        return match after {
            Some(after) if after.text() != before.text() => html! {
                del { (before.text()) } " " ins { (after.text()) }
            },
            _ => html! { (before.text()) },
        };
    }
    let is_object = before.shape() == Shape::Object;
    let (open, close) = if is_object { ("{", "}") } else { ("[", "]") };
    let after_inner: Vec<_> =
        after.filter(|_| is_same).into_iter().flat_map(Value::children).collect();
    let pad = "  ".repeat(depth + 1);
    let last = inner.len() - 1;
    html! {
        (open) "\n"
        @for (at, member) in inner.iter().enumerate() {
            @let other = if is_object {
                after_inner.iter().find(|it| it.key() == member.key())
            } else {
                after_inner.get(at)
            };
            @let comma = if at < last { "," } else { "" };
            (pad)
            @match other {
                None if after.is_some() => {
                    del { (key(*member, is_object)) (value(*member, None, depth + 1)) (comma) }
                }
                _ => { (key(*member, is_object)) (value(*member, other.copied(), depth + 1)) (comma) }
            }
            "\n"
        }
        @if is_object {
            @for added in after_inner.iter().filter(|it| inner.iter().all(|old| old.key() != it.key())) {
                (pad) ins { (key(*added, true)) (added.text()) } "\n"
            }
        }
        ("  ".repeat(depth)) (close)
    }
}

fn key(member: Value<'_>, is_object: bool) -> Markup {
    html! { @if is_object { span.key { "\"" (member.key()) "\"" } ": " } }
}
