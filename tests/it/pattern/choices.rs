//! Patterns of rules and of selections, for a reader to review.

use super::policy;
use super::texts::check;
use super::typical::typical;
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, pattern};

#[test]
fn selecting_problems_is_the_same_as_two_event_types() {
    assert_eq!(
        pattern(&typical("problems by one word"), DEFAULT_BYTES).text,
        pattern(&typical("problems"), DEFAULT_BYTES).text
    );
}

#[test]
fn rules_are_alternatives() {
    insta::assert_snapshot!(check("two rules"), @r#"
    1586 bytes; approximate: clusters, event types
    or
      or
        detail.clusterArn: [{"suffix":":cluster/prod"}]
      or
        detail.clusterArn: [{"exists":false},null]
        resources: [{"wildcard":"*/prod/*"},{"suffix":":cluster/prod"}]
      detail-type: [{"prefix":"ECS "}]
    or
      or
        detail.eventType: [{"anything-but":["INFO","WARN","WARNING"]}]
      or
        detail.stopCode: [{"anything-but":["ServiceSchedulerInitiated","UserInitiated","SpotInterruption","TerminationNotice"]}]
      or
        detail.stopCode: [{"exists":false},null,{"anything-but":["UserInitiated"]}]
        detail.stoppedReason: [{"wildcard":"*Host EC2*"},{"wildcard":"*health checks*"},{"wildcard":"*is unhealthy in*"},{"wildcard":"*Task failed to start*"},{"wildcard":"*Essential container in task exited*"},{"prefix":"CannotPull"},{"wildcard":"*Error:*"},{"wildcard":"*Exception:*"}]
      detail.clusterArn: [{"exists":false},null,{"anything-but":{"suffix":[":cluster/prod"]}}]
      detail-type: ["ECS Task State Change"]
    or
      or
        detail.eventType: [{"anything-but":["INFO","WARN","WARNING"]}]
      or
        detail.status: ["REGISTRATION_FAILED"]
      or
        detail.overallStatus: ["IMPAIRED"]
      detail.clusterArn: [{"exists":false},null,{"anything-but":{"suffix":[":cluster/prod"]}}]
      detail-type: ["ECS Container Instance State Change","ECS Container Instance Health Change"]
    or
      detail.clusterArn: [{"exists":false},null,{"anything-but":{"suffix":[":cluster/prod"]}}]
      detail.eventType: [{"anything-but":["INFO","WARN","WARNING"]}]
      detail-type: [{"anything-but":["ECS Task State Change","ECS Container Instance State Change","ECS Container Instance Health Change","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn equal_rules_are_written_once() {
    let text = |rules| pattern(&policy(&[("FORWARDER_RULES", rules)]), DEFAULT_BYTES).text;
    let rule = r#"{"clusters":["prod"]}"#;
    assert_eq!(text(format!("[{rule},{rule}]")), text(format!("[{rule}]")));
}

#[test]
fn lifecycle_has_no_passing_statuses_and_no_steady_states() {
    insta::assert_snapshot!(check("lifecycle"), @r#"
    1551 bytes; approximate: select
    or
      detail.lastStatus: [{"exists":false},null,{"anything-but":["PENDING","ACTIVATING","DEACTIVATING","STOPPING","DEPROVISIONING"]}]
      detail-type: ["ECS Task State Change"]
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
        detail.status: [{"exists":false},null,{"anything-but":["ACTIVE"]}]
      or
        detail.version: [1,2,3,4,5]
      detail-type: ["ECS Container Instance State Change"]
    or
      or
        detail.eventType: [{"anything-but":["INFO"]}]
      or
        detail.status: ["REGISTRATION_FAILED"]
      or
        detail.agentUpdateStatus: ["FAILED"]
      or
        detail.overallStatus: ["IMPAIRED","INSUFFICIENT_DATA"]
      detail-type: ["ECS Container Instance State Change"]
    or
      detail-type: [{"anything-but":["ECS Task State Change","ECS Container Instance State Change","ECS Service Action","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
    or
      detail.eventName: [{"exists":false},null,{"anything-but":["SERVICE_STEADY_STATE","TASKSET_STEADY_STATE","CAPACITY_PROVIDER_STEADY_STATE"]}]
      detail-type: ["ECS Service Action"]
    or
      detail.eventType: [{"anything-but":["INFO"]}]
      detail-type: ["ECS Service Action"]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn problems_of_a_service_are_narrowed_less_where_the_service_stands_in_many_places() {
    insta::assert_snapshot!(check("lifecycle of a service"), @r#"
    1706 bytes; approximate: services, select
    or
      detail.group: ["service:web"]
      detail.lastStatus: [{"exists":false},null,{"anything-but":["PENDING","ACTIVATING","DEACTIVATING","STOPPING","DEPROVISIONING"]}]
      detail-type: ["ECS Task State Change"]
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
      detail-type: [{"anything-but":["ECS Task State Change","ECS Container Instance State Change","ECS Container Instance Health Change","ECS Service Action","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
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
      detail.eventName: [{"exists":false},null,{"anything-but":["SERVICE_STEADY_STATE","TASKSET_STEADY_STATE","CAPACITY_PROVIDER_STEADY_STATE"]}]
      detail-type: ["ECS Service Action"]
    or
      detail.eventType: [{"anything-but":["INFO"]}]
      detail-type: ["ECS Service Action"]
    source: ["aws.ecs"]
    "#);
}

#[test]
fn the_selection_narrows_each_rule() {
    insta::assert_snapshot!(check("problems of two rules"), @r#"
    1899 bytes; approximate: services, clusters, select
    or
      or
        detail.clusterArn: [{"exists":false},null,{"suffix":":cluster/prod"}]
      or
        detail.group: ["service:web"]
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
      detail.clusterArn: [{"exists":false},null,{"suffix":":cluster/prod"}]
      detail-type: ["ECS Container Instance State Change","ECS Container Instance Health Change"]
    or
      or
        detail.clusterArn: [{"suffix":":cluster/prod"}]
      or
        detail.clusterArn: [{"exists":false},null]
        resources: [{"wildcard":"*/prod/*"},{"suffix":":cluster/prod"}]
      detail.eventType: [{"anything-but":["INFO"]}]
      detail-type: [{"anything-but":["ECS Task State Change","ECS Container Instance State Change","ECS Container Instance Health Change","AWS API Call via CloudTrail","AWS Service Event via CloudTrail"]}]
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
    source: ["aws.ecs"]
    "#);
}
