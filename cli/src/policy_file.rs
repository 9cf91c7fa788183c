//! A policy in a file: TOML, with a key for each variable of the function.
//!
//! A file is read into variables, which `config` checks like those of the environment.

use crate::variables::{Environment, variable_key};
use ecs_event_forwarder::config::var::{self, Variable};
use ecs_event_forwarder::config::{Config, Problem, Problems, config};
use std::collections::BTreeMap;
use std::fmt::Write;
use toml::{Table, Value};

/// A policy file: its variables, and the problems with the other keys and values.
#[derive(Clone, Debug, Default)]
pub(crate) struct PolicyFile {
    pub(crate) variables: Environment,
    /// Reported together with the problems of the variables.
    pub(crate) problems: Vec<Problem>,
}

impl PolicyFile {
    /// Returns the configuration that the file alone gives.
    ///
    /// # Errors
    ///
    /// Every problem of its keys, its values and its variables.
    pub(crate) fn config(&self) -> Result<Config, Problems> {
        match config(self.variables.clone()) {
            Ok(config) if self.problems.is_empty() => Ok(config),
            Ok(_) => Err(Problems(self.problems.clone())),
            Err(Problems(problems)) => {
                Err(Problems([self.problems.as_slice(), problems.as_slice()].concat()))
            }
        }
    }
}

/// Reads a file.
///
/// # Errors
///
/// It cannot be read, or is not TOML.
pub(crate) fn read(path: &str) -> Result<PolicyFile, String> {
    #[expect(clippy::disallowed_methods, reason = "files are the command line's")]
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
    variables(&text)
}

fn variables(text: &str) -> Result<PolicyFile, String> {
    let table: Table = text.parse().map_err(|error| format!("it is not TOML: {error}"))?;
    let mut file = PolicyFile::default();
    for (key, value) in table {
        let is_it = |variable: &&Variable| variable_key(variable.name) == key;
        let text = match var::ALL.iter().find(is_it) {
            Some(variable) => text_of(&key, &value).map(|text| (variable.name.to_owned(), text)),
            None => Err(format!("unknown key; did you mean {}?", nearest(&key))),
        };
        match text {
            Ok(variable) => file.variables.extend([variable]),
            Err(text) => {
                file.problems.push(Problem { name: format!("{key} in the policy file"), text });
            }
        }
    }
    Ok(file)
}

fn nearest(key: &str) -> String {
    let keys = var::ALL.iter().map(|variable| variable_key(variable.name));
    let near = |known: &String| strsim::jaro_winkler(known, key);
    keys.max_by(|a, b| near(a).total_cmp(&near(b))).unwrap_or_default()
}

/// Returns a value as the text of its variable.
fn text_of(key: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(true) => Ok("on".to_owned()),
        Value::Boolean(false) => Ok("off".to_owned()),
        Value::Array(_) if variable_key(var::RULES.name) == key => json(value),
        Value::Array(items) => items.iter().map(item).collect::<Result<Vec<_>, _>>().map(join),
        Value::Table(tags) if variable_key(var::TAGS.name) == key => {
            let tag = |(key, value): (&String, &Value)| Ok(format!("{key}={}", item(value)?));
            tags.iter().map(tag).collect::<Result<Vec<_>, String>>().map(join)
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => {
            Err("must be a text, a whole number, true, false or an array of texts".to_owned())
        }
    }
}

fn join(items: impl AsRef<[String]>) -> String {
    items.as_ref().join(",")
}

fn item(value: &Value) -> Result<String, String> {
    match value.as_str() {
        Some(text) if text.contains(',') => Err(format!("{text:?} has a comma; write two items")),
        Some(text) => Ok(text.to_owned()),
        None => Err("each item must be a text".to_owned()),
    }
}

fn json(value: &Value) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

/// Writes variables as a policy file; defaults are comments.
pub(crate) fn write(values: &BTreeMap<&'static str, String>) -> String {
    let mut file = String::new();
    for variable in var::ALL {
        let given = values.get(variable.name);
        let key = variable_key(variable.name);
        let value = given.map_or(variable.default, String::as_str);
        let value = match *variable {
            var::RULES if given.is_some() => rules(value),
            _ => toml_text(variable, value),
        };
        let comment = if given.is_some() { "" } else { "# " };
        let _ = writeln!(file, "# {}\n{comment}{key} = {value}", variable.meaning);
    }
    file
}

/// Writes lists as arrays, and anything else as a text.
fn toml_text(variable: &Variable, value: &str) -> String {
    const LISTS: [Variable; 10] = [
        var::SOURCES,
        var::CLUSTERS,
        var::EVENT_TYPES,
        var::DETAIL_TYPES,
        var::EVENT_NAMES,
        var::SERVICES,
        var::TASK_STATUSES,
        var::SIDECARS,
        var::KEEP_FIELDS,
        var::DROP_FIELDS,
    ];
    if *variable == var::RETENTION_DAYS && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return value.to_owned();
    }
    if !LISTS.contains(variable) {
        return quoted(value);
    }
    let items = value.split(',').map(str::trim).filter(|item| !item.is_empty());
    format!("[{}]", items.map(quoted).collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// Writes the rules as inline tables, or as their JSON if TOML cannot express it.
fn rules(json: &str) -> String {
    let rules = serde_json::from_str::<Value>(json);
    rules.map_or_else(|_| quoted(json), |rules| rules.to_string())
}
