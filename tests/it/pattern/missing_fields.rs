//! Events that lack fields. The rule lets them through if their cluster could be wanted, and the
//! function decides.

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

/// The end of a sample under each setting: `kept`, or `dropped` by the function. A setting is missing if
/// its rule does not let the sample through.
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
fn a_deployment_without_cluster_arn_is_matched_by_its_resources() {
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
fn a_deployment_of_an_unknown_cluster_passes_exclusions() {
    insta::assert_snapshot!(check("deployment-of-unknown-cluster"), @"
    !staging: kept
    !s*g: kept
    ");
}

#[test]
fn an_old_arn_does_not_name_the_cluster() {
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
fn empty_resources_name_neither_cluster_nor_service() {
    insta::assert_snapshot!(check("service-empty-resources"), @"
    staging: kept
    s*g: kept
    ");
}
