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
    let requested = || {
        let parameters = detail
            .request_parameters
            .filter(|_| *kind == EventKind::CloudTrail)?;
        parameters.get_string("cluster")
    };
    let name = match detail.cluster_arn.and_then(Value::string) {
        Some(arn) => last_segment(arn),
        None => resources
            .into_iter()
            .flat_map(Value::strings)
            .find_map(cluster_of_resource)
            .or_else(|| requested().map(last_segment))?,
    };
    is_name(&name).then_some(name)
}

/// The service's name: of the group it started, else of an ARN in `resources`, else as named; the
/// events of hooks name it by its ARN alone.
pub(super) fn service<'a>(
    detail: &Detail<'a>,
    resources: Option<Value<'a>>,
) -> Option<Cow<'a, str>> {
    let group = detail.group.and_then(Value::string);
    group
        .and_then(|group| cut(group, |text| text.strip_prefix("service:")))
        .or_else(|| {
            resources
                .into_iter()
                .flat_map(Value::strings)
                .find_map(service_of_resource)
        })
        .or_else(|| detail.service_name.and_then(Value::string))
        .or_else(|| detail.service.and_then(Value::string).map(last_segment))
        .or_else(|| detail.service_arn.and_then(Value::string).map(last_segment))
        .filter(|name| !name.is_empty())
}

/// The resource part of an ECS ARN, in any partition.
fn ecs_resource(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let is_ecs = parts.next() == Some("arn") && parts.nth(1) == Some("ecs");
    parts.nth(2).filter(|_| is_ecs)
}

fn cluster_of_resource(arn: Cow<'_, str>) -> Option<Cow<'_, str>> {
    cut(arn, |arn| {
        let mut parts = ecs_resource(arn)?.split('/');
        let resource_type = parts.next()?;
        let name = parts.next()?;
        let has_more = parts.next().is_some();
        let is_cluster = resource_type == "cluster";
        (is_cluster || has_more && IN_A_CLUSTER.contains(&resource_type)).then_some(name)
    })
}

fn service_of_resource(arn: Cow<'_, str>) -> Option<Cow<'_, str>> {
    cut(arn, |arn| {
        ecs_resource(arn)?
            .strip_prefix("service/")?
            .rsplit('/')
            .next()
    })
}

fn last_segment(arn: Cow<'_, str>) -> Cow<'_, str> {
    cut(arn, |arn| arn.rsplit('/').next()).unwrap_or_default()
}

/// A part of a text, borrowed if the text is.
fn cut(text: Cow<'_, str>, part: impl Fn(&str) -> Option<&str>) -> Option<Cow<'_, str>> {
    match text {
        Cow::Borrowed(text) => part(text).map(Cow::Borrowed),
        Cow::Owned(text) => part(&text).map(|part| Cow::Owned(part.to_owned())),
    }
}

/// What ECS lets a cluster be called: event text never chooses a log group of its own.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html>.
fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=255).contains(&text.len()) && text.bytes().all(is_allowed)
}
