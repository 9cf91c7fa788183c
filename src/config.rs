//! Reads the `FORWARDER_*` variables into a checked configuration, or reports all problems at once.

pub mod var;
mod problem;
mod reader;
mod groups;
mod lists;

use crate::filter::{Filter, Select};
use crate::policy::{
    Choices, Delivery, LogClass, Metrics, MetricsLevel, NewLogGroup, OnRejected, Policy,
};
use crate::route::Routes;
use crate::trim::{Path, Profile, Trim};
use var::Variable;

pub use problem::{Problem, Problems};
use reader::Reader;

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The settings that the plan needs.
    pub policy: Policy,
    /// The settings that delivery needs.
    pub delivery: Delivery,
    /// The metrics that are written.
    pub metrics: Metrics,
    /// A sentence for each setting that is valid but may surprise.
    pub warnings: Vec<String>,
}

/// Lambda's limit for all environment variables together.
///
/// See <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const ENVIRONMENT_BYTES: usize = 4096;

/// Reads the `FORWARDER_*` variables in `environment` and ignores all others.
///
/// # Errors
///
/// Returns every variable whose name is unknown or whose value is invalid.
pub fn config(environment: impl IntoIterator<Item = (String, String)>) -> Result<Config, Problems> {
    let ours = environment.into_iter().filter(|(name, _)| name.starts_with(var::PREFIX));
    let mut reader = Reader::new(ours);
    reader.check_names();
    let metrics = reader.metrics();
    let config = Config {
        policy: reader.policy(metrics),
        delivery: reader.delivery(),
        metrics,
        warnings: reader.warnings(),
    };
    reader.finish(config)
}

impl Reader {
    /// Reports unknown names, and variables that are too long together.
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
            self.problem(&name, format!("unknown variable; did you mean {hint}?"));
        }
        let bytes: usize = self.given.iter().map(|(name, value)| name.len() + value.len()).sum();
        if bytes > ENVIRONMENT_BYTES {
            let text = format!(
                "all variables together have {bytes} bytes; Lambda allows {ENVIRONMENT_BYTES}"
            );
            self.problem("FORWARDER_*", text);
        }
    }

    fn policy(&mut self, metrics: Metrics) -> Policy {
        let profile = self.choice(var::TRIM, Profile::ALL.map(|it| (it.as_str(), it)));
        let choices = Choices {
            sources: self.patterns(var::SOURCES),
            filter: self.filter(),
            sidecars: self.patterns(var::SIDECARS),
            trim: self.trim(profile),
            redacts: self.switch(var::REDACT),
            enriches: self.switch(var::ENRICH),
            routes: Routes {
                log_group: self.log_group(),
                fallback_log_group: self.fallback_log_group(),
            },
        };
        Policy::new(choices, metrics)
    }

    fn filter(&mut self) -> Filter {
        let beside: Vec<_> = lists::OF_A_RULE
            .iter()
            .filter(|(_, v)| self.is_given(*v))
            .map(|(_, v)| v.name)
            .collect();
        if self.is_given(var::RULES) && !beside.is_empty() {
            let text =
                format!("it cannot be combined with {}; unset one or the other", beside.join(", "));
            self.problem(var::RULES.name, text);
        }
        let (first, others) =
            if self.is_given(var::RULES) { self.rules() } else { (self.rule(), Vec::new()) };
        let select = self.choice(var::SELECT, Select::ALL.map(|it| (it.as_str(), it)));
        Filter::new(first, others, select)
    }

    /// The trim of the profile, with the fields that are kept and dropped beside it.
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

    /// The paths in a list. Items that are not paths are problems.
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
            new_log_group: NewLogGroup::new(
                self.retention(),
                self.choice(
                    var::LOG_CLASS,
                    [
                        ("STANDARD", LogClass::Standard),
                        ("INFREQUENT_ACCESS", LogClass::InfrequentAccess),
                    ],
                ),
                self.kms_key_arn(),
                self.tags(),
            ),
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

    /// A sentence for each setting that is valid but may surprise.
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
                "{}: it has no effect while {} is off",
                var::METRICS_BY_CLUSTER.name,
                var::METRICS.name
            )
        });
        infrequent.into_iter().chain(alone).collect()
    }
}
