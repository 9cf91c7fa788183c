//! What the metrics are called: an interface for alarms and dashboards. The template, the dashboard
//! and `docs/operate.md` have the names too, and tests compare them.

use metrics::Unit;

/// The namespace of all of them.
pub const NAMESPACE: &str = "EcsEventForwarder";

/// The dimension that says which function counted.
pub const FUNCTION_NAME: &str = "FunctionName";
/// The dimension of an ECS cluster, called as in the namespace `AWS/ECS`.
pub const CLUSTER_NAME: &str = "ClusterName";
/// The dimension of an ECS service, called as in the namespace `AWS/ECS`.
pub const SERVICE_NAME: &str = "ServiceName";
/// The dimension that says why a task stopped.
pub const STOP_CATEGORY: &str = "StopCategory";

/// A metric, and what it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
}

macro_rules! metrics {
    ($($constant:ident, $name:literal, $unit:ident, $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub const $constant: Metric = Metric { name: $name, unit: Unit::$unit };
        )*
        /// All of them.
        pub const ALL: &[Metric] = &[$($constant),*];
    };
}

metrics! {
    STORED, "Stored", Count, "Events stored in CloudWatch Logs.";
    DROPPED, "Dropped", Count, "Events that were not wanted.";
    FAILED, "Failed", Count, "Events neither stored nor dropped, whose caller heard of it.";
    BYTES_IN, "BytesIn", Bytes, "Bytes of events as they came.";
    BYTES_OUT, "BytesOut", Bytes, "Bytes of messages stored.";
    DROPPED_BY_DETAIL_TYPE, "DroppedByDetailType", Count, "Dropped for the detail-type.";
    DROPPED_BY_EVENT_TYPE, "DroppedByEventType", Count, "Dropped for the event type.";
    DROPPED_BY_CLUSTER, "DroppedByCluster", Count, "Dropped for the cluster.";
    DROPPED_BY_EVENT_NAME, "DroppedByEventName", Count, "Dropped for the event name.";
    DROPPED_BY_SERVICE, "DroppedByService", Count, "Dropped for the service.";
    DROPPED_BY_TASK_STATUS, "DroppedByTaskStatus", Count, "Dropped for the status of the task.";
    DROPPED_BY_RULES, "DroppedByRules", Count, "Dropped by several rules for different reasons.";
    DROPPED_BY_SELECT, "DroppedBySelect", Count, "Dropped because they are not selected.";
    DUPLICATES, "Duplicates", Count, "Events that were stored before.";
    UNRESOLVED, "Unresolved", Count, "Events whose cluster could not be told.";
    REJECTED, "Rejected", Count, "Log events that CloudWatch Logs did not take at their time.";
    RESTAMPED, "Restamped", Count, "Of those, the ones stored with the time of delivery.";
    LOG_GROUPS_CREATED, "LogGroupsCreated", Count, "Log groups that were made.";
    DELIVERY_MS, "DeliveryMs", Milliseconds, "How long an invocation's requests took.";
    STOPPED_TASKS, "StoppedTasks", Count, "Tasks that stopped, by stop category.";
    FAILED_DEPLOYMENTS, "FailedDeployments", Count, "Deployments and rollbacks that failed.";
    PLACEMENT_FAILURES, "PlacementFailures", Count, "Times that a task could not be placed.";
}
