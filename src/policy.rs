//! What the operator decided, already checked: whoever holds a policy holds a valid one.

use crate::filter::Filter;
use crate::glob::Patterns;
use crate::route::Routes;
use crate::trim::Trim;

/// All that the plan needs to know.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Accepted values of `source`.
    pub sources: Patterns,
    /// Which events are kept.
    pub filter: Filter,
    /// Names of containers that never make a task a problem, unless it has no other.
    pub sidecars: Patterns,
    /// Which fields are removed.
    pub trim: Trim,
    /// [`Trim`] down to the contract, for events that are too large otherwise.
    pub smallest: Trim,
    /// Whether secrets are replaced.
    pub redact: bool,
    /// Whether the `forwarder` object is added.
    pub enrich: bool,
    /// Where events go.
    pub routes: Routes,
    /// Whether it is noted of each event what metrics tell of it.
    pub notes: bool,
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
