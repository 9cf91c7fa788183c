//! The variables for lists of globs, and the rules that are made of them.

use super::reader::Reader;
use super::var::{self, Variable};
use crate::event::{EventKind, EventType};
use crate::filter::Rule;
use crate::glob::{self, Patterns};
use crate::resource_name::ResourceName;
use serde_json::{Map, Value};

/// The keys of a rule, and the variables with the same meaning.
pub(super) const OF_A_RULE: [(&str, Variable); 6] = [
    ("clusters", var::CLUSTERS),
    ("eventTypes", var::EVENT_TYPES),
    ("detailTypes", var::DETAIL_TYPES),
    ("eventNames", var::EVENT_NAMES),
    ("services", var::SERVICES),
    ("taskStatuses", var::TASK_STATUSES),
];

impl Reader {
    /// A list of globs.
    pub(super) fn patterns(&mut self, variable: Variable) -> Patterns {
        let items = self.items(variable);
        self.checked(variable.name, "", variable, &items)
    }

    /// The rule of the six variables.
    pub(super) fn rule(&mut self) -> Rule {
        Rule {
            clusters: self.patterns(var::CLUSTERS),
            event_types: self.patterns(var::EVENT_TYPES),
            detail_types: self.patterns(var::DETAIL_TYPES),
            event_names: self.patterns(var::EVENT_NAMES),
            services: self.patterns(var::SERVICES),
            task_statuses: self.patterns(var::TASK_STATUSES),
        }
    }

    /// The first rule of `FORWARDER_RULES`, and the others.
    pub(super) fn rules(&mut self) -> (Rule, Vec<Rule>) {
        let value = self.value(var::RULES);
        let parsed = serde_json::from_str::<Vec<Map<String, Value>>>(&value);
        let problem = match parsed.as_deref() {
            Ok([first, others @ ..]) => {
                let first = self.rule_of(1, first);
                let others =
                    others.iter().zip(2..).map(|(rule, number)| self.rule_of(number, rule));
                return (first, others.collect());
            }
            Ok([]) => "an empty array keeps no event; unset the variable or add a rule".to_owned(),
            Err(error) => format!("it is not a JSON array of objects: {error}"),
        };
        self.problem(var::RULES.name, problem);
        // Any rule will do, because the problem makes the configuration invalid.
        (self.rule_of(1, &Map::new()), Vec::new())
    }

    /// One rule of `FORWARDER_RULES`.
    fn rule_of(&mut self, number: usize, rule: &Map<String, Value>) -> Rule {
        for key in rule.keys() {
            if OF_A_RULE.iter().all(|(known, _)| known != key) {
                let known = OF_A_RULE.map(|(known, _)| known).join(", ");
                let text = format!("rule {number} has the unknown key {key:?}; use one of {known}");
                self.problem(var::RULES.name, text);
            }
        }
        let [clusters, event_types, detail_types, event_names, services, task_statuses] =
            OF_A_RULE.map(|(key, variable)| self.condition(number, key, variable, rule.get(key)));
        Rule { clusters, event_types, detail_types, event_names, services, task_statuses }
    }

    /// One condition of a rule, or the default of its variable if the key is missing.
    fn condition(
        &mut self,
        number: usize,
        key: &str,
        variable: Variable,
        value: Option<&Value>,
    ) -> Patterns {
        let place = format!("rule {number}, {key}: ");
        let Some(value) = value else {
            return Patterns::new(variable.default.split(','));
        };
        let items = value.as_array().filter(|items| !items.is_empty());
        let texts = items.and_then(|items| {
            items.iter().map(|item| item.as_str().map(|text| text.trim().to_owned())).collect()
        });
        let texts: Vec<String> = texts.unwrap_or_default();
        if texts.is_empty() {
            let text = format!("{place}the value must be an array of at least one string");
            self.problem(var::RULES.name, text);
        }
        if texts.iter().any(String::is_empty) {
            self.problem(var::RULES.name, format!("{place}the array has an empty item"));
        }
        self.checked(var::RULES.name, &place, variable, &texts)
    }

