//! The cluster and the service that an event is about.

use super::detail::Detail;
use crate::event::EventKind;
use crate::json::Value;
use crate::resource_name::ResourceName;
use std::borrow::Cow;

/// Resource types whose ARNs have the form `TYPE/CLUSTER/…`.
const IN_A_CLUSTER: [&str; 10] = [
    "service",
    "task",
    "container-instance",
    "service-deployment",
    "service-revision",
    "task-set",
    "container",
    "daemon",
    "daemon-deployment",
    "daemon-revision",
];

/// API calls that act on the cluster `default` if they name none.
///
/// Calls that require a cluster are not among them, nor are calls on capacity providers, which may
/// belong to no cluster.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html>.
const ON_DEFAULT_CLUSTER: [&str; 26] = [
    "CreateExpressGatewayService",
    "CreateService",
    "DeleteAttributes",
    "DeleteService",
    "DeregisterContainerInstance",
    "DescribeContainerInstances",
    "DescribeServices",
    "DescribeTasks",
    "DiscoverPollEndpoint",
    "ExecuteCommand",
    "ListAttributes",
    "ListContainerInstances",
    "ListServiceDeployments",
    "ListServices",
    "ListTasks",
    "PutAttributes",
    "RegisterContainerInstance",
    "RunTask",
    "StartTask",
    "StopTask",
    "SubmitAttachmentStateChanges",
    "SubmitContainerStateChange",
    "SubmitTaskStateChange",
    "UpdateContainerAgent",
    "UpdateContainerInstancesState",
    "UpdateService",
];

/// Finds the cluster's name in `detail.clusterArn`, else in an ARN in `resources`, else in a
/// CloudTrail record.
pub(super) fn cluster<'a>(
    kind: &EventKind<'_>,
    detail: &Detail<'a>,
    resources: Option<Value<'a>>,
) -> Option<ResourceName<'a>> {
    let in_resources = || strings(resources).find_map(|arn| cut(arn, cluster_of_resource));
    let name = match detail.cluster_arn.and_then(Value::string) {
        Some(arn) => cut(arn, cluster_of_arn),
        None => in_resources().or_else(|| cluster_of_record(kind, detail)),
    };
    name.and_then(ResourceName::new)
}

/// Finds the cluster of a CloudTrail record: the requested cluster, else the first one in the response
/// or in the details of a service event, else the cluster `default` for calls that act on it.
fn cluster_of_record<'a>(kind: &EventKind<'_>, detail: &Detail<'a>) -> Option<Cow<'a, str>> {
    let is_call = *kind == EventKind::CloudTrail;
    if !is_call && *kind != EventKind::CloudTrailServiceEvent {
        return None;
    }
    let requested = |name| detail.request_parameters?.get_string(name);
    if let Some(cluster) = requested("cluster").or_else(|| requested("clusterArn")) {
        return cut(cluster, last_segment);
    }
    let below = [detail.response_elements, detail.service_event_details].into_iter().flatten();
    let mut members = below.flat_map(Value::descendants);
    let named = members.find_map(|member| {
        let arn = member.string().filter(|_| member.key() == "clusterArn");
        cut(arn?, cluster_of_arn)
    });
    named.or_else(|| {
        let call = detail.event_name.filter(|_| is_call).and_then(Value::string)?;
        ON_DEFAULT_CLUSTER.contains(&call.as_ref()).then_some(Cow::Borrowed("default"))
    })
}

/// Finds the service's name in the group, else in an ARN in `resources`, else in a field that names
/// it.
///
/// Hook events have only `serviceArn`, and CloudTrail records only the parameters of the request. A
/// task has its service only in its group. A container instance has none.
pub(super) fn service<'a>(
    kind: &EventKind<'_>,
    detail: &Detail<'a>,
    resources: Option<Value<'a>>,
) -> Option<ResourceName<'a>> {
    let group = || cut(detail.group?.string()?, |group| group.strip_prefix("service:"));
    let in_resources = || strings(resources).find_map(|arn| cut(arn, service_of_resource));
    let named = |field: Option<Value<'a>>| cut(field?.string()?, last_segment);
    let in_detail = || {
        group()
            .or_else(in_resources)
            .or_else(|| named(detail.service_name))
            .or_else(|| named(detail.service))
            .or_else(|| named(detail.service_arn))
    };
    let requested = |name| named(detail.request_parameters?.get(name));
    let name = match kind {
        EventKind::Task => group(),
        EventKind::ContainerInstance | EventKind::ContainerInstanceHealth => None,
        EventKind::CloudTrail | EventKind::CloudTrailServiceEvent => in_detail()
            .or_else(|| requested("serviceName"))
            .or_else(|| requested("service"))
            .or_else(|| requested("serviceArn")),
        EventKind::ServiceAction
        | EventKind::Deployment
        | EventKind::Hook
        | EventKind::DaemonServiceAction
        | EventKind::DaemonDeployment
        | EventKind::Other(_) => in_detail(),
    };
    name.and_then(ResourceName::new)
}

/// The texts in `resources`.
fn strings(resources: Option<Value<'_>>) -> impl Iterator<Item = Cow<'_, str>> {
    resources.into_iter().flat_map(Value::strings)
}

/// `arn:…:cluster/NAME`
fn cluster_of_arn(arn: &str) -> Option<&str> {
    arn.rsplit_once('/').filter(|(before, _)| before.ends_with(":cluster")).map(|(_, name)| name)
}

/// The resource part of an ECS ARN, in any partition.
fn ecs_resource(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let is_ecs = parts.next() == Some("arn") && parts.nth(1) == Some("ecs");
    parts.nth(2).filter(|_| is_ecs)
}

/// The cluster in the ARN of a cluster, or of a resource inside one.
fn cluster_of_resource(arn: &str) -> Option<&str> {
    let mut parts = ecs_resource(arn)?.split('/');
    let resource_type = parts.next()?;
    let name = parts.next()?;
    let has_more = parts.next().is_some();
    let is_cluster = resource_type == "cluster";
    (is_cluster || has_more && IN_A_CLUSTER.contains(&resource_type)).then_some(name)
}

/// The name in the ARN of a service.
fn service_of_resource(arn: &str) -> Option<&str> {
    ecs_resource(arn)?.strip_prefix("service/")?.rsplit('/').next()
}

/// The name at the end of an ARN. A bare name is returned unchanged.
fn last_segment(arn: &str) -> Option<&str> {
    arn.rsplit('/').next()
}

/// Returns a part of a text, borrowed if the text is borrowed.
///
/// Returns nothing for a text that can be a URL with a signature, a user or a password: the
/// `forwarder` object is never redacted.
fn cut(text: Cow<'_, str>, part: impl Fn(&str) -> Option<&str>) -> Option<Cow<'_, str>> {
    if text.contains(['?', '%', '@']) {
        return None;
    }
    match text {
        Cow::Borrowed(text) => part(text).map(Cow::Borrowed),
        Cow::Owned(text) => part(&text).map(|part| Cow::Owned(part.to_owned())),
    }
}
