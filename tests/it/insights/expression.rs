//! The evaluation of an expression on a row, or on a group of rows.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html>

use super::aggregate::aggregate;
use super::command::Expr;
use super::value::Value;
use std::collections::HashMap;

/// The fields of a log event, or of a row in the result of `stats`.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) fields: HashMap<String, Value>,
    /// True after `stats`: only the fields that it names exist.
    pub(super) is_closed: bool,
}

impl Row {
    pub(super) fn get(&self, name: &str) -> Result<Value, String> {
        match self.fields.get(name) {
            Some(value) => Ok(value.clone()),
            None if self.is_closed => Err(format!("stats does not define {name}")),
            None => Ok(Value::Missing),
        }
    }
}

/// The rows that an expression is evaluated on.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    Row(&'a Row),
    /// The rows of a group in `stats`. Fields are used only inside aggregate functions.
    Group(&'a [Row]),
}

impl Scope<'_> {
    pub(super) fn evaluate(self, expr: &Expr) -> Result<Value, String> {
        match expr {
            Expr::Field(name) => match self {
                Self::Row(row) => row.get(name),
                Self::Group(_) => Err(format!("{name} is not aggregated")),
            },
            Expr::Text(text) => Ok(Value::Text(text.clone())),
            Expr::Number(number) => Ok(Value::Number(*number)),
            Expr::Period(_) => Err("a period is allowed only as an argument of bin".to_owned()),
            Expr::Call(name, arguments) => {
                aggregate(name, arguments, self).unwrap_or_else(|| self.call(name, arguments))
            }
            Expr::Math(one, sign, other) => {
                let one = self.evaluate(one)?.number()?;
                let other = self.evaluate(other)?.number()?;
                match *sign {
                    "+" => Ok(Value::Number(one + other)),
                    "-" => Ok(Value::Number(one - other)),
                    "*" => Ok(Value::Number(one * other)),
                    _ => Ok(Value::Number(one / other)),
                }
            }
            Expr::Compare(one, sign, other) => {
                compare(&self.evaluate(one)?, sign, &self.evaluate(other)?)
            }
            Expr::In(one, others) => {
                let one = self.evaluate(one)?;
                for other in others {
                    let equal = compare(&one, "=", &self.evaluate(other)?)?;
                    if equal != Value::Bool(false) {
                        return Ok(equal);
                    }
                }
                Ok(Value::Bool(false))
            }
            Expr::Like(one, part) => {
                let whole = self.evaluate(one)?;
                if whole.is_missing() {
                    return Ok(Value::Missing);
                }
                Ok(Value::Bool(whole.text()?.contains(part.as_str())))
            }
            Expr::And(one, other) => self.both(one, other, false),
            Expr::Or(one, other) => self.both(one, other, true),
            Expr::Not(one) => {
                let value = self.evaluate(one)?;
                let Value::Bool(is_so) = value else {
                    return Err(format!("no page specifies not {value:?}"));
                };
                Ok(Value::Bool(!is_so))
            }
        }
    }

    /// Evaluates `and` or `or`. The value `decides` ends the evaluation: false for `and`, true for `or`.
    fn both(self, one: &Expr, other: &Expr, decides: bool) -> Result<Value, String> {
        let is_truth = |it: &Value| matches!(it, Value::Bool(_) | Value::Missing);
        let one = Some(self.evaluate(one)?).filter(is_truth).ok_or("not a condition")?;
        if one == Value::Bool(decides) {
            return Ok(one);
        }
        let other = Some(self.evaluate(other)?).filter(is_truth).ok_or("not a condition")?;
        Ok(if one == Value::Missing && other != Value::Bool(decides) { one } else { other })
    }

    fn call(self, name: &str, arguments: &[Expr]) -> Result<Value, String> {
        let values = || arguments.iter().map(|it| self.evaluate(it)).collect::<Result<Vec<_>, _>>();
        let are_fields = arguments.iter().all(|it| matches!(it, Expr::Field(_)));
        match (name, arguments) {
            ("ispresent", [_]) if are_fields => match values()?.as_slice() {
                [Value::Null] => Err("no page specifies whether null is present".to_owned()),
                [value] => Ok(Value::Bool(*value != Value::Missing)),
                _ => Err("ispresent".to_owned()),
            },
            ("coalesce", [_, ..]) if are_fields => {
                let first = values()?.into_iter().find(|it| !it.is_missing());
                Ok(first.unwrap_or(Value::Missing))
            }
            ("bin", [Expr::Period(ms)]) => match self {
                Self::Row(row) => {
                    let at = row.get("@timestamp")?.time()?;
                    Ok(Value::Time(at - at.rem_euclid(*ms)))
                }
                Self::Group(_) => Err("bin is not allowed on a group of rows".to_owned()),
            },
            _ => scalar(name, &values()?),
        }
    }
}

/// Calls a function of single values, none of which may be missing.
fn scalar(name: &str, values: &[Value]) -> Result<Value, String> {
    match (name, values) {
        ("strlen", [text]) => Ok(number(text.text()?.chars().count())),
        ("strcontains", [text, part]) => {
            Ok(number(usize::from(text.text()?.contains(part.text()?))))
        }
        ("concat", [_, _, ..]) => {
            let texts = values.iter().map(Value::text).collect::<Result<Vec<_>, _>>()?;
            Ok(Value::Text(texts.concat()))
        }
        ("tomillis", [time]) => {
            let ms = time.time()?;
            Ok(Value::Number(ms.to_string().parse().map_err(|_| "milliseconds")?))
        }
        ("frommillis", [ms]) => {
            let ms = format!("{:.0}", ms.number()?);
            Ok(Value::Time(ms.parse().map_err(|_| "milliseconds")?))
        }
        ("greatest", [first, rest @ ..]) => {
            let mut greatest = first.number()?;
            for one in rest {
                greatest = greatest.max(one.number()?);
            }
            Ok(Value::Number(greatest))
        }
        _ => Err(format!("unknown function {name} of {values:?}")),
    }
}

pub(super) fn number(count: usize) -> Value {
    Value::Number(u32::try_from(count).map_or(f64::INFINITY, f64::from))
}

/// Compares two values. With a missing field, no comparison holds; `!=` is refused, because no page
/// specifies it.
fn compare(one: &Value, sign: &str, other: &Value) -> Result<Value, String> {
    if one.is_missing() || other.is_missing() {
        let is_refused = sign == "!=";
        return if is_refused {
            Err("no page specifies != for a missing field".to_owned())
        } else {
            Ok(Value::Missing)
        };
    }
    let order = match (one, other) {
        (Value::Text(one), Value::Text(other)) if ["=", "!="].contains(&sign) => one.cmp(other),
        (Value::Number(one), Value::Number(other)) => one.total_cmp(other),
        (Value::Time(one), Value::Time(other)) => one.cmp(other),
        _ => return Err(format!("no page specifies {one:?} {sign} {other:?}")),
    };
    let holds = match sign {
        "=" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    };
    Ok(Value::Bool(holds))
}
