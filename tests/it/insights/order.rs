//! The order of `sort`, `sortsFirst` and `sortsLast`: natural sorting.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Sort.html>

use super::value::Value;
use std::cmp::Ordering;

/// Compares two values in ascending order. Missing fields are refused, because no page specifies their
/// place.
pub(super) fn order(one: &Value, other: &Value) -> Result<Ordering, String> {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => Ok(one.total_cmp(other)),
        (Value::Time(one), Value::Time(other)) => Ok(one.cmp(other)),
        (Value::Text(one), Value::Text(other)) => Ok(natural(one, other)),
        _ => Err(format!("no page specifies the order of {one:?} and {other:?}")),
    }
}

/// Compares two texts by natural sorting. Texts of digits alone come last. In all others, runs of digits
/// are compared by length first, and everything else by Unicode.
pub(super) fn natural(one: &str, other: &str) -> Ordering {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mut ones, mut others) = (chunks(one).into_iter(), chunks(other).into_iter());
    let by_kind = is_number(one).cmp(&is_number(other));
    by_kind.then_with(|| {
        loop {
            let by_chunk = match (ones.next(), others.next()) {
                (Some(one), Some(other)) if is_number(one) && is_number(other) => {
                    one.len().cmp(&other.len()).then(one.cmp(other))
                }
                (Some(one), Some(other)) => one.cmp(other),
                (one, other) => return one.is_some().cmp(&other.is_some()),
            };
            if by_chunk.is_ne() {
                return by_chunk;
            }
        }
    })
}

/// The runs of digits, and the texts between them.
fn chunks(text: &str) -> Vec<&str> {
    let mut chunks = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at(end);
        chunks.push(chunk);
        rest = after;
    }
    chunks
}
