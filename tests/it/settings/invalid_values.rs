//! Each variable with an invalid value.

use super::{check, read};
use ecs_event_forwarder::route::GroupName;

#[test]
fn a_list_has_no_empty_items() {
    insta::assert_snapshot!(check(&[("FORWARDER_CLUSTERS", "prod,,staging")]), @r#"
    1 problem in the configuration
      FORWARDER_CLUSTERS: "prod,,staging" has an empty item; separate items with single commas
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_SOURCES", "aws.ecs,")]), @r#"
    1 problem in the configuration
      FORWARDER_SOURCES: "aws.ecs," has an empty item; separate items with single commas
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_EVENT_NAMES", ",")]), @r#"
    1 problem in the configuration
      FORWARDER_EVENT_NAMES: "," has an empty item; separate items with single commas
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_SERVICES", "!")]), @r#"
    1 problem in the configuration
      FORWARDER_SERVICES: "!" excludes nothing; write !name
    "#);
    assert_eq!(check(&[("FORWARDER_CLUSTERS", " prod , !prod-test ")]), "fine");
}

#[test]
fn a_pattern_that_can_never_match_is_a_problem() {
    insta::assert_snapshot!(check(&[("FORWARDER_CLUSTERS", "arn:aws:ecs:us-east-1:1:cluster/prod")]), @r#"
    1 problem in the configuration
      FORWARDER_CLUSTERS: "arn:aws:ecs:us-east-1:1:cluster/prod" can never match; use cluster names of letters, digits, _ and -, not ARNs; * stands for any text
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_SERVICES", "!prod/web")]), @r#"
    1 problem in the configuration
      FORWARDER_SERVICES: "!prod/web" can never match; use service names of letters, digits, _ and -, not ARNs; * stands for any text
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_EVENT_TYPES", "WARNING,error,Info,!FATAL")]), @r#"
    4 problems in the configuration
      FORWARDER_EVENT_TYPES: "WARNING" can never match; use INFO, WARN, ERROR or *
      FORWARDER_EVENT_TYPES: "error" can never match; use INFO, WARN, ERROR or *
      FORWARDER_EVENT_TYPES: "Info" can never match; use INFO, WARN, ERROR or *
      FORWARDER_EVENT_TYPES: "!FATAL" can never match; use INFO, WARN, ERROR or *
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_TASK_STATUSES", "Stopped")]), @r#"
    1 problem in the configuration
      FORWARDER_TASK_STATUSES: "Stopped" can never match; write task statuses in capitals, such as STOPPED
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_EVENT_NAMES", "SERVICE STEADY STATE")]), @r#"
    1 problem in the configuration
      FORWARDER_EVENT_NAMES: "SERVICE STEADY STATE" can never match; event names have only letters, digits and _, such as SERVICE_STEADY_STATE
    "#);
    assert_eq!(check(&[("FORWARDER_EVENT_TYPES", "*,!INFO")]), "fine");
    assert_eq!(check(&[("FORWARDER_EVENT_TYPES", "W*,!I*")]), "fine");
    assert_eq!(check(&[("FORWARDER_DETAIL_TYPES", "ECS Task *,!ECS Task State Change")]), "fine");
}

#[test]
fn an_unknown_choice_is_reported_with_the_known_ones() {
    insta::assert_snapshot!(check(&[("FORWARDER_TRIM", "Lean")]), @r#"
    1 problem in the configuration
      FORWARDER_TRIM: "Lean" is unknown; use one of full, lean, minimal
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_REDACT", "false")]), @r#"
    1 problem in the configuration
      FORWARDER_REDACT: "false" is unknown; use one of on, off
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_ENRICH", "yes")]), @r#"
    1 problem in the configuration
      FORWARDER_ENRICH: "yes" is unknown; use one of on, off
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_LOG_CLASS", "DELIVERY")]), @r#"
    1 problem in the configuration
      FORWARDER_LOG_CLASS: "DELIVERY" is unknown; use one of STANDARD, INFREQUENT_ACCESS
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_ON_REJECTED", "drop")]), @r#"
    1 problem in the configuration
      FORWARDER_ON_REJECTED: "drop" is unknown; use one of restamp, fail
    "#);
}

#[test]
fn a_retention_must_be_one_that_the_api_accepts() {
    insta::assert_snapshot!(check(&[("FORWARDER_RETENTION_DAYS", "8")]), @r#"
    1 problem in the configuration
      FORWARDER_RETENTION_DAYS: "8" is not a number of days that CloudWatch Logs offers; use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_RETENTION_DAYS", "a week")]), @r#"
    1 problem in the configuration
      FORWARDER_RETENTION_DAYS: "a week" is not a number of days that CloudWatch Logs offers; use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
    "#);
    for days in ["1", "7", "14", "365", "3653"] {
        assert_eq!(check(&[("FORWARDER_RETENTION_DAYS", days)]), "fine");
    }
}

#[test]
fn an_infrequent_access_class_is_a_warning() {
    insta::assert_snapshot!(check(&[("FORWARDER_LOG_CLASS", "INFREQUENT_ACCESS")]), @"FORWARDER_LOG_CLASS: the ECS console, Container Insights and field discovery do not work on log groups of the class INFREQUENT_ACCESS");
}

#[test]
fn a_log_group_begins_with_literal_text_and_has_known_placeholders() {
    insta::assert_snapshot!(check(&[("FORWARDER_LOG_GROUP", "{cluster}/events")]), @r#"
    1 problem in the configuration
      FORWARDER_LOG_GROUP: it must begin with literal text, because the function's role may use only log groups with that prefix
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_LOG_GROUP", "/ecs/{service}")]), @r#"
    1 problem in the configuration
      FORWARDER_LOG_GROUP: {service} is unknown; use {cluster}, {account} or {region}
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_LOG_GROUP", "/ecs/{cluster")]), @r#"
    1 problem in the configuration
      FORWARDER_LOG_GROUP: "/ecs/{cluster" has a brace that is not closed
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_LOG_GROUP", "/ecs/cluster}")]), @r#"
    1 problem in the configuration
      FORWARDER_LOG_GROUP: the name of a log group cannot contain '}'; use letters, digits and _ - / . #
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_LOG_GROUP", "/ecs events/{cluster}:1")]), @r#"
    2 problems in the configuration
      FORWARDER_LOG_GROUP: the name of a log group cannot contain ' '; use letters, digits and _ - / . #
      FORWARDER_LOG_GROUP: the name of a log group cannot contain ':'; use letters, digits and _ - / . #
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_LOG_GROUP", "aws/ecs/{cluster}")]), @r#"
    1 problem in the configuration
      FORWARDER_LOG_GROUP: the name of a log group cannot begin with aws/; did you mean /aws/?
    "#);
    let long = format!("/{}{{cluster}}{{account}}{{region}}", "x".repeat(213));
    insta::assert_snapshot!(check(&[("FORWARDER_LOG_GROUP", &long)]), @r#"
    1 problem in the configuration
      FORWARDER_LOG_GROUP: the name can reach 513 characters; CloudWatch Logs allows 512
    "#);
    assert_eq!(check(&[("FORWARDER_LOG_GROUP", &long[..212])]), "fine");
    assert_eq!(check(&[("FORWARDER_LOG_GROUP", "/ecs/{account}/{region}/{cluster}.#_-")]), "fine");
}

#[test]
fn a_fallback_log_group_is_one_name() {
    insta::assert_snapshot!(check(&[("FORWARDER_FALLBACK_LOG_GROUP", "/ecs/{cluster}")]), @r#"
    1 problem in the configuration
      FORWARDER_FALLBACK_LOG_GROUP: "/ecs/{cluster}" has a placeholder in braces; use one fixed name
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_FALLBACK_LOG_GROUP", "/ecs/über")]), @r#"
    1 problem in the configuration
      FORWARDER_FALLBACK_LOG_GROUP: the name of a log group cannot contain 'ü'; use letters, digits and _ - / . #
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_FALLBACK_LOG_GROUP", &"x".repeat(513))]), @r#"
    1 problem in the configuration
      FORWARDER_FALLBACK_LOG_GROUP: the name can reach 513 characters; CloudWatch Logs allows 512
    "#);
    assert_eq!(check(&[("FORWARDER_FALLBACK_LOG_GROUP", &"x".repeat(512))]), "fine");
    // An empty variable is an unset one, so only other callers can give an empty name.
    assert_eq!(
        GroupName::parse(""),
        Err(vec!["the name of a log group cannot be empty".to_owned()])
    );
}

#[test]
fn a_kms_key_is_given_by_its_arn() {
    insta::assert_snapshot!(check(&[("FORWARDER_KMS_KEY_ARN", "alias/logs")]), @r#"
    1 problem in the configuration
      FORWARDER_KMS_KEY_ARN: "alias/logs" is not the ARN of a KMS key, such as arn:aws:kms:eu-west-1:123456789012:key/ID
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_KMS_KEY_ARN", "arn:aws:kms:eu-west-1:123456789012:alias/logs")]), @r#"
    1 problem in the configuration
      FORWARDER_KMS_KEY_ARN: "arn:aws:kms:eu-west-1:123456789012:alias/logs" is not the ARN of a KMS key, such as arn:aws:kms:eu-west-1:123456789012:key/ID
    "#);
    assert_eq!(
        check(&[("FORWARDER_KMS_KEY_ARN", "arn:aws-cn:kms:cn-north-1:123456789012:key/1-2")]),
        "fine"
    );
}

#[test]
fn a_tag_must_be_one_that_cloudwatch_logs_accepts() {
    insta::assert_snapshot!(check(&[("FORWARDER_TAGS", "team")]), @r#"
    1 problem in the configuration
      FORWARDER_TAGS: "team" has no value; write key=value
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_TAGS", "=x,aws:team=x,a=b;c,team=1,team=2")]), @r#"
    4 problems in the configuration
      FORWARDER_TAGS: the tag "" has a key that is empty or longer than 128 characters
      FORWARDER_TAGS: the tag "aws:team" begins with aws:, which AWS reserves for itself
      FORWARDER_TAGS: the tag "a" may hold only letters, digits, spaces and _ . : / = + - @
      FORWARDER_TAGS: the tag "team" appears twice
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_TAGS", "ClusterName=prod,")]), @r#"
    2 problems in the configuration
      FORWARDER_TAGS: "ClusterName=prod," has an empty item; separate items with single commas
      FORWARDER_TAGS: the tag "ClusterName" comes from the forwarder itself; remove it
    "#);
    let [key, value] = [format!("{}=x", "k".repeat(129)), format!("k={}", "v".repeat(257))];
    insta::assert_snapshot!(check(&[("FORWARDER_TAGS", &key)]).replace(&"k".repeat(129), "k…"), @r#"
    1 problem in the configuration
      FORWARDER_TAGS: the tag "k…" has a key that is empty or longer than 128 characters
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_TAGS", &value)]), @r#"
    1 problem in the configuration
      FORWARDER_TAGS: the tag "k" has a value longer than 256 characters
    "#);
    let many: Vec<_> = (0..50).map(|at| format!("k{at}=v")).collect();
    insta::assert_snapshot!(check(&[("FORWARDER_TAGS", &many.join(","))]), @r#"
    1 problem in the configuration
      FORWARDER_TAGS: 50 tags are too many; CloudWatch Logs allows 49 in addition to ClusterName
    "#);
    assert_eq!(check(&[("FORWARDER_TAGS", &many[..49].join(","))]), "fine");
    let tags = read(&[("FORWARDER_TAGS", "team=a b, cost center = x=1 ,empty=")]).unwrap();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let expected = [pair("team", "a b"), pair("cost center ", " x=1"), pair("empty", "")];
    assert_eq!(tags.delivery.new_log_group.tags(), expected);
}

#[test]
fn a_path_names_a_field_of_detail() {
    insta::assert_snapshot!(check(&[("FORWARDER_KEEP_FIELDS", "tags,detail,account,Detail.tags")]), @r#"
    4 problems in the configuration
      FORWARDER_KEEP_FIELDS: tags: the path must begin with detail., such as detail.tags
      FORWARDER_KEEP_FIELDS: detail: the path must begin with detail., such as detail.tags
      FORWARDER_KEEP_FIELDS: account: the path must begin with detail., such as detail.tags
      FORWARDER_KEEP_FIELDS: Detail.tags: the path must begin with detail., such as detail.tags
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_KEEP_FIELDS", "detail..tags,detail.,.detail.tags,detail.tags,,")]), @r#"
    4 problems in the configuration
      FORWARDER_KEEP_FIELDS: "detail..tags,detail.,.detail.tags,detail.tags,," has an empty item; separate items with single commas
      FORWARDER_KEEP_FIELDS: detail..tags: a name before or after a dot is missing
      FORWARDER_KEEP_FIELDS: detail.: a name before or after a dot is missing
      FORWARDER_KEEP_FIELDS: .detail.tags: a name before or after a dot is missing
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_DROP_FIELDS", "detail.tags[],detail.tags[0].key,detail.[]tags")]), @r#"
    3 problems in the configuration
      FORWARDER_DROP_FIELDS: detail.tags[]: array elements always stay; name a field of theirs, such as detail.tags[].key
      FORWARDER_DROP_FIELDS: detail.tags[0].key: write [] after the name of an array; it means each element
      FORWARDER_DROP_FIELDS: detail.[]tags: write [] after the name of an array; it means each element
    "#);
    let deep = format!("detail{}", ".a".repeat(16));
    insta::assert_snapshot!(check(&[("FORWARDER_KEEP_FIELDS", &deep)]), @r#"
    1 problem in the configuration
      FORWARDER_KEEP_FIELDS: detail.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a: the path has more than 16 steps
    "#);
    assert_eq!(check(&[("FORWARDER_KEEP_FIELDS", &deep[..deep.len() - 2])]), "fine");
    assert_eq!(
        check(&[("FORWARDER_KEEP_FIELDS", "detail.overrides.containerOverrides[].command")]),
        "fine"
    );
}

#[test]
fn the_contract_cannot_be_dropped() {
    insta::assert_snapshot!(check(&[("FORWARDER_DROP_FIELDS", "detail.stoppedReason,detail.containers")]), @r#"
    2 problems in the configuration
      FORWARDER_DROP_FIELDS: detail.stoppedReason cannot be removed: it overlaps a field that ECS Task State Change events always keep
      FORWARDER_DROP_FIELDS: detail.containers cannot be removed: it overlaps a field that ECS Task State Change events always keep
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_DROP_FIELDS", "detail.version")]), @r#"
    2 problems in the configuration
      FORWARDER_DROP_FIELDS: detail.version cannot be removed: it overlaps a field that ECS Task State Change events always keep
      FORWARDER_DROP_FIELDS: detail.version cannot be removed: it overlaps a field that ECS Container Instance State Change events always keep
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_DROP_FIELDS", "detail.containers[].reason.x")]), @r#"
    1 problem in the configuration
      FORWARDER_DROP_FIELDS: detail.containers[].reason.x cannot be removed: it overlaps a field that ECS Task State Change events always keep
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_DROP_FIELDS", "detail.tags"), ("FORWARDER_KEEP_FIELDS", "detail.tags")]), @r#"
    1 problem in the configuration
      FORWARDER_DROP_FIELDS: detail.tags cannot be both kept and dropped
    "#);
    assert_eq!(check(&[("FORWARDER_DROP_FIELDS", "detail.containers[].image")]), "fine");
}

#[test]
fn metrics_by_cluster_without_metrics_are_a_warning() {
    let alone = [("FORWARDER_METRICS_BY_CLUSTER", "on")];
    let [warning] = &super::read(&alone).unwrap().warnings[..] else { panic!("one warning") };
    insta::assert_snapshot!(warning, @"FORWARDER_METRICS_BY_CLUSTER: it has no effect while FORWARDER_METRICS is off");
    let together = [alone[0], ("FORWARDER_METRICS", "core")];
    assert!(super::read(&together).unwrap().warnings.is_empty());
    insta::assert_snapshot!(
        super::check(&[("FORWARDER_METRICS", "on"), ("FORWARDER_ECS_METRICS", "core")]),
        @r#"
    2 problems in the configuration
      FORWARDER_METRICS: "on" is unknown; use one of off, core, detailed
      FORWARDER_ECS_METRICS: "core" is unknown; use one of on, off
    "#
    );
}
