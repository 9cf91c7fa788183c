//! Which cluster and which service an event is about.

use super::detail::Detail;
use crate::event::EventKind;
use crate::json::Value;
use std::borrow::Cow;

/// ARNs of these have the form `TYPE/CLUSTER/…`.
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

/// The cluster's name: of `detail.clusterArn`, else of an ARN in `resources`; of a CloudTrail
/// call, what it was asked for.
pub(super) fn cluster<'a>(
    kind: &EventKind<'_>,
    detail: &Detail<'a>,
    resources: Option<Value<'a>>,
) -> Option<Cow<'a, str>> {
    let in_resources = || strings(resources).find_map(|arn| cut(arn, cluster_of_resource));
    let requested = || {
        let parameters = detail.request_parameters.filter(|_| *kind == EventKind::CloudTrail);
        parameters?.get_string("cluster").and_then(|it| cut(it, last_segment))
    };
    let name = match detail.cluster_arn.and_then(Value::string) {
        Some(arn) => cut(arn, cluster_of_arn),
        None => in_resources().or_else(requested),
    };
    name.filter(|name| is_name(name))
}

/// The service's name: of the group it started, else of an ARN in `resources`, else as named; the
/// events of hooks name it by its ARN alone. Of a task its group says all, and a container
/// instance is of no service.
pub(super) fn service<'a>(
    kind: &EventKind<'_>,
    detail: &Detail<'a>,
    resources: Option<Value<'a>>,
) -> Option<Cow<'a, str>> {
    let group = || cut(detail.group?.string()?, |group| group.strip_prefix("service:"));
    let in_resources = || strings(resources).find_map(|arn| cut(arn, service_of_resource));
    let named = |field: Option<Value<'a>>| cut(field?.string()?, last_segment);
    let name = match kind {
        EventKind::Task => group(),
        EventKind::ContainerInstance | EventKind::ContainerInstanceHealth => None,
        EventKind::ServiceAction
        | EventKind::Deployment
        | EventKind::Hook
        | EventKind::DaemonServiceAction
        | EventKind::DaemonDeployment
        | EventKind::CloudTrail
        | EventKind::Other(_) => group()
            .or_else(in_resources)
            .or_else(|| named(detail.service_name))
            .or_else(|| named(detail.service))
            .or_else(|| named(detail.service_arn)),
    };
    name.filter(|name| is_short(name))
}

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

fn cluster_of_resource(arn: &str) -> Option<&str> {
    let mut parts = ecs_resource(arn)?.split('/');
    let resource_type = parts.next()?;
    let name = parts.next()?;
    let has_more = parts.next().is_some();
    let is_cluster = resource_type == "cluster";
    (is_cluster || has_more && IN_A_CLUSTER.contains(&resource_type)).then_some(name)
}

fn service_of_resource(arn: &str) -> Option<&str> {
    ecs_resource(arn)?.strip_prefix("service/")?.rsplit('/').next()
}

/// The name in an ARN, or a name as it is.
fn last_segment(arn: &str) -> Option<&str> {
    arn.rsplit('/').next()
}

/// A part of a text, borrowed if the text is; none of a text with a query, which could be signed:
/// the `forwarder` object is never redacted.
fn cut(text: Cow<'_, str>, part: impl Fn(&str) -> Option<&str>) -> Option<Cow<'_, str>> {
    if text.contains('?') {
        return None;
    }
    match text {
        Cow::Borrowed(text) => part(text).map(Cow::Borrowed),
        Cow::Owned(text) => part(&text).map(|part| Cow::Owned(part.to_owned())),
    }
}

/// As long as ECS lets a service be called: the `forwarder` object is never trimmed.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>.
fn is_short(text: &str) -> bool {
    (1..=255).contains(&text.len())
}

/// What ECS lets a cluster be called: event text never chooses a log group of its own.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html>.
fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=255).contains(&text.len()) && text.bytes().all(is_allowed)
}
