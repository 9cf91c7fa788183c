//! The events that a story needs and that the policy drops.

use crate::story::Story;
use ecs_event_forwarder::json;
use ecs_event_forwarder::judge::judge;
use ecs_event_forwarder::policy::Policy;
use std::collections::BTreeSet;

/// The kinds of events that the story needs, each with a sample: detail-type and specific fields.
const NEEDS: [(&str, &str, &str); 6] = [
    (BEGINNINGS, DEPLOYMENT, r#""eventType":"INFO","eventName":"SERVICE_DEPLOYMENT_IN_PROGRESS""#),
    (COMPLETIONS, DEPLOYMENT, r#""eventType":"INFO","eventName":"SERVICE_DEPLOYMENT_COMPLETED""#),
    (FAILURES, DEPLOYMENT, r#""eventType":"ERROR","eventName":"SERVICE_DEPLOYMENT_FAILED""#),
    ("task starts", TASK, r#""lastStatus":"RUNNING","desiredStatus":"RUNNING","version":4"#),
    (
        "failed tasks",
        TASK,
        r#""lastStatus":"STOPPED","desiredStatus":"STOPPED","version":7,"stopCode":"TaskFailedToStart","stoppedReason":"CannotPullContainerError: no""#,
    ),
    (
        "placement failures",
        "ECS Service Action",
        r#""eventType":"ERROR","eventName":"SERVICE_TASK_PLACEMENT_FAILURE""#,
    ),
];
const DEPLOYMENT: &str = "ECS Deployment State Change";
const TASK: &str = "ECS Task State Change";
const BEGINNINGS: &str = "deployments that begin";
const COMPLETIONS: &str = "deployments that complete";
const FAILURES: &str = "deployments that fail";

/// Returns a sentence that names the kinds that the policy drops for services in the story.
pub(crate) fn warning(policy: &Policy, story: &Story) -> Option<String> {
    let places = story
        .events
        .iter()
        .filter_map(|event| Some((event.cluster.as_deref()?, event.service.as_deref())));
    let places: BTreeSet<_> = places.collect();
    let missing = |(cluster, service)| lacking(policy, cluster, service);
    let missing: BTreeSet<_> = places.into_iter().flat_map(missing).collect();
    let list = missing.into_iter().collect::<Vec<_>>().join(", ");
    (!list.is_empty())
        .then(|| format!("The policy drops {list}: log groups that it fills lack them."))
}

/// The deployment events that the policy drops of these clusters and services; of any, where a name
/// is missing or stands for several.
pub(crate) fn deployments(
    policy: &Policy,
    clusters: &[String],
    services: &[String],
) -> Vec<&'static str> {
    let names = |given: &[String]| {
        let names = given.iter().filter(|name| !name.contains('*')).cloned();
        names.map(Some).collect::<Vec<_>>()
    };
    let [mut clusters, mut services] = [names(clusters), names(services)];
    let mut policy = policy.clone();
    if clusters.is_empty() {
        policy = policy.for_any_cluster();
        clusters.push(None);
    }
    if services.is_empty() {
        policy = policy.for_any_service();
        services.push(None);
    }
    let pairs = clusters.iter().flat_map(|cluster| services.iter().map(move |it| (cluster, it)));
    let dropped = pairs.flat_map(|(cluster, service)| {
        lacking(&policy, cluster.as_deref().unwrap_or("cluster"), service.as_deref())
    });
    let dropped: BTreeSet<_> = dropped.collect();
    dropped.into_iter().filter(|name| [BEGINNINGS, COMPLETIONS, FAILURES].contains(name)).collect()
}

/// Returns the kinds that the story needs and the policy drops, for this service or for any.
pub(crate) fn lacking(policy: &Policy, cluster: &str, service: Option<&str>) -> Vec<&'static str> {
    let is_dropped = |detail_type: &str, fields: &str| {
        let service = service.unwrap_or("service");
        let arn = format!("arn:aws:ecs:us-east-1:123456789012:service/{cluster}/{service}");
        let event = format!(
            r#"{{"source":"aws.ecs","detail-type":"{detail_type}","time":"2026-01-01T00:00:00Z","resources":["{arn}"],"detail":{{"clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/{cluster}","group":"service:{service}",{fields}}}}}"#
        );
        let event = json::scan(event).ok().and_then(json::Json::into_compact);
        let judged = event.as_ref().and_then(|event| judge(policy, event, 0).ok());
        judged.is_some_and(|it| it.ruling.is_err())
    };
    let dropped = NEEDS.iter().filter(|(_, kind, fields)| is_dropped(kind, fields));
    dropped.map(|(name, ..)| *name).collect()
}
