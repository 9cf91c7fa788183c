//! Predicts whether EventBridge matches an event with a pattern that [`super::pattern`] wrote.
//!
//! It knows only the operators that such patterns use. In an array of objects, EventBridge requires
//! one element with all the fields; here, several elements can have them together. So it may match
//! more events than EventBridge does, never fewer.

use super::condition::Pattern;
use crate::glob;
use crate::json::{Json, Shape, Value};
use serde_json::{Map, Value as Operator};
use std::borrow::Cow;

/// A parsed pattern.
#[derive(Clone, Debug)]
pub struct Matcher(Map<String, Operator>);

impl Matcher {
    /// Parses a pattern. A text that is not a JSON object matches every event.
    pub fn new(pattern: &Pattern) -> Self {
        Self(serde_json::from_str(&pattern.text).unwrap_or_default())
    }

    /// True if EventBridge would match the event.
    pub fn matches(&self, event: &Json) -> bool {
        object(&self.0, &[event.root()])
    }
}

/// True if the values meet every condition of the pattern. The recursion is as deep as the
/// pattern, whatever the depth of the event.
fn object(pattern: &Map<String, Operator>, values: &[Value<'_>]) -> bool {
    pattern.iter().all(|(name, wanted)| match wanted {
        Operator::Array(alternatives) if name == "$or" => {
            let mut alternatives = alternatives.iter().filter_map(Operator::as_object);
            alternatives.any(|alternative| object(alternative, values))
        }
        Operator::Array(operators) => field(operators, &members(values, name)),
        Operator::Object(inner) => object(inner, &members(values, name)),
        Operator::Null | Operator::Bool(_) | Operator::Number(_) | Operator::String(_) => false,
    })
}

/// The members with this name, in objects and in arrays of objects.
fn members<'a>(values: &[Value<'a>], name: &str) -> Vec<Value<'a>> {
    let objects = values.iter().flat_map(|value| match value.shape() {
        Shape::Array => value.elements().collect(),
        Shape::Object | Shape::String | Shape::Scalar | Shape::Null => vec![*value],
    });
    let objects = objects.filter(|value| value.shape() == Shape::Object);
    objects.filter_map(|it| it.children().filter(|member| member.key() == name).last()).collect()
}

/// A value that is neither an object nor an array.
enum Leaf<'a> {
    Null,
    String(Cow<'a, str>),
    /// A number, `true` or `false`, as it is spelled.
    Scalar(&'a str),
}

/// True if a value of the members meets one of the operators.
fn field(operators: &[Operator], members: &[Value<'_>]) -> bool {
    let leaves: Vec<_> = members.iter().flat_map(|member| leaves(*member)).collect();
    if leaves.is_empty() {
        return operators.iter().any(|it| it.get("exists") == Some(&Operator::Bool(false)));
    }
    leaves.iter().any(|leaf| operators.iter().any(|operator| holds(operator, leaf)))
}

/// The values that a pattern can compare: the value itself, or the texts in an array.
fn leaves(value: Value<'_>) -> Vec<Leaf<'_>> {
    match value.shape() {
        Shape::Object => vec![],
        Shape::Array => value.strings().map(Leaf::String).collect(),
        Shape::String => value.string().map(Leaf::String).into_iter().collect(),
        Shape::Scalar => vec![Leaf::Scalar(value.text())],
        Shape::Null => vec![Leaf::Null],
    }
}

/// True if the leaf meets the operator.
fn holds(operator: &Operator, leaf: &Leaf<'_>) -> bool {
    let text = match leaf {
        Leaf::String(text) => Some(text.as_ref()),
        Leaf::Null | Leaf::Scalar(_) => None,
    };
    let Operator::Object(operator) = operator else {
        return match leaf {
            Leaf::Null => operator.is_null(),
            Leaf::String(text) => operator.as_str() == Some(text),
            Leaf::Scalar(text) => operator.as_f64().is_some_and(|wanted| is_number(text, wanted)),
        };
    };
    operator.iter().all(|(name, argument)| match name.as_str() {
        "exists" => argument == &Operator::Bool(true),
        "anything-but" => anything_but(argument, leaf),
        name => text.is_some_and(|text| any(argument, |it| is(name, it, text))),
    })
}

/// True if EventBridge considers the numbers equal. It compares values, not spellings, to six decimals.
fn is_number(text: &str, wanted: f64) -> bool {
    text.parse().is_ok_and(|number: f64| (number - wanted).abs() < 0.000_000_5)
}

/// True if the leaf is none of the texts or numbers, and fits none of the operators.
fn anything_but(argument: &Operator, leaf: &Leaf<'_>) -> bool {
    let text = match leaf {
        Leaf::Null => return true,
        Leaf::String(text) => text.as_ref(),
        Leaf::Scalar(text) => {
            let mut numbers =
                argument.as_array().into_iter().flatten().filter_map(Operator::as_f64);
            return !numbers.any(|number| is_number(text, number));
        }
    };
    match argument.as_object() {
        Some(operator) => {
            operator.iter().all(|(name, argument)| !any(argument, |it| is(name, it, text)))
        }
        None => !any(argument, |it| it == text),
    }
}

/// True if `is_true` holds for the text, or for a text in the array.
fn any(argument: &Operator, is_true: impl Fn(&str) -> bool) -> bool {
    match argument.as_array() {
        Some(texts) => texts.iter().filter_map(Operator::as_str).any(is_true),
        None => argument.as_str().is_some_and(is_true),
    }
}

/// True if the operator of that name matches the text.
fn is(name: &str, argument: &str, text: &str) -> bool {
    match name {
        "prefix" => text.starts_with(argument),
        "suffix" => text.ends_with(argument),
        "wildcard" => glob::matches(&argument.replace("\\\\", "\\"), text),
        _ => false,
    }
}