    /// A list of globs. Items that can never match, and lists that keep nothing, are problems.
    fn checked(
        &mut self,
        name: &str,
        place: &str,
        variable: Variable,
        items: &[String],
    ) -> Patterns {
        for item in items.iter().filter(|item| !item.is_empty()) {
            let glob = item.strip_prefix('!').unwrap_or(item);
            if glob.is_empty() {
                self.problem(name, format!("{place}\"!\" excludes nothing; write !name"));
            } else if let Some(right) = never_matches(variable, glob) {
                self.problem(name, format!("{place}{item:?} can never match; {right}"));
            }
        }
        // `!*` is allowed for sidecars: then no container is one.
        let may_be_empty = variable == var::SIDECARS;
        if let Some(nothing) = keeps_nothing(items).filter(|_| !may_be_empty) {
            self.problem(name, format!("{place}{nothing}"));
        }
        Patterns::new(items.iter().map(String::as_str))
    }
}

/// Returns a sentence if the exclusions of a list cover everything that it names.
fn keeps_nothing(items: &[String]) -> Option<String> {
    let (unwanted, wanted): (Vec<&str>, Vec<&str>) =
        items.iter().map(String::as_str).partition(|item| item.starts_with('!'));
    let excludes = |text: &str| {
        unwanted.iter().find(|item| {
            let glob = item.strip_prefix('!').unwrap_or(item);
            // Only a `*` covers the `*` of a wanted glob, so the glob can be matched like a text.
            glob::matches(glob, text)
        })
    };
    if let Some(all) = unwanted.iter().find(|item| **item == "!*") {
        return Some(format!("{all:?} excludes everything"));
    }
    let covering: Option<Vec<_>> = wanted.iter().map(|text| excludes(text)).collect();
    let first = *covering?.first()?;
    Some(format!("the list keeps nothing: exclusions such as {first:?} cover every name in it"))
}

/// True if the text is the beginning of a known detail-type, such as `ECS`, which is left of `ECS *`
/// after a shell has split it.
fn is_cut_short(glob: &str) -> bool {
    let mut known = EventKind::KNOWN.iter().filter_map(EventKind::known_detail_type);
    known.any(|known| known.strip_prefix(glob).is_some_and(|rest| rest.starts_with(' ')))
}

/// Returns what would be right, if the glob can never match a value of its field.
fn never_matches(variable: Variable, glob: &str) -> Option<&'static str> {
    let all = |is_allowed: fn(char) -> bool| glob.chars().all(|c| c == '*' || is_allowed(c));
    match variable {
        var::CLUSTERS if !all(ResourceName::allows) => {
            Some("use cluster names of letters, digits, _ and -, not ARNs; * stands for any text")
        }
        var::SERVICES if !all(ResourceName::allows) => {
            Some("use service names of letters, digits, _ and -, not ARNs; * stands for any text")
        }
        var::SIDECARS if !all(ResourceName::allows) => {
            Some("use container names of letters, digits, _ and -; * stands for any text")
        }
        var::EVENT_TYPES if !EventType::ALL.iter().any(|it| glob::matches(glob, it.as_str())) => {
            Some("use INFO, WARN, ERROR or *")
        }
        var::DETAIL_TYPES if is_cut_short(glob) => Some(
            "detail-types have more words, such as \"ECS Task State Change\"; in a shell, quote them: 'ECS *'",
        ),
        var::TASK_STATUSES if !all(|c| c.is_ascii_uppercase() || c == '_') => {
            Some("write task statuses in capitals, such as STOPPED")
        }
        var::EVENT_NAMES if !all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            Some("event names have only letters, digits and _, such as SERVICE_STEADY_STATE")
        }
        _ => None,
    }
}
