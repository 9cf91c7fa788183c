//! Conditions that a pattern does not state exactly, and its report of them.

use super::typical::{join, typical};
use super::{patterns, policy};
use ecs_event_forwarder::pattern::{Condition, DEFAULT_BYTES, MOST_BYTES, pattern};

#[test]
fn a_condition_that_no_operator_can_state_is_reported_as_approximate() {
    let approximate = |settings: &[(&str, &str)]| {
        let stops = ("FORWARDER_TASK_STATUSES", "STOPPED");
        join(&pattern(&policy(&[settings, &[stops]].concat()), DEFAULT_BYTES).approximate)
    };
    let clusters = |list| approximate(&[("FORWARDER_CLUSTERS", list)]);
    assert_eq!(clusters("prod,dev"), "");
    assert_eq!(clusters("prod,dev,!dev"), "");
    assert_eq!(clusters("prod*"), "");
    assert_eq!(clusters("prod*,!prod-test"), "clusters");
    assert_eq!(clusters("!dev"), "clusters");
    let kinds = |list| approximate(&[("FORWARDER_DETAIL_TYPES", list)]);
    assert_eq!(kinds("*"), "");
    assert_eq!(kinds("ECS *,!ECS Hook State Change"), "");
    assert_eq!(kinds("!ECS Hook State Change"), "");
    assert_eq!(kinds("!ECS H*"), "detail-types");
    assert_eq!(kinds("ECS T*"), "detail-types");
    assert_eq!(kinds("ECS Task State Change,ECS Hook State Change"), "");
    let names = |list| approximate(&[("FORWARDER_EVENT_NAMES", list)]);
    assert_eq!(names("!SERVICE_STEADY_STATE,!TASKSET_*"), "");
    assert_eq!(names("SERVICE_*,!SERVICE_STEADY_STATE"), "event names");
}

/// The patterns with ever less room.
#[test]
fn conditions_are_given_up_in_order() {
    let policy = typical("more clusters");
    let steps = patterns(&policy);
    assert_eq!(pattern(&policy, steps[0].text.len()), steps[0], "it just fits");
    let steps =
        steps.iter().map(|step| format!("{:>5} {}\n", step.text.len(), join(&step.given_up)));
    insta::assert_snapshot!(steps.collect::<String>(), @"
    1249 
    1249 
    1030 clusters
     762 event types
     654 services, event types
     275 services, event types
      56 services, clusters, event types
      22 services, clusters, event types, detail-types
    ");
}

#[test]
fn a_condition_that_still_fits_is_put_back() {
    let names: Vec<_> = (0..99).map(|at| format!("!EVENT_NAME_NUMBER_{at}")).collect();
    let settings = [
        ("FORWARDER_CLUSTERS", "prod".to_owned()),
        ("FORWARDER_SERVICES", "web".to_owned()),
        ("FORWARDER_EVENT_NAMES", names.join(",")),
    ];
    let policy = policy(&settings);
    assert_eq!(pattern(&policy, MOST_BYTES).given_up, []);
    let usual = pattern(&policy, DEFAULT_BYTES);
    assert_eq!(usual.given_up, [Condition::EventNames]);
    for said in ["*/prod/*", "service:web"] {
        assert!(usual.text.contains(said), "{}", usual.text);
    }
    assert_eq!(pattern(&policy, usual.text.len()), usual, "it just fits");
}
