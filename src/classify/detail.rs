//! The fields of `detail` that classification reads, found in one pass.

use crate::json::{Shape, Value};

/// The fields, each named as in `detail`. `null` counts as absent.
#[derive(Clone, Copy, Default)]
pub(super) struct Detail<'a> {
    pub(super) agent_update_status: Option<Value<'a>>,
    pub(super) cluster_arn: Option<Value<'a>>,
    pub(super) container_instance_arn: Option<Value<'a>>,
    pub(super) containers: Option<Value<'a>>,
    pub(super) created_at: Option<Value<'a>>,
    pub(super) desired_status: Option<Value<'a>>,
    pub(super) error_code: Option<Value<'a>>,
    pub(super) event_name: Option<Value<'a>>,
    pub(super) event_type: Option<Value<'a>>,
    pub(super) execution_stopped_at: Option<Value<'a>>,
    pub(super) group: Option<Value<'a>>,
    pub(super) last_status: Option<Value<'a>>,
    pub(super) overall_status: Option<Value<'a>>,
    pub(super) pull_started_at: Option<Value<'a>>,
    pub(super) pull_stopped_at: Option<Value<'a>>,
    pub(super) request_parameters: Option<Value<'a>>,
    pub(super) response_elements: Option<Value<'a>>,
    pub(super) service: Option<Value<'a>>,
    pub(super) service_arn: Option<Value<'a>>,
    pub(super) service_event_details: Option<Value<'a>>,
    pub(super) service_name: Option<Value<'a>>,
    pub(super) started_at: Option<Value<'a>>,
    pub(super) started_by: Option<Value<'a>>,
    pub(super) status: Option<Value<'a>>,
    pub(super) stop_code: Option<Value<'a>>,
    pub(super) stopped_at: Option<Value<'a>>,
    pub(super) stopped_reason: Option<Value<'a>>,
    pub(super) stopping_at: Option<Value<'a>>,
    pub(super) task_arn: Option<Value<'a>>,
    pub(super) updated_at: Option<Value<'a>>,
    pub(super) version: Option<Value<'a>>,
}

impl<'a> Detail<'a> {
    /// Reads the fields of `detail`. A later member wins over an earlier one of the same name.
    pub(super) fn read(detail: Value<'a>) -> Self {
        let mut found = Self::default();
        if detail.shape() != Shape::Object {
            return found;
        }
        for member in detail.children() {
            let field = match member.key().as_ref() {
                "agentUpdateStatus" => &mut found.agent_update_status,
                "clusterArn" => &mut found.cluster_arn,
                "containerInstanceArn" => &mut found.container_instance_arn,
                "containers" => &mut found.containers,
                "createdAt" => &mut found.created_at,
                "desiredStatus" => &mut found.desired_status,
                "errorCode" => &mut found.error_code,
                "eventName" => &mut found.event_name,
                "eventType" => &mut found.event_type,
                "executionStoppedAt" => &mut found.execution_stopped_at,
                "group" => &mut found.group,
                "lastStatus" => &mut found.last_status,
                "overallStatus" => &mut found.overall_status,
                "pullStartedAt" => &mut found.pull_started_at,
                "pullStoppedAt" => &mut found.pull_stopped_at,
                "requestParameters" => &mut found.request_parameters,
                "responseElements" => &mut found.response_elements,
                "service" => &mut found.service,
                "serviceArn" => &mut found.service_arn,
                "serviceEventDetails" => &mut found.service_event_details,
                "serviceName" => &mut found.service_name,
                "startedAt" => &mut found.started_at,
                "startedBy" => &mut found.started_by,
                "status" => &mut found.status,
                "stopCode" => &mut found.stop_code,
                "stoppedAt" => &mut found.stopped_at,
                "stoppedReason" => &mut found.stopped_reason,
                "stoppingAt" => &mut found.stopping_at,
                "taskArn" => &mut found.task_arn,
                "updatedAt" => &mut found.updated_at,
                "version" => &mut found.version,
                _ => continue,
            };
            *field = (!member.is_null()).then_some(member);
        }
        found
    }
}
