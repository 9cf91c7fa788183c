//! The environment → a policy, or every problem at once.

pub mod var;
mod groups;
mod lists;

use crate::filter::{Filter, Select};
use crate::policy::{Delivery, LogClass, Metrics, MetricsLevel, NewLogGroup, OnRejected, Policy};
use crate::route::Routes;
use crate::trim::{Path, Profile, Trim};
use std::collections::BTreeMap;
use std::fmt;
use var::Variable;

/// A whole configuration, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the plan needs.
    pub policy: Policy,
    /// What delivery needs.
    pub delivery: Delivery,
    /// What is counted.
    pub metrics: Metrics,
    /// What works, but perhaps not as expected; a sentence each.
    pub warnings: Vec<String>,
}

/// What is wrong with one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The variable.
    pub name: String,
    /// What is wrong, and what would be right.
    pub text: String,
}

/// Everything that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(f, "{count} {noun} in the configuration")?;
        for problem in &self.0 {
            write!(f, "\n  {}: {}", problem.name, problem.text)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Lambda's limit on all environment variables together.
///
/// See <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const ENVIRONMENT_BYTES: usize = 4096;

/// Reads the `FORWARDER_*` variables among `environment`; others are not looked at.
///
/// # Errors
///
/// Every variable that is unknown or has a value that is not understood.
pub fn config(environment: impl IntoIterator<Item = (String, String)>) -> Result<Config, Problems> {
    let ours = environment.into_iter().filter(|(name, _)| name.starts_with(var::PREFIX));
    let mut reader = Reader { given: ours.collect(), problems: Vec::new() };
    reader.check_names();
    let metrics = reader.metrics();
    let config = Config {
        policy: reader.policy(metrics),
        delivery: reader.delivery(),
        metrics,
        warnings: reader.warnings(),
    };
    if reader.problems.is_empty() { Ok(config) } else { Err(Problems(reader.problems)) }
}

/// Collects problems and goes on with a default, which is then never used.
struct Reader {
    given: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Reader {
    fn check_names(&mut self) {
        let unknown: Vec<_> = self
            .given
            .keys()
            .filter(|name| var::ALL.iter().all(|v| v.name != *name))
            .cloned()
            .collect();
        for name in unknown {
            let near = |known: &&Variable| strsim::jaro_winkler(known.name, &name);
            let nearest = var::ALL.iter().max_by(|a, b| near(a).total_cmp(&near(b)));
            let hint = nearest.map_or("", |known| known.name);
            self.problem(&name, format!("there is no such variable; the nearest is {hint}"));
        }
        let bytes: usize = self.given.iter().map(|(name, value)| name.len() + value.len()).sum();
        if bytes > ENVIRONMENT_BYTES {
            let text = format!(
                "all variables together have {bytes} bytes; Lambda takes {ENVIRONMENT_BYTES}"
            );
            self.problem("FORWARDER_*", text);
        }
    }

    fn policy(&mut self, metrics: Metrics) -> Policy {
        let profile = self.choice(
            var::TRIM,
            [("full", Profile::Full), ("lean", Profile::Lean), ("minimal", Profile::Minimal)],
        );
        Policy {
            sources: self.patterns(var::SOURCES),
            filter: self.filter(),
            trim: self.trim(profile),
            smallest: Trim::of(Profile::Minimal),
            redact: self.switch(var::REDACT),
            enrich: self.switch(var::ENRICH),
            routes: Routes {
                log_group: self.template(),
                fallback_log_group: self.log_group_name(var::FALLBACK_LOG_GROUP),
            },
            notes: metrics.need_notes(),
        }
    }

    fn filter(&mut self) -> Filter {
        let beside: Vec<_> = lists::OF_A_RULE
            .iter()
            .filter(|(_, v)| self.is_given(*v))
            .map(|(_, v)| v.name)
            .collect();
        if self.is_given(var::RULES) && !beside.is_empty() {
            let text =
                format!("it stands instead of {}; unset one or the other", beside.join(", "));
            self.problem(var::RULES.name, text);
        }
        let rules = if self.is_given(var::RULES) { self.rules() } else { vec![self.rule()] };
        let select = [Select::Everything, Select::Lifecycle, Select::Problems];
        let select = self.choice(var::SELECT, select.map(|it| (it.as_str(), it)));
        Filter { rules, select }
    }

    fn trim(&mut self, profile: Profile) -> Trim {
        let keep = self.paths(var::KEEP_FIELDS);
        let drop = self.paths(var::DROP_FIELDS);
        match Trim::new(profile, &keep, &drop) {
            Ok(trim) => trim,
            Err(conflicts) => {
                for conflict in conflicts {
                    self.problem(var::DROP_FIELDS.name, conflict.to_string());
                }
                Trim::of(profile)
            }
        }
    }

    fn paths(&mut self, variable: Variable) -> Vec<Path> {
        let mut paths = Vec::new();
        for item in self.items(variable) {
            match Path::parse(&item) {
                Ok(path) => paths.push(path),
                Err(problem) => self.problem(variable.name, format!("{item}: {problem}")),
            }
        }
        paths
    }

    fn delivery(&mut self) -> Delivery {
        Delivery {
            new_log_group: NewLogGroup {
                retention_days: self.retention_days(),
                log_class: self.choice(
                    var::LOG_CLASS,
                    [
                        ("STANDARD", LogClass::Standard),
                        ("INFREQUENT_ACCESS", LogClass::InfrequentAccess),
                    ],
                ),
                kms_key_arn: self.kms_key_arn(),
                tags: self.tags(),
            },
            on_rejected: self.choice(
                var::ON_REJECTED,
                [("restamp", OnRejected::Restamp), ("fail", OnRejected::Fail)],
            ),
        }
    }

    fn metrics(&mut self) -> Metrics {
        Metrics {
            level: self.choice(
                var::METRICS,
                [
                    ("off", MetricsLevel::Off),
                    ("core", MetricsLevel::Core),
                    ("detailed", MetricsLevel::Detailed),
                ],
            ),
            by_cluster: self.switch(var::METRICS_BY_CLUSTER),
            of_ecs: self.switch(var::ECS_METRICS),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let class = self.value(var::LOG_CLASS);
        let infrequent = (class == "INFREQUENT_ACCESS").then(|| {
            format!(
                "{}: the ECS console, Container Insights and field discovery do not work on log \
                 groups of the class INFREQUENT_ACCESS",
                var::LOG_CLASS.name
            )
        });
        let is_on = |variable| self.value(variable) == "on";
        let alone = is_on(var::METRICS_BY_CLUSTER) && self.value(var::METRICS) == "off";
        let alone = alone.then(|| {
            format!(
                "{}: it counts nothing while {} is off",
                var::METRICS_BY_CLUSTER.name,
                var::METRICS.name
            )
        });
        infrequent.into_iter().chain(alone).collect()
    }

    fn switch(&mut self, variable: Variable) -> bool {
        self.choice(variable, [("on", true), ("off", false)])
    }

    fn choice<T: Copy, const N: usize>(
        &mut self,
        variable: Variable,
        choices: [(&str, T); N],
    ) -> T {
        let value = self.value(variable);
        let find = |word: &str| choices.iter().find(|(name, _)| *name == word).map(|(_, it)| *it);
        if let Some(choice) = find(&value) {
            return choice;
        }
        let names = choices.map(|(name, _)| name).join(", ");
        self.problem(variable.name, format!("{value:?} is not known; it is one of {names}"));
        find(variable.default).expect("the default is one of the choices")
    }

    /// Comma-separated items, trimmed.
    fn items(&mut self, variable: Variable) -> Vec<String> {
        let value = self.value(variable);
        if value.is_empty() {
            return Vec::new();
        }
        let mut items: Vec<_> = value.split(',').map(|item| item.trim().to_owned()).collect();
        if items.iter().any(String::is_empty) {
            let text = format!("{value:?} has an empty item; items are separated by single commas");
            self.problem(variable.name, text);
            items.retain(|item| !item.is_empty());
        }
        items
    }

    fn value(&self, variable: Variable) -> String {
        let given = self.given.get(variable.name).filter(|_| self.is_given(variable));
        given.map_or(variable.default, |value| value.trim()).to_owned()
    }

    /// An empty value is an unset one: SAM passes parameters that way.
    fn is_given(&self, variable: Variable) -> bool {
        self.given.get(variable.name).is_some_and(|value| !value.trim().is_empty())
    }

    fn problem(&mut self, name: &str, text: String) {
        self.problems.push(Problem { name: name.to_owned(), text });
    }
}
