//! The configuration: the texts that an operator reads if something is wrong, and the effect of settings.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that meets what it does not expect has failed"
)]

mod lists;
mod select;
mod invalid_values;

use ecs_event_forwarder::config::{Config, config, var};
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::filter::Select;
use ecs_event_forwarder::line::{Intent, Line};
use ecs_event_forwarder::policy::{LogClass, OnRejected};
use ecs_event_forwarder::route::GroupTemplate;
use ecs_event_forwarder::trim::Profile;

fn read(settings: &[(&str, &str)]) -> Result<Config, String> {
    let settings = settings.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    config(settings).map_err(|problems| problems.to_string())
}

/// The text that the operator reads: every problem, or the warnings.
fn check(settings: &[(&str, &str)]) -> String {
    match read(settings) {
        Ok(config) if config.warnings.is_empty() => "fine".to_owned(),
        Ok(config) => config.warnings.join("\n"),
        Err(problems) => problems,
    }
}

/// The end of an event under these settings.
fn end(settings: &[(&str, &str)], event: &str) -> String {
    let policy = read(settings).expect("valid settings").policy;
    let arrivals = decode(Payload::from(event.to_owned()));
    let plan = Line::new(policy.clone()).plan(arrivals, 0);
    match &plan.entries()[0].intent {
        Intent::Deliver => plan.batches()[0].destination().log_group.clone(),
        Intent::Drop(reason) => format!("dropped {}", reason.as_str()),
        Intent::Skip(_) => "duplicate".to_owned(),
        Intent::Fail(failure) => failure.error_type().to_owned(),
    }
}

// The defaults, and their meaning.

#[test]
fn unset_and_empty_variables_have_their_defaults() {
    let empty: Vec<_> = var::ALL.iter().map(|it| (it.name, " ")).collect();
    let spelled_out: Vec<_> = var::ALL.iter().map(|it| (it.name, it.default)).collect();
    for settings in [&[][..], &empty, &spelled_out] {
        let Config { policy, delivery, metrics, warnings } = read(settings).unwrap();
        assert_eq!(policy.sources().to_string(), "aws.ecs");
        assert_eq!(policy.filter().select(), Select::Everything);
        let [rule] = policy.filter().rules().collect::<Vec<_>>()[..] else { panic!("one rule") };
        assert_eq!(rule.clusters.to_string(), "*");
        assert_eq!(rule.event_types.to_string(), "INFO,WARN,ERROR");
        assert_eq!(rule.detail_types.to_string(), "ECS *");
        assert_eq!(rule.event_names.to_string(), "*");
        assert_eq!(rule.services.to_string(), "*");
        assert_eq!(rule.task_statuses.to_string(), "*");
        assert_eq!(policy.trim().profile(), Profile::Lean);
        assert!(policy.redacts() && policy.enriches());
        let name = "/aws/events/ecs/containerinsights/{cluster}/performance";
        assert_eq!(policy.routes().log_group, GroupTemplate::parse(name).unwrap());
        assert_eq!(delivery.new_log_group.retention().days(), 7);
        assert_eq!(delivery.new_log_group.log_class(), LogClass::Standard);
        assert_eq!(delivery.new_log_group.kms_key_arn(), None);
        assert!(delivery.new_log_group.tags().is_empty());
        assert_eq!(delivery.on_rejected, OnRejected::Restamp);
        assert!(!metrics.are_on() && !policy.keeps_notes());
        assert!(warnings.is_empty());
    }
}

#[test]
fn other_variables_of_the_environment_are_ignored() {
    let others =
        [("PATH", "/bin"), ("AWS_REGION", "eu-west-1"), ("forwarder_trim", "x"), ("FORWARDER", "")];
    assert_eq!(check(&others), "fine");
}

// Names, and everything at once.

#[test]
fn an_unknown_name_is_reported_with_the_nearest_known_one() {
    insta::assert_snapshot!(
        check(&[
            ("FORWARDER_CLUSTER", "prod"),
            ("FORWARDER_EVENTTYPES", "WARN"),
            ("FORWARDER_LOGGROUP", "/x"),
            ("FORWARDER_RETENTION", "7"),
            ("FORWARDER_TRIMM", "lean"),
            ("FORWARDER_", ""),
        ]),
        @r#"
    6 problems in the configuration
      FORWARDER_: unknown variable; did you mean FORWARDER_TAGS?
      FORWARDER_CLUSTER: unknown variable; did you mean FORWARDER_CLUSTERS?
      FORWARDER_EVENTTYPES: unknown variable; did you mean FORWARDER_EVENT_TYPES?
      FORWARDER_LOGGROUP: unknown variable; did you mean FORWARDER_LOG_GROUP?
      FORWARDER_RETENTION: unknown variable; did you mean FORWARDER_RETENTION_DAYS?
      FORWARDER_TRIMM: unknown variable; did you mean FORWARDER_TRIM?
    "#
    );
}

#[test]
fn all_problems_are_reported_at_once() {
    insta::assert_snapshot!(
        check(&[
            ("FORWARDER_TRIM", "small"),
            ("FORWARDER_CLUSTRES", "prod"),
            ("FORWARDER_RETENTION_DAYS", "10"),
            ("FORWARDER_LOG_GROUP", "{cluster}"),
            ("FORWARDER_EVENT_TYPES", "WARNING"),
            ("FORWARDER_TAGS", "x"),
            ("FORWARDER_DROP_FIELDS", "detail.taskArn"),
        ]),
        @r#"
    7 problems in the configuration
      FORWARDER_CLUSTRES: unknown variable; did you mean FORWARDER_CLUSTERS?
      FORWARDER_TRIM: "small" is unknown; use one of full, lean, minimal
      FORWARDER_EVENT_TYPES: "WARNING" can never match; use INFO, WARN, ERROR or *
      FORWARDER_DROP_FIELDS: detail.taskArn cannot be removed: it overlaps a field that ECS Task State Change events always keep
      FORWARDER_LOG_GROUP: it must begin with literal text, because the function's role may use only log groups with that prefix
      FORWARDER_RETENTION_DAYS: "10" is not a number of days that CloudWatch Logs offers; use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
      FORWARDER_TAGS: "x" has no value; write key=value
    "#
    );
}

#[test]
fn all_variables_together_must_fit_lambdas_limit() {
    let services = vec!["a-service-of-ours"; 240].join(",");
    insta::assert_snapshot!(check(&[("FORWARDER_SERVICES", &services)]), @r#"
    1 problem in the configuration
      FORWARDER_*: all variables together have 4337 bytes; Lambda allows 4096
    "#);
    assert_eq!(check(&[("FORWARDER_SERVICES", &services[..4000])]), "fine");
}
