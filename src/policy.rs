//! The operator's decisions, already checked: whoever holds a policy holds a valid one.

use crate::filter::{Filter, Rule};
use crate::glob::Patterns;
use crate::log::limit::RETENTION_DAYS;
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
///
/// Only [`config`](crate::config::config) makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLogGroup {
    retention: Retention,
    log_class: LogClass,
    kms_key_arn: Option<String>,
    tags: Vec<(String, String)>,
}

impl NewLogGroup {
    /// The settings; the caller has checked the ARN and the tags.
    pub(crate) fn new(
        retention: Retention,
        log_class: LogClass,
        kms_key_arn: Option<String>,
        tags: Vec<(String, String)>,
    ) -> Self {
        Self { retention, log_class, kms_key_arn, tags }
    }

    /// Its retention.
    pub fn retention(&self) -> Retention {
        self.retention
    }

    /// Its class.
    pub fn log_class(&self) -> LogClass {
        self.log_class
    }

    /// The KMS key that encrypts it, or none for CloudWatch Logs' own.
    pub fn kms_key_arn(&self) -> Option<&str> {
        self.kms_key_arn.as_deref()
    }

    /// Its tags in addition to `ClusterName`.
    pub fn tags(&self) -> &[(String, String)] {
        &self.tags
    }
}

/// A retention that CloudWatch Logs offers: one of [`RETENTION_DAYS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention(i32);

impl Retention {
    /// The retention of this number of days, if CloudWatch Logs offers it.
    ///
    /// ```
    /// use ecs_event_forwarder::policy::Retention;
    ///
    /// assert_eq!(Retention::of_days(7).map(Retention::days), Some(7));
    /// assert_eq!(Retention::of_days(2), None);
    /// ```
    pub fn of_days(days: i32) -> Option<Self> {
        RETENTION_DAYS.contains(&days).then_some(Self(days))
    }

    /// Its days.
    pub fn days(self) -> i32 {
        self.0
    }
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
