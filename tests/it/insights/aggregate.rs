//! The aggregate functions of `stats`.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html>

use super::command::Expr;
use super::expression::{Row, Scope, number};
use super::order::order;
use super::value::Value;
use std::cmp::Ordering;

/// The result of an aggregate function, or none if `name` is not one.
pub(super) fn aggregate(
    name: &str,
    arguments: &[Expr],
    scope: Scope<'_>,
) -> Option<Result<Value, String>> {
    let known = ["count", "count_distinct", "sum", "min", "max", "pct", "latest", "sortslast"];
    if !known.contains(&name) {
        return None;
    }
    let Scope::Group(rows) = scope else {
        return Some(Err(format!("{name} is allowed only in stats")));
    };
    Some(match (name, arguments) {
        ("count", []) => Ok(number(rows.len())),
        ("latest", [Expr::Field(field)]) => latest(rows, field),
        ("pct", [Expr::Field(field), Expr::Number(percent)]) => {
            present(rows, field).and_then(|values| percentile(values, *percent))
        }
        (_, [Expr::Field(field)]) => present(rows, field).and_then(|values| of(name, values)),
        _ => Err(format!("{name} takes a field")),
    })
}

/// The values of a field. Rows without the field are left out.
fn present(rows: &[Row], field: &str) -> Result<Vec<Value>, String> {
    let mut values = rows.iter().map(|row| row.get(field)).collect::<Result<Vec<_>, _>>()?;
    values.retain(|value| !value.is_missing());
    Ok(values)
}

fn of(name: &str, mut values: Vec<Value>) -> Result<Value, String> {
    match name {
        "count" => Ok(number(values.len())),
        "count_distinct" => {
            sort(&mut values)?;
            values.dedup();
            Ok(number(values.len()))
        }
        _ if values.is_empty() => Ok(Value::Missing),
        "sum" => {
            let numbers = values.iter().map(Value::number).collect::<Result<Vec<_>, _>>()?;
            Ok(Value::Number(numbers.iter().sum()))
        }
        "sortslast" => {
            sort(&mut values)?;
            Ok(values.pop().unwrap_or(Value::Missing))
        }
        _ => {
            if values.iter().any(|value| matches!(value, Value::Text(_))) {
                return Err(format!("no page specifies {name} of texts"));
            }
            sort(&mut values)?;
            let end = if name == "min" { values.first() } else { values.last() };
            Ok(end.cloned().unwrap_or(Value::Missing))
        }
    }
}

/// The value of the row with the latest timestamp. That row must have the field, and other rows with the
/// same timestamp must have the same value.
fn latest(rows: &[Row], field: &str) -> Result<Value, String> {
    let mut found: Option<(i64, Value)> = None;
    for row in rows {
        let at = row.get("@timestamp")?.time()?;
        let value = row.get(field)?;
        match &found {
            Some((time, _)) if at < *time => {}
            Some((time, other)) if at == *time && *other != value => {
                return Err(format!("which {field} is the latest, {other:?} or {value:?}?"));
            }
            _ => found = Some((at, value)),
        }
    }
    match found {
        Some((_, value)) if !value.is_missing() => Ok(value),
        _ => Err(format!("no page specifies latest where {field} is missing")),
    }
}

/// The percentile by nearest rank. AWS's page does not specify the interpolation, so with few values
/// the console may show a number between two of them.
fn percentile(mut values: Vec<Value>, percent: f64) -> Result<Value, String> {
    sort(&mut values)?;
    let share = |rank: usize| number(rank).number().map(|rank| rank * 100.0);
    let enough = number(values.len()).number()? * percent;
    for (at, value) in values.iter().enumerate() {
        if share(at + 1)? >= enough {
            return Ok(value.clone());
        }
    }
    Ok(Value::Missing)
}

/// Sorts the values, or returns why they have no order.
pub(super) fn sort(values: &mut [Value]) -> Result<(), String> {
    let mut refused = None;
    values.sort_by(|one, other| {
        order(one, other).unwrap_or_else(|why| {
            refused = Some(why);
            Ordering::Equal
        })
    });
    refused.map_or(Ok(()), Err)
}
