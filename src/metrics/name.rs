//! The names of the metrics, which are an interface for alarms and dashboards.
//!
//! `docs/operate.md` lists every one, and the template, the dashboard and Terraform use some; tests
//! compare them.

use metrics::Unit;

/// The namespace of all of them.
pub const NAMESPACE: &str = "EcsEventForwarder";

/// The dimension for the function that counted.
pub const FUNCTION_NAME: &str = "FunctionName";
/// The dimension for an ECS cluster, named as in the namespace `AWS/ECS`.
pub const CLUSTER_NAME: &str = "ClusterName";
/// The dimension for an ECS service, named as in the namespace `AWS/ECS`.
pub const SERVICE_NAME: &str = "ServiceName";
/// The dimension for the reason why a task stopped.
pub const STOP_CATEGORY: &str = "StopCategory";

/// A metric.
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
    DROPPED, "Dropped", Count, "Events that the policy did not keep.";
    FAILED, "Failed", Count, "Events that failed; the caller hears of each.";
    BYTES_IN, "BytesIn", Bytes, "Bytes of events as they arrived.";
    BYTES_OUT, "BytesOut", Bytes, "Bytes of stored messages.";
    DROPPED_BY_DETAIL_TYPE, "DroppedByDetailType", Count, "Dropped for the detail-type.";
    DROPPED_BY_EVENT_TYPE, "DroppedByEventType", Count, "Dropped for the event type.";
    DROPPED_BY_CLUSTER, "DroppedByCluster", Count, "Dropped for the cluster.";
    DROPPED_BY_EVENT_NAME, "DroppedByEventName", Count, "Dropped for the event name.";
    DROPPED_BY_SERVICE, "DroppedByService", Count, "Dropped for the service.";
    DROPPED_BY_TASK_STATUS, "DroppedByTaskStatus", Count, "Dropped for the status of the task.";
    DROPPED_BY_RULES, "DroppedByRules", Count, "Dropped by several rules for different reasons.";
    DROPPED_BY_SELECT, "DroppedBySelect", Count, "Dropped because they are not selected.";
    DUPLICATES, "Duplicates", Count, "Events that repeat a stored event.";
    UNRESOLVED, "Unresolved", Count, "Events whose cluster is unknown.";
    REJECTED, "Rejected", Count, "Log events that CloudWatch Logs rejected as too old or too new.";
    RESTAMPED, "Restamped", Count, "Rejected log events that were stored with the time of delivery.";
    LOG_GROUPS_CREATED, "LogGroupsCreated", Count, "Log groups that the forwarder created.";
    DELIVERY_MS, "DeliveryMs", Milliseconds, "Duration of the requests of an invocation.";
    STOPPED_TASKS, "StoppedTasks", Count, "Tasks that stopped, by stop category.";
    FAILED_DEPLOYMENTS, "FailedDeployments", Count, "Deployments and rollbacks that failed.";
    PLACEMENT_FAILURES, "PlacementFailures", Count, "Tasks that could not be placed.";
}
