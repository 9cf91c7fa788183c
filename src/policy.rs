//! The operator's decisions, already checked: whoever holds a policy holds a valid one.

use crate::filter::{Filter, Rule};
use crate::glob::Patterns;
use crate::route::Routes;
use crate::trim::Trim;

/// Everything that decides what happens to an event.
///
/// Only [`config`](crate::config::config) makes one.
#[derive(Clone, Debug)]
pub struct Policy {
    choices: Choices,
    keeps_notes: bool,
}

/// The choices of a policy. Any values go together, because each type admits only valid ones.
#[derive(Clone, Debug)]
pub(crate) struct Choices {
    /// Accepted values of `source`.
    pub(crate) sources: Patterns,
    /// The filter.
    pub(crate) filter: Filter,
    /// Names of containers that never make a task a problem, unless it has no other.
    pub(crate) sidecars: Patterns,
    /// The fields that are removed.
    pub(crate) trim: Trim,
    /// True if secrets are replaced.
    pub(crate) redacts: bool,
    /// True if the `forwarder` object is added.
    pub(crate) enriches: bool,
    /// The log groups.
    pub(crate) routes: Routes,
}

impl Policy {
    /// The policy for these choices. It keeps a note of each event if the metrics need one.
    pub(crate) fn new(choices: Choices, metrics: Metrics) -> Self {
        Self { choices, keeps_notes: metrics.need_notes() }
    }

    /// True if the policy accepts events with this `source`.
    pub fn accepts_source(&self, source: &str) -> bool {
        self.choices.sources.hold(Some(source))
    }

    /// The accepted values of `source`.
    pub fn sources(&self) -> &Patterns {
        &self.choices.sources
    }

    /// The filter, which decides which events are kept.
    pub fn filter(&self) -> &Filter {
        &self.choices.filter
    }

    /// Returns the policy with each rule of its filter changed.
    #[must_use]
    pub fn map_rules(mut self, change: impl FnMut(Rule) -> Rule) -> Self {
        self.choices.filter = self.choices.filter.map_rules(change);
        self
    }

    /// The names of containers that never make a task a problem, unless it has no other.
    pub fn sidecars(&self) -> &Patterns {
        &self.choices.sidecars
    }

    /// The fields that are removed from events.
    pub fn trim(&self) -> &Trim {
        &self.choices.trim
    }

    /// True if secrets are replaced.
    pub fn redacts(&self) -> bool {
        self.choices.redacts
    }

    /// True if the `forwarder` object is added.
    pub fn enriches(&self) -> bool {
        self.choices.enriches
    }

    /// The log groups that events go to.
    pub fn routes(&self) -> &Routes {
        &self.choices.routes
    }

    /// True if the metrics need the facts of each event: each entry then keeps a note of them.
    pub fn keeps_notes(&self) -> bool {
        self.keeps_notes
    }
}

/// What the function counts in CloudWatch metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// How much of the forwarder itself.
    pub level: MetricsLevel,
    /// Whether for each cluster, too.
    pub by_cluster: bool,
    /// Whether what events tell of ECS is counted.
    pub of_ecs: bool,
}

/// How much the forwarder counts of what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsLevel {
    /// Nothing.
    Off,
    /// What becomes of events, and their bytes.
    Core,
    /// The reasons, too, and how delivery went.
    Detailed,
}

impl Metrics {
    /// Whether anything is counted.
    pub fn are_on(self) -> bool {
        self.level != MetricsLevel::Off || self.of_ecs
    }

    /// Whether they tell more of an event than where it ends.
    pub fn need_notes(self) -> bool {
        let by_event = self.by_cluster && self.level != MetricsLevel::Off;
        self.of_ecs || by_event || self.level == MetricsLevel::Detailed
    }
}

/// How CloudWatch Logs is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What a log group that the forwarder creates is like.
    pub new_log_group: NewLogGroup,
    /// What happens to log events that are too old, too new or expired.
    pub on_rejected: OnRejected,
}

/// A log group that the forwarder creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLogGroup {
    /// One of [`crate::log::limit::RETENTION_DAYS`].
    pub retention_days: i32,
    /// Its class.
    pub log_class: LogClass,
    /// The key that encrypts it, else CloudWatch Logs' own.
    pub kms_key_arn: Option<String>,
    /// Its tags, beside `ClusterName`.
    pub tags: Vec<(String, String)>,
}

/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogClass {
    /// Everything works.
    Standard,
    /// Half the price; no field discovery, and the ECS console does not read it.
    InfrequentAccess,
}

/// What becomes of a log event that CloudWatch Logs rejects for its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRejected {
    /// It is written again with the time of delivery.
    Restamp,
    /// Its arrival fails.
    Fail,
}
