//! The operators of a pattern for one value.

use serde_json::Value;
use std::net::IpAddr;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operator {
    Is(Value),
    IsIgnoringCase(String),
    Exists(bool),
    Begins(String),
    BeginsIgnoringCase(String),
    Ends(String),
    EndsIgnoringCase(String),
    Wildcard(Vec<Part>),
    Numeric(Vec<(Comparison, f64)>),
    Cidr(IpAddr, u32),
    AnythingBut(Vec<Self>),
}

/// A piece of a wildcard: a text, or `*`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Text(String),
    Star,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Comparison {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

impl Operator {
    /// Reads one of the values of a field.
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let Some((name, value)) = only_member(value)? else {
            return if value.is_array() {
                Err("an array in an array".to_owned())
            } else {
                Ok(Self::Is(value.clone()))
            };
        };
        match name {
            "exists" => value.as_bool().map(Self::Exists).ok_or("exists is true or false".into()),
            "numeric" => numeric(value),
            "cidr" => cidr(text(value)?),
            "anything-but" => anything_but(value),
            "prefix" | "suffix" => match only_member(value)? {
                Some(("equals-ignore-case", value)) => {
                    let text = text(value)?.to_lowercase();
                    let of = if name == "prefix" {
                        Self::BeginsIgnoringCase
                    } else {
                        Self::EndsIgnoringCase
                    };
                    Ok(of(text))
                }
                Some((other, _)) => Err(format!("{other} is not known here")),
                None => of_text(name, value),
            },
            _ => of_text(name, value),
        }
    }

    /// True if the operator holds for a value of an event. A value that is present is never absent.
    pub(super) fn holds(&self, value: &Value) -> bool {
        let number = || value.as_f64();
        let text = || value.as_str();
        let lower = || value.as_str().map(str::to_lowercase);
        match self {
            Self::Is(wanted) => match (wanted.as_f64(), number()) {
                (Some(wanted), Some(number)) => same(wanted, number),
                _ => wanted == value,
            },
            Self::IsIgnoringCase(wanted) => lower().is_some_and(|it| it == *wanted),
            Self::Exists(exists) => *exists,
            Self::Begins(start) => text().is_some_and(|it| it.starts_with(start)),
            Self::BeginsIgnoringCase(start) => lower().is_some_and(|it| it.starts_with(start)),
            Self::Ends(end) => text().is_some_and(|it| it.ends_with(end)),
            Self::EndsIgnoringCase(end) => lower().is_some_and(|it| it.ends_with(end)),
            Self::Wildcard(parts) => text().is_some_and(|it| fits(parts, it)),
            Self::Numeric(comparisons) => number().is_some_and(|it| {
                comparisons.iter().all(|(comparison, limit)| comparison.holds(it, *limit))
            }),
            Self::Cidr(network, bits) => {
                let address = text().and_then(|it| it.parse().ok());
                address.is_some_and(|it| network_of(it, *bits) == network_of(*network, *bits))
            }
            Self::AnythingBut(others) => !others.iter().any(|other| other.holds(value)),
        }
    }
}

/// The name and argument of a match expression; none if the value is not an object.
fn only_member(value: &Value) -> Result<Option<(&str, &Value)>, String> {
    let Some(members) = value.as_object() else { return Ok(None) };
    let mut members = members.iter();
    match (members.next(), members.next()) {
        (Some((name, value)), None) => Ok(Some((name, value))),
        _ => Err("a match expression has one key".to_owned()),
    }
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or(format!("{value} is not a text"))
}

/// The operators with a text as argument.
fn of_text(name: &str, value: &Value) -> Result<Operator, String> {
    let text = text(value)?.to_owned();
    match name {
        "prefix" => Ok(Operator::Begins(text)),
        "suffix" => Ok(Operator::Ends(text)),
        "equals-ignore-case" => Ok(Operator::IsIgnoringCase(text.to_lowercase())),
        "exactly" => Ok(Operator::Is(text.into())),
        "wildcard" => wildcard(&text).map(Operator::Wildcard),
        _ => Err(format!("{name} is not known")),
    }
}

