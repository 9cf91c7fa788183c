//! The operator's decisions, already checked: whoever holds a policy holds a valid one.

use crate::filter::{Filter, Rule};
use crate::glob::Patterns;
use crate::route::Routes;
use crate::trim::Trim;

/// Everything that decides what happens to an event.
///
/// Only [`config`](crate::config::config) makes one. It can be widened to any cluster or service, but
/// no other condition can be put in:
///
/// ```compile_fail,E0624
/// # let policy = ecs_event_forwarder::config::config([]).unwrap().policy;
/// policy.map_rules(|rule| rule);
/// ```
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

    /// Returns the policy without its conditions on the cluster.
    #[must_use]
    pub fn for_any_cluster(self) -> Self {
        self.map_rules(|rule| Rule { clusters: Patterns::default(), ..rule })
    }

    /// Returns the policy without its conditions on the service.
    #[must_use]
    pub fn for_any_service(self) -> Self {
        self.map_rules(|rule| Rule { services: Patterns::default(), ..rule })
    }

    fn map_rules(mut self, change: impl FnMut(Rule) -> Rule) -> Self {
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

/// The CloudWatch metrics that the function writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// The level of detail about the forwarder itself.
    pub level: MetricsLevel,
    /// True if these are also counted for each cluster.
    pub by_cluster: bool,
    /// True if occurrences in ECS are counted, such as failed deployments.
    pub of_ecs: bool,
}

/// The level of detail of the metrics about the forwarder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsLevel {
    /// Nothing.
    Off,
    /// Where events end, and their bytes.
    Core,
    /// The reasons as well, and the progress of delivery.
    Detailed,
}

impl Metrics {
    /// True if anything is counted.
    pub fn are_on(self) -> bool {
        self.level != MetricsLevel::Off || self.of_ecs
    }

    /// True if they count facts about an event beside its end and its bytes.
    pub fn need_notes(self) -> bool {
        let by_event = self.by_cluster && self.level != MetricsLevel::Off;
        self.of_ecs || by_event || self.level == MetricsLevel::Detailed
    }
}

/// The settings for delivery to CloudWatch Logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The settings of log groups that the forwarder creates.
    pub new_log_group: NewLogGroup,
    /// The treatment of log events that are too old, too new or expired.
    pub on_rejected: OnRejected,
}

/// The settings of a log group that the forwarder creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLogGroup {
    /// One of [`crate::log::limit::RETENTION_DAYS`].
    pub retention_days: i32,
    /// Its class.
    pub log_class: LogClass,
    /// The KMS key that encrypts it, or none for CloudWatch Logs' own.
    pub kms_key_arn: Option<String>,
    /// Its tags in addition to `ClusterName`.
    pub tags: Vec<(String, String)>,
}

/// The class of a log group.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogClass {
    /// All features work.
    Standard,
    /// Half the price, but no field discovery, and the ECS console does not read it.
    InfrequentAccess,
}

/// The treatment of a log event that CloudWatch Logs rejects as too old or too new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRejected {
    /// Store it with the time of delivery.
    Restamp,
    /// Fail its arrival.
    Fail,
}
