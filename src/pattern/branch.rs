//! What a pattern is made of.

use super::condition::Condition;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The values of each field of which one must be there. A field is named by its dotted path.
pub(super) type Fields = BTreeMap<&'static str, Vec<Value>>;

/// Events of some kinds: all of `fields`, and one of `alternatives` if there are any.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Branch {
    pub(super) fields: Fields,
    pub(super) alternatives: Vec<Fields>,
}

/// What the pattern says less exactly than the rule does.
pub(super) type Approximate = BTreeSet<Condition>;
