//! EventBridge accepts every pattern.

use super::policies::settings;
use super::ruler::Rule;
use super::{patterns, policy, runner};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, MOST_BYTES, pattern};
use proptest::prelude::*;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>.
const COMBINATIONS: usize = 1000;

/// Fields that events of ECS have.
const PATHS: [&str; 22] = [
    "detail-type",
    "detail.agentUpdateStatus",
    "detail.clusterArn",
    "detail.containers.exitCode",
    "detail.containers.reason",
    "detail.eventName",
    "detail.eventType",
    "detail.group",
    "detail.lastStatus",
    "detail.overallStatus",
    "detail.requestParameters.cluster",
    "detail.requestParameters.service",
    "detail.requestParameters.serviceArn",
    "detail.requestParameters.serviceName",
    "detail.service",
    "detail.serviceArn",
    "detail.serviceName",
    "detail.status",
    "detail.stopCode",
    "detail.stoppedReason",
    "detail.version",
    "resources",
];

#[test]
fn every_pattern_is_valid_and_as_short_as_asked() {
    let paths = RefCell::new(BTreeSet::new());
    let most = RefCell::new(0);
    let outcome = runner(300).run(&settings(), |settings| {
        let policy = policy(&settings);
        for pattern in patterns(&policy) {
            let rule = Rule::read(&pattern.text);
            let rule =
                rule.map_err(|why| TestCaseError::fail(format!("{why}: {}", pattern.text)))?;
            let compact: Value = serde_json::from_str(&pattern.text).unwrap();
            prop_assert!(rule.combinations() <= COMBINATIONS);
            prop_assert!(pattern.text.len() > DEFAULT_BYTES || product(&compact) <= COMBINATIONS);
            prop_assert_eq!(compact.to_string(), pattern.text);
            paths.borrow_mut().extend(rule.paths().into_iter().map(str::to_owned));
            let most = &mut *most.borrow_mut();
            *most = rule.combinations().max(*most);
        }
        for room in [DEFAULT_BYTES, MOST_BYTES, 1000, 500, 200, 100] {
            let pattern = pattern(&policy, room);
            let rule = Rule::read(&pattern.text).unwrap();
            let is_last_resort = rule.paths() == BTreeSet::from(["source"]);
            prop_assert!(pattern.text.len() <= room || is_last_resort, "{}", pattern.text);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|why| panic!("{why}"));
    let mut paths = paths.into_inner();
    assert!(paths.remove("source"));
    assert_eq!(paths, PATHS.map(str::to_owned).into());
    assert!(most.into_inner() > 10);
}

/// The product of the lengths of all `$or`: the number of combinations if nesting is not considered.
fn product(pattern: &Value) -> usize {
    match pattern {
        Value::Object(members) => {
            let of_member = |(name, value): (&String, &Value)| match value.as_array() {
                Some(alternatives) if name == "$or" => alternatives.len() * product(value),
                _ => product(value),
            };
            members.iter().map(of_member).product()
        }
        Value::Array(values) => values.iter().map(product).product(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}
