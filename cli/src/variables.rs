//! The variables of the policy, and their other names.

use ecs_event_forwarder::config::var;
use std::collections::BTreeMap;

/// The `FORWARDER_*` variables, by name.
pub(crate) type Environment = BTreeMap<String, String>;

/// Returns the key of a variable in a policy file: `event_types` for `FORWARDER_EVENT_TYPES`.
pub(crate) fn variable_key(variable: &str) -> String {
    variable.strip_prefix(var::PREFIX).unwrap_or(variable).to_ascii_lowercase()
}
