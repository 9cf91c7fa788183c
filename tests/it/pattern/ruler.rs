//! EventBridge's matching, from its documentation and that of Event Ruler:
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>,
//! <https://github.com/aws/event-ruler#readme>.

mod operator;

use operator::Operator;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A valid event pattern: one of its combinations must match.
pub(super) struct Rule {
    combinations: Vec<Combination>,
}

/// The operators for each field by its dotted path. One of them must hold.
type Combination = BTreeMap<String, Vec<Operator>>;

/// Names that cannot be fields inside `$or`.
const RESERVED: [&str; 9] = [
    "anything-but",
    "cidr",
    "equals-ignore-case",
    "exactly",
    "exists",
    "numeric",
    "prefix",
    "suffix",
    "wildcard",
];

impl Rule {
    /// Reads a pattern. Returns the reason if EventBridge would reject it.
    pub(super) fn read(pattern: &str) -> Result<Self, String> {
        let pattern = serde_json::from_str(pattern).map_err(|error| error.to_string())?;
        let combinations = object("", &pattern, vec![Combination::new()], false)?;
        Ok(Self { combinations })
    }

    /// The number of combinations. EventBridge accepts 1,000.
    pub(super) fn combinations(&self) -> usize {
        self.combinations.len()
    }

    /// The dotted paths of all fields that the pattern names.
    pub(super) fn paths(&self) -> BTreeSet<&str> {
        self.combinations.iter().flat_map(BTreeMap::keys).map(String::as_str).collect()
    }

    pub(super) fn matches(&self, event: &Leaves) -> bool {
        self.combinations.iter().any(|combination| {
            let conditions: Vec<_> = combination.iter().collect();
            event.meet(&conditions, &mut BTreeMap::new())
        })
    }
}

/// The combinations so far, each extended by the conditions of one more object.
fn object(
    path: &str,
    value: &Value,
    so_far: Vec<Combination>,
    is_below_or: bool,
) -> Result<Vec<Combination>, String> {
    let members = value.as_object().ok_or(format!("{path:?} is neither an object nor an array"))?;
    if members.is_empty() {
        return Err(format!("{path:?} is an empty object"));
    }
    members.iter().try_fold(so_far, |so_far, (name, value)| {
        if name == "$or" {
            return alternatives(path, value, &so_far);
        }
        if is_below_or && RESERVED.contains(&name.as_str()) {
            return Err(format!("{name} below $or is no field"));
        }
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if let Value::Array(values) = value {
            return field(&path, values, so_far);
        }
        object(&path, value, so_far, is_below_or)
    })
}

fn alternatives(
    path: &str,
    value: &Value,
    so_far: &[Combination],
) -> Result<Vec<Combination>, String> {
    let alternatives = value.as_array().filter(|it| it.len() >= 2);
    let alternatives = alternatives.ok_or("$or has two objects at least")?.iter();
    let all: Result<Vec<_>, _> =
        alternatives.map(|it| object(path, it, so_far.to_vec(), true)).collect();
    Ok(all?.concat())
}

fn field(
    path: &str,
    values: &[Value],
    so_far: Vec<Combination>,
) -> Result<Vec<Combination>, String> {
    if values.is_empty() {
        return Err(format!("{path} is an empty array"));
    }
    let operators: Result<Vec<_>, _> = values.iter().map(Operator::read).collect();
    let operators = operators?;
    let with_field = so_far.into_iter().map(|mut combination| {
        // Event Ruler would use the last one.
        match combination.insert(path.to_owned(), operators.clone()) {
            None => Ok(combination),
            Some(_) => Err(format!("{path} stands twice")),
        }
    });
    with_field.collect()
}

/// An event as EventBridge reads it: the values that are not objects or arrays, by path.
#[derive(Clone, Default)]
pub(super) struct Leaves {
    leaves: BTreeMap<String, Vec<Leaf>>,
    arrays: usize,
}

#[derive(Clone)]
struct Leaf {
    value: Value,
    indices: Indices,
}

/// The array elements around a value. The fields of one combination never come from two elements of the
/// same array.
type Indices = BTreeMap<usize, usize>;

impl Leaves {
    pub(super) fn of(event: &Value) -> Self {
        let mut leaves = Self::default();
        leaves.add("", event, &Indices::new());
        leaves
    }

    fn add(&mut self, path: &str, value: &Value, indices: &Indices) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let path =
                        if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.add(&path, value, indices);
                }
            }
            Value::Array(elements) => {
                let array = self.arrays;
                self.arrays += 1;
                for (at, element) in elements.iter().enumerate() {
                    let mut indices = indices.clone();
                    indices.insert(array, at);
                    self.add(path, element, &indices);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                let leaf = Leaf { value: value.clone(), indices: indices.clone() };
                self.leaves.entry(path.to_owned()).or_default().push(leaf);
            }
        }
    }

    /// True if there is a leaf for each condition, with indices that agree with `indices`.
    fn meet(&self, conditions: &[(&String, &Vec<Operator>)], indices: &mut Indices) -> bool {
        let Some(((path, operators), others)) = conditions.split_first() else { return true };
        let Some(leaves) = self.leaves.get(*path) else {
            return operators.contains(&Operator::Exists(false)) && self.meet(others, indices);
        };
        leaves.iter().any(|leaf| {
            let together = |(array, at)| indices.get(array).is_none_or(|other| other == at);
            let is_met = operators.iter().any(|operator| operator.holds(&leaf.value));
            if !is_met || !leaf.indices.iter().all(together) {
                return false;
            }
            let mut indices = indices.clone();
            indices.extend(&leaf.indices);
            self.meet(others, &mut indices)
        })
    }
}
