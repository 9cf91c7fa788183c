//! Events that do not say all: the rule lets them through whenever their cluster might be wanted,
//! and the function decides.

use super::ruler::Rule;
use super::{events_in, policy};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, pattern};
use std::fmt::Write as _;

const SETTINGS: &[(&str, &[(&str, &str)])] = &[
    ("prod", &[("FORWARDER_CLUSTERS", "prod")]),
    ("staging", &[("FORWARDER_CLUSTERS", "staging")]),
    ("s*g", &[("FORWARDER_CLUSTERS", "s*g")]),
    ("!staging", &[("FORWARDER_CLUSTERS", "!staging")]),
    ("!s*g", &[("FORWARDER_CLUSTERS", "!s*g")]),
    ("errors", &[("FORWARDER_CLUSTERS", "staging"), ("FORWARDER_EVENT_TYPES", "ERROR")]),
    ("web", &[("FORWARDER_CLUSTERS", "staging"), ("FORWARDER_SERVICES", "web")]),
];

/// What becomes of a sample: `kept`, `dropped` by the function, or nothing if the rule does not
/// let it through.
fn check(file: &str) -> String {
    let events = events_in("events");
    let event = events.iter().find(|event| event.name == file).expect(file);
    let mut out = String::new();
    for (name, settings) in SETTINGS {
        let policy = policy(settings);
        let rule = Rule::read(&pattern(&policy, DEFAULT_BYTES).text).unwrap();
        match (event.is_matched(&rule), event.is_kept(&policy)) {
            (true, true) => writeln!(out, "{name}: kept").unwrap(),
            (true, false) => writeln!(out, "{name}: dropped").unwrap(),
            (false, is_kept) => assert!(!is_kept, "{name}"),
        }
    }
    out
}

#[test]
fn a_deployment_without_cluster_arn_is_told_by_its_resources() {
    insta::assert_snapshot!(check("deployment-failed"), @"
    staging: kept
    s*g: kept
    !staging: dropped
    !s*g: dropped
    errors: kept
    ");
    insta::assert_snapshot!(check("deployment-completed"), @"
    prod: kept
    !staging: kept
    !s*g: kept
    web: dropped
    ");
}

#[test]
fn a_deployment_of_unknown_cluster_passes_where_exclusions_alone_narrow() {
    insta::assert_snapshot!(check("deployment-of-unknown-cluster"), @"
    !staging: kept
    !s*g: kept
    ");
}

#[test]
fn an_old_arn_leaves_the_cluster_to_the_detail() {
    insta::assert_snapshot!(check("service-old-arn"), @"
    staging: kept
    s*g: kept
    web: kept
    ");
    insta::assert_snapshot!(check("task-old-arns"), @"
    prod: kept
    !staging: kept
    !s*g: kept
    ");
}

#[test]
fn empty_resources_leave_the_cluster_to_the_detail_and_the_service_unknown() {
    insta::assert_snapshot!(check("service-empty-resources"), @"
    staging: kept
    s*g: kept
    ");
}
