//! Patterns of typical policies, for a reader to review.

use super::policy;
use super::typical::{join, typical};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, Pattern, pattern};
use serde_json::Value;
use std::fmt::Write as _;

/// The pattern with one field on each line, its length, and the conditions that it does not state.
pub(super) fn check(name: &str) -> String {
    let Pattern { text, given_up, approximate } = pattern(&typical(name), DEFAULT_BYTES);
    let mut out = format!("{} bytes", text.len());
    for (what, conditions) in [("given up", given_up), ("approximate", approximate)] {
        if !conditions.is_empty() {
            write!(out, "; {what}: {}", join(&conditions)).unwrap();
        }
    }
    out.push('\n');
    show(&mut out, "", "", &serde_json::from_str(&text).unwrap());
    out
}

fn show(out: &mut String, indent: &str, parent: &str, value: &Value) {
    for (name, value) in value.as_object().expect("an object") {
        let path = if parent.is_empty() { name.clone() } else { format!("{parent}.{name}") };
        let Value::Array(values) = value else {
            show(out, indent, &path, value);
            continue;
        };
        if name != "$or" {
            writeln!(out, "{indent}{path}: {value}").unwrap();
            continue;
        }
        for alternative in values {
            writeln!(out, "{indent}or").unwrap();
            show(out, &format!("{indent}  "), parent, alternative);
        }
    }
}

