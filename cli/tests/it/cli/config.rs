//! `ecs-events config`.

use super::Desk;

#[test]
fn the_default_policy() {
    insta::assert_snapshot!(Desk::empty().run("config"), @"
    VARIABLE                      VALUE                               FROM
    FORWARDER_SOURCES             aws.ecs                             default
    FORWARDER_SELECT              everything                          default
    FORWARDER_CLUSTERS            *                                   default
    FORWARDER_EVENT_TYPES         INFO,WARN,ERROR                     default
    FORWARDER_DETAIL_TYPES        ECS *                               default
    FORWARDER_EVENT_NAMES         *                                   default
    FORWARDER_SERVICES            *                                   default
    FORWARDER_TASK_STATUSES       *                                   default
    FORWARDER_RULES               -                                   default
    FORWARDER_SIDECARS            aws-guardduty-agent*,               default
                                  ecs-service-connect-*
    FORWARDER_TRIM                lean                                default
    FORWARDER_KEEP_FIELDS         -                                   default
    FORWARDER_DROP_FIELDS         -                                   default
    FORWARDER_REDACT              on                                  default
    FORWARDER_ENRICH              on                                  default
    FORWARDER_LOG_GROUP           /aws/events/ecs/containerinsights/  default
                                  {cluster}/performance
    FORWARDER_FALLBACK_LOG_GROUP  /aws/events/ecs/containerinsights/  default
                                  _unresolved/performance
    FORWARDER_RETENTION_DAYS      7                                   default
    FORWARDER_LOG_CLASS           STANDARD                            default
    FORWARDER_KMS_KEY_ARN         -                                   default
    FORWARDER_TAGS                -                                   default
    FORWARDER_ON_REJECTED         restamp                             default
    FORWARDER_METRICS             off                                 default
    FORWARDER_METRICS_BY_CLUSTER  off                                 default
    FORWARDER_ECS_METRICS         off                                 default

    FORWARDER_SELECT: everything keeps every event.
    --- exit 0 ---
    ");
}

#[test]
fn an_option_wins_over_its_variable_and_an_empty_value_is_none() {
    let desk = Desk::empty()
        .set("FORWARDER_TRIM", "minimal")
        .set("FORWARDER_CLUSTERS", "prod,!prod-test")
        .set("FORWARDER_SERVICES", "web")
        .set("FORWARDER_REDACT", "");
    let ran = desk.run_with(&["config", "--trim", "full", "--services", ""], "");
    let shown = |name: &str| ran.stdout.lines().find(|line| line.starts_with(name)).unwrap();
    let rows = ["FORWARDER_TRIM", "FORWARDER_CLUSTERS", "FORWARDER_SERVICES", "FORWARDER_REDACT"];
    insta::assert_snapshot!(rows.map(shown).join("\n"), @"
    FORWARDER_TRIM                full                                option
    FORWARDER_CLUSTERS            prod,!prod-test                     environment
    FORWARDER_SERVICES            *                                   default
    FORWARDER_REDACT              on                                  default
    ");
    assert_eq!(ran.code, Some(0));
}

#[test]
fn every_problem_is_reported_at_once_under_the_name_that_was_used() {
    let desk = Desk::empty()
        .set("FORWARDER_RETENTION_DAYS", "8")
        .set("FORWARDER_TRIMM", "lean")
        .set("FORWARDER_TRIM", "lean");
    insta::assert_snapshot!(desk.run("config --trim leen --clusters a,,b --event-types !"), @r#"
    --- stderr ---
    error: 5 problems in the configuration
      FORWARDER_TRIMM: unknown variable; did you mean FORWARDER_TRIM?
      --trim (FORWARDER_TRIM): "leen" is unknown; use one of full, lean, minimal
      --clusters (FORWARDER_CLUSTERS): "a,,b" has an empty item; separate items with single commas
      --event-types (FORWARDER_EVENT_TYPES): "!" excludes nothing; write !name
      FORWARDER_RETENTION_DAYS: "8" is not a number of days that CloudWatch Logs offers; use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
    --- exit 2 ---
    "#);
}

#[test]
fn the_selection_is_described_in_a_sentence() {
    let said = |select: &str| {
        let ran = Desk::empty().set("FORWARDER_SELECT", select).run("config");
        let said = ran.stdout.lines().find(|line| line.starts_with("FORWARDER_SELECT: "));
        said.unwrap_or_else(|| panic!("{ran}")).to_owned()
    };
    insta::assert_snapshot!(["everything", "lifecycle", "problems"].map(said).join("\n"), @"
    FORWARDER_SELECT: everything keeps every event.
    FORWARDER_SELECT: lifecycle drops these INFO events: tasks that are PENDING, ACTIVATING, DEACTIVATING, STOPPING, DEPROVISIONING; service actions called SERVICE_STEADY_STATE, TASKSET_STEADY_STATE, CAPACITY_PROVIDER_STEADY_STATE; container instances that are ACTIVE, except for their first 5 changes.
    FORWARDER_SELECT: problems drops INFO events.
    ");
}

#[test]
fn rules_replace_lists() {
    let ran = Desk::empty().run_with(&["config", "--rules", r#"[{"clusters":["prod"]}]"#], "");
    assert!(ran.stdout.ends_with("\nFORWARDER_RULES replaces the six lists above it.\n"));
    let beside = r#"[{"clusters":["prod"]}]"#;
    let desk = Desk::empty().set("FORWARDER_CLUSTERS", "prod");
    insta::assert_snapshot!(desk.run_with(&["config", "--rules", beside], ""), @"
    --- stderr ---
    error: 1 problem in the configuration
      --rules (FORWARDER_RULES): it cannot be combined with FORWARDER_CLUSTERS; unset one or the other
    --- exit 2 ---
    ");
}

#[test]
fn a_setting_with_an_unexpected_effect_brings_a_warning() {
    let ran = Desk::empty().run("config --log-class INFREQUENT_ACCESS");
    insta::assert_snapshot!(ran.stderr, @"warning: FORWARDER_LOG_CLASS: the ECS console, Container Insights and field discovery do not work on log groups of the class INFREQUENT_ACCESS");
    assert_eq!(ran.code, Some(0));
}

#[test]
fn an_unknown_option_is_bad_use() {
    insta::assert_snapshot!(Desk::empty().run("config --cluster prod"), @"
    --- stderr ---
    error: unexpected argument '--cluster' found

      tip: a similar argument exists: '--clusters'

    Usage: ecs-events config --clusters <VALUE>

    For more information, try '--help'.
    --- exit 2 ---
    ");
}

#[test]
fn a_variable_that_is_not_unicode_is_rejected() {
    use std::os::unix::ffi::OsStrExt;
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ecs-events"));
    let value = std::ffi::OsStr::from_bytes(b"prod\xff");
    let output = command.arg("config").env_clear().env("FORWARDER_CLUSTERS", value).output();
    assert_eq!(output.unwrap().status.code(), Some(2));
}