/// The argument of `anything-but`: texts, numbers, or an operator on texts.
fn anything_but(value: &Value) -> Result<Operator, String> {
    let (name, value) = only_member(value)?.unwrap_or(("", value));
    let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    let is_list = values.iter().all(Value::is_string)
        || (name.is_empty() && values.iter().all(Value::is_number));
    if values.is_empty() || !is_list {
        return Err("anything-but has texts or numbers".to_owned());
    }
    let others = values.iter().map(|value| match name {
        "" => Ok(Operator::Is(value.clone())),
        "prefix" | "suffix" if value == "" => Err(format!("an empty {name} in anything-but")),
        "prefix" | "suffix" | "equals-ignore-case" | "wildcard" => of_text(name, value),
        _ => Err(format!("{name} is not known in anything-but")),
    });
    others.collect::<Result<_, _>>().map(Operator::AnythingBut)
}

/// The pieces of a wildcard. A backslash escapes a star or a backslash.
fn wildcard(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        let said = match char {
            '*' if parts.last() == Some(&Part::Star) => return Err("two stars in a row".to_owned()),
            '*' => {
                parts.push(Part::Star);
                continue;
            }
            '\\' => {
                let escaped = chars.next().filter(|it| ['*', '\\'].contains(it));
                escaped.ok_or("a backslash before neither * nor \\")?
            }
            other => other,
        };
        match parts.last_mut() {
            Some(Part::Text(text)) => text.push(said),
            Some(Part::Star) | None => parts.push(Part::Text(said.to_string())),
        }
    }
    Ok(parts)
}

fn fits(parts: &[Part], text: &str) -> bool {
    match parts.split_first() {
        None => text.is_empty(),
        Some((Part::Text(start), others)) => {
            text.strip_prefix(start.as_str()).is_some_and(|rest| fits(others, rest))
        }
        Some((Part::Star, others)) => {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().any(|at| fits(others, &text[at..]))
        }
    }
}

/// One comparison, or a lower and an upper limit.
fn numeric(value: &Value) -> Result<Operator, String> {
    let parts = value.as_array().filter(|it| [2, 4].contains(&it.len()));
    let parts = parts.ok_or("numeric has one comparison or two")?;
    let comparisons = parts.chunks(2).map(|pair| {
        let comparison = match pair[0].as_str() {
            Some("<") => Comparison::Less,
            Some("<=") => Comparison::AtMost,
            Some("=") => Comparison::Equal,
            Some(">=") => Comparison::AtLeast,
            Some(">") => Comparison::More,
            _ => return Err(format!("{} is no comparison", pair[0])),
        };
        let limit = pair[1].as_f64().ok_or(format!("{} is no number", pair[1]))?;
        Ok((comparison, limit))
    });
    let comparisons: Vec<_> = comparisons.collect::<Result<_, _>>()?;
    let is_range = matches!(
        comparisons.as_slice(),
        [_] | [
            (Comparison::More | Comparison::AtLeast, _),
            (Comparison::Less | Comparison::AtMost, _)
        ]
    );
    if is_range { Ok(Operator::Numeric(comparisons)) } else { Err("no range".to_owned()) }
}

impl Comparison {
    fn holds(self, number: f64, limit: f64) -> bool {
        match self {
            Self::Less => number < limit,
            Self::AtMost => number <= limit,
            Self::Equal => same(number, limit),
            Self::AtLeast => number >= limit,
            Self::More => number > limit,
        }
    }
}

/// Numbers as EventBridge compares them, with six decimals.
fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.000_000_5
}

fn cidr(text: &str) -> Result<Operator, String> {
    let (address, bits) = text.split_once('/').ok_or("a network has a slash")?;
    let address: IpAddr = address.parse().map_err(|_| "no address")?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.parse().ok().filter(|bits| *bits <= most).ok_or("no number of bits")?;
    Ok(Operator::Cidr(address, bits))
}

/// The first bits of an address. They match no address of the other family.
fn network_of(address: IpAddr, bits: u32) -> (bool, u128) {
    let (all, width) = match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    (address.is_ipv4(), all.checked_shr(width - bits).unwrap_or_default())
}