#[test]
fn the_default_matches_all_ecs_events() {
    insta::assert_snapshot!(check("default"), @r#"
    56 bytes
    detail-type: [{"prefix":"ECS "}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn a_cluster_is_looked_up_in_the_arn_and_then_in_resources() {
    insta::assert_snapshot!(check("one cluster"), @r#"
    234 bytes
    or
      detail.clusterArn: [{"suffix":":cluster/prod"}]
    or
      detail.clusterArn: [{"exists":false},null]
      resources: [{"wildcard":"*/prod/*"},{"suffix":":cluster/prod"}]
    detail-type: [{"prefix":"ECS "}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn clusters_with_stars_need_wildcards() {
    insta::assert_snapshot!(check("clusters by glob"), @r#"
    333 bytes
    or
      detail.clusterArn: [{"wildcard":"*:cluster/prod*"},{"wildcard":"*:cluster/*-live"}]
    or
      detail.clusterArn: [{"exists":false},null]
      resources: [{"wildcard":"*/prod*/*"},{"wildcard":"*/*-live/*"},{"wildcard":"*:cluster/prod*"},{"wildcard":"*:cluster/*-live"}]
    detail-type: [{"prefix":"ECS "}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn excluded_clusters_miss_no_event_without_a_cluster() {
    insta::assert_snapshot!(check("but one cluster"), @r#"
    149 bytes; approximate: clusters
    detail.clusterArn: [{"exists":false},null,{"anything-but":{"suffix":[":cluster/dev"]}}]
    detail-type: [{"prefix":"ECS "}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn exclusions_share_one_operator() {
    insta::assert_snapshot!(check("but some clusters"), @r#"
    171 bytes; approximate: clusters
    detail.clusterArn: [{"exists":false},null,{"anything-but":{"wildcard":["*:cluster/dev","*:cluster/test-*"]}}]
    detail-type: [{"prefix":"ECS "}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn problems_are_set_by_ecs_or_can_be_derived() {
    insta::assert_snapshot!(check("problems"), @r#"
    1048 bytes; approximate: event types
    or
      or
        detail.eventType: [{"anything-but":["INFO"]}]
      or
        detail.stopCode: [{"anything-but":["ServiceSchedulerInitiated","UserInitiated"]}]
      or
        detail.stopCode: [{"exists":false},null,"ServiceSchedulerInitiated"]
        detail.stoppedReason: [{"anything-but":{"prefix":"Scaling activity initiated by"}}]
      or
        detail.containers.exitCode: [{"anything-but":[0]}]
        detail.stopCode: [{"exists":false},null]
      or
        detail.containers.reason: [{"exists":true}]
        detail.stopCode: [{"exists":false},null]
      detail-type: ["ECS Task State Change"]
    or
      or
        detail.eventType: [{"anything-but":["INFO"]}]
      or
        detail.status: ["REGISTRATION_FAILED"]
      or
        detail.agentUpdateStatus: ["FAILED"]
      or
        detail.overallStatus: ["IMPAIRED","INSUFFICIENT_DATA"]
      detail-type: ["ECS Container Instance State Change","ECS Container Instance Health Change"]
    or
      detail.eventType: [{"anything-but":["INFO"]}]
      detail-type: [{"anything-but":["ECS Task State Change","ECS Container Instance State Change","ECS Container Instance Health Change","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn problems_of_a_cluster_meet_both_conditions() {
    insta::assert_snapshot!(check("errors of a cluster"), @r#"
    1429 bytes; approximate: clusters, event types
    or
      or
        detail.eventType: [{"anything-but":["INFO","WARN","WARNING"]}]
      or
        detail.stopCode: [{"anything-but":["ServiceSchedulerInitiated","UserInitiated","SpotInterruption","TerminationNotice"]}]
      or
        detail.stopCode: [{"exists":false},null,{"anything-but":["UserInitiated"]}]
        detail.stoppedReason: [{"wildcard":"*Host EC2*"},{"wildcard":"*health checks*"},{"wildcard":"*is unhealthy in*"},{"wildcard":"*Task failed to start*"},{"wildcard":"*Essential container in task exited*"},{"prefix":"CannotPull"},{"wildcard":"*Error:*"},{"wildcard":"*Exception:*"}]
      detail.clusterArn: [{"exists":false},null,{"suffix":":cluster/prod"}]
      detail-type: ["ECS Task State Change"]
    or
      or
        detail.eventType: [{"anything-but":["INFO","WARN","WARNING"]}]
      or
        detail.status: ["REGISTRATION_FAILED"]
      or
        detail.overallStatus: ["IMPAIRED"]
      detail.clusterArn: [{"exists":false},null,{"suffix":":cluster/prod"}]
      detail-type: ["ECS Container Instance State Change","ECS Container Instance Health Change"]
    or
      or
        detail.clusterArn: [{"suffix":":cluster/prod"}]
      or
        detail.clusterArn: [{"exists":false},null]
        resources: [{"wildcard":"*/prod/*"},{"suffix":":cluster/prod"}]
      detail.eventType: [{"anything-but":["INFO","WARN","WARNING"]}]
      detail-type: [{"anything-but":["ECS Task State Change","ECS Container Instance State Change","ECS Container Instance Health Change","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn statuses_apply_to_tasks_and_names_to_events_that_have_one() {
    insta::assert_snapshot!(check("stops, no steady state"), @r#"
    356 bytes
    or
      detail.lastStatus: ["STOPPED"]
      detail-type: ["ECS Task State Change"]
    or
      detail-type: [{"anything-but":["ECS Task State Change","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
    detail.eventName: [{"exists":false},null,{"anything-but":["SERVICE_STEADY_STATE","CAPACITY_PROVIDER_STEADY_STATE"]}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn services_are_looked_up_in_every_field_that_names_them() {
    insta::assert_snapshot!(check("services"), @r#"
    786 bytes; approximate: services
    or
      detail.group: ["service:web",{"prefix":"service:checkout-"}]
      detail-type: ["ECS Task State Change"]
    or
      or
        detail.group: ["service:web",{"prefix":"service:checkout-"}]
      or
        resources: [{"suffix":"/web"},{"wildcard":"*/checkout-*"}]
      or
        detail.serviceName: ["web",{"prefix":"checkout-"},{"suffix":"/web"},{"wildcard":"*/checkout-*"}]
      or
        detail.service: ["web",{"prefix":"checkout-"},{"suffix":"/web"},{"wildcard":"*/checkout-*"}]
      or
        detail.serviceArn: ["web",{"prefix":"checkout-"},{"suffix":"/web"},{"wildcard":"*/checkout-*"}]
      detail-type: [{"anything-but":["ECS Task State Change","ECS Container Instance State Change","ECS Container Instance Health Change","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn tasks_without_a_service_are_not_excluded() {
    insta::assert_snapshot!(check("but some services"), @r#"
    307 bytes; approximate: services
    or
      detail.group: [{"exists":false},null,{"anything-but":{"prefix":["service:batch-","service:nightly-"]}}]
      detail-type: ["ECS Task State Change"]
    or
      detail-type: [{"anything-but":["ECS Task State Change","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn kinds_are_excluded_by_name() {
    insta::assert_snapshot!(check("stops, no hooks"), @r#"
    258 bytes
    or
      detail.lastStatus: ["STOPPED"]
      detail-type: ["ECS Task State Change"]
    or
      detail-type: [{"anything-but":["ECS Task State Change","ECS Hook State Change","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn kinds_without_a_service_are_left_out() {
    insta::assert_snapshot!(check("tasks of a service"), @r#"
    97 bytes
    detail.group: ["service:web"]
    detail-type: ["ECS Task State Change"]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn equal_kinds_share_a_branch() {
    insta::assert_snapshot!(check("deployments of a cluster"), @r#"
    267 bytes
    or
      detail.clusterArn: [{"suffix":":cluster/prod"}]
    or
      detail.clusterArn: [{"exists":false},null]
      resources: [{"wildcard":"*/prod/*"},{"suffix":":cluster/prod"}]
    detail-type: ["ECS Deployment State Change","ECS Service Action"]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn calls_name_their_cluster_in_their_parameters() {
    insta::assert_snapshot!(check("with CloudTrail"), @r#"
    666 bytes; approximate: clusters
    or
      or
        detail.clusterArn: [{"suffix":":cluster/prod"}]
      or
        detail.clusterArn: [{"exists":false},null]
        resources: [{"wildcard":"*/prod/*"},{"suffix":":cluster/prod"}]
      detail-type: [{"anything-but":["AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
    or
      or
        detail.clusterArn: [{"suffix":":cluster/prod"}]
      or
        detail.clusterArn: [{"exists":false},null]
        resources: [{"wildcard":"*/prod/*"},{"suffix":":cluster/prod"}]
      or
        detail.requestParameters.cluster: [{"exists":false},null,"prod",{"suffix":"/prod"}]
      detail-type: ["AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn more_clusters_still_fit() {
    insta::assert_snapshot!(check("more clusters"), @r#"
    1249 bytes; approximate: services, clusters, event types
    or
      or
        detail.eventType: [{"anything-but":["INFO"]}]
      or
        detail.stopCode: [{"anything-but":["ServiceSchedulerInitiated","UserInitiated"]}]
      or
        detail.stopCode: [{"exists":false},null,"ServiceSchedulerInitiated"]
        detail.stoppedReason: [{"anything-but":{"prefix":"Scaling activity initiated by"}}]
      or
        detail.containers.exitCode: [{"anything-but":[0]}]
        detail.stopCode: [{"exists":false},null]
      or
        detail.containers.reason: [{"exists":true}]
        detail.stopCode: [{"exists":false},null]
      detail.group: ["service:web"]
      detail-type: ["ECS Task State Change"]
    or
      or
        detail.group: ["service:web"]
      or
        resources: [{"suffix":"/web"}]
      or
        detail.serviceName: ["web",{"suffix":"/web"}]
      or
        detail.service: ["web",{"suffix":"/web"}]
      or
        detail.serviceArn: ["web",{"suffix":"/web"}]
      detail.eventType: [{"anything-but":["INFO"]}]
      detail-type: [{"anything-but":["ECS Task State Change","ECS Container Instance State Change","ECS Container Instance Health Change","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
    detail.clusterArn: [{"exists":false},null,{"suffix":":cluster/prod"},{"suffix":":cluster/prod-eu-west-1"},{"suffix":":cluster/prod-us-east-1"},{"suffix":":cluster/payments-live"},{"suffix":":cluster/search-live"}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn an_event_without_a_type_can_be_info() {
    insta::assert_snapshot!(check("own source"), @r#"
    119 bytes; approximate: event types
    detail.eventType: [{"exists":false},null,"INFO"]
    detail-type: [{"prefix":"ECS "}]
    source: ["aws.ecs","my.ecs"]
    "#);
}

#[test]
fn a_star_among_other_globs_matches_all() {
    let text = |name, list| pattern(&policy(&[(name, list)]), DEFAULT_BYTES).text;
    for name in ["FORWARDER_CLUSTERS", "FORWARDER_EVENT_NAMES", "FORWARDER_SERVICES"] {
        assert_eq!(text(name, "web,*"), text(name, "*"));
    }
}

#[test]
fn unknown_kinds_can_be_excluded() {
    let text = |list| pattern(&policy(&[("FORWARDER_DETAIL_TYPES", list)]), DEFAULT_BYTES).text;
    let any = r#"{"detail-type":[{"exists":true}],"source":["aws.ecs"]}"#;
    assert_eq!(text("ECS *,AWS *,!ECS New*"), any);
    let hooks = r#"{"detail-type":["ECS Hook State Change"],"source":["aws.ecs"]}"#;
    assert_eq!(text("ECS Hook State Change,ECS New,!ECS New"), hooks);
    let stops = ("FORWARDER_TASK_STATUSES", "STOPPED");
    let kinds = ("FORWARDER_DETAIL_TYPES", "ECS Task State Change,ECS New,!ECS New");
    let text = pattern(&policy(&[kinds, stops]), DEFAULT_BYTES).text;
    assert!(!text.contains("ECS New"), "{text}");
}
