//! `--policy`, `config --toml` and `config --sam`.

use super::{Desk, THREE};
use ecs_event_forwarder::config::var;

const POLICY: &str = r#"
clusters = ["prod-*", "!prod-test"]
event_types = "WARN,ERROR"
redact = true
retention_days = 30
[tags]
team = "platform"
"#;

#[test]
fn a_policy_file_replaces_the_environment_and_options_override_it() {
    let desk = Desk::empty().set("FORWARDER_TRIM", "minimal").set("FORWARDER_SERVICES", "web");
    desk.put("policy.toml", POLICY);
    let ran = desk.run("config --policy policy.toml --retention-days 90");
    let is_told = |line: &&str| !line.ends_with("default");
    insta::assert_snapshot!(ran.stdout.lines().filter(is_told).collect::<Vec<_>>().join("\n"), @"
    VARIABLE                      VALUE                               FROM
    FORWARDER_CLUSTERS            prod-*,!prod-test                   file
    FORWARDER_EVENT_TYPES         WARN,ERROR                          file
                                  ecs-service-connect-*
    FORWARDER_REDACT              on                                  file
                                  {cluster}/performance
                                  _unresolved/performance
    FORWARDER_RETENTION_DAYS      90                                  option
    FORWARDER_TAGS                team=platform                       file

    FORWARDER_SELECT: everything keeps every event.
    ");
    assert_eq!(ran.code, Some(0), "{ran}");
}

/// A desk whose environment has a policy that is not the default.
fn with_a_policy() -> Desk {
    let settings: [(&str, &str); 9] = [
        ("FORWARDER_SOURCES", "aws.ecs,my.ecs"),
        (
            "FORWARDER_RULES",
            r#"[{"clusters":["prod"],"eventTypes":["!INFO"]},{"services":["web"]}]"#,
        ),
        ("FORWARDER_TRIM", "minimal"),
        ("FORWARDER_KEEP_FIELDS", "detail.tags,detail.overrides"),
        ("FORWARDER_REDACT", "off"),
        ("FORWARDER_LOG_GROUP", "/ecs/{account}/{cluster}"),
        ("FORWARDER_RETENTION_DAYS", "30"),
        ("FORWARDER_TAGS", "team=platform,cost centre=42"),
        ("FORWARDER_ON_REJECTED", "fail"),
    ];
    settings.iter().fold(Desk::empty(), |desk, (name, value)| desk.set(name, value))
}

#[test]
fn a_policy_that_is_printed_and_read_again_is_the_same() {
    let desk = with_a_policy();
    let printed = desk.run("config --toml");
    assert_eq!(printed.code, Some(0), "{printed}");
    let other = Desk::empty();
    other.put("policy.toml", &printed.stdout);
    let shown = other.run("config --policy policy.toml");
    assert_eq!(shown.stdout.replace("  file", "  environment"), desk.run("config").stdout);
    assert_eq!(other.run("config --toml --policy policy.toml").stdout, printed.stdout);
}

#[test]
fn a_printed_policy_explains_each_variable_and_comments_out_defaults() {
    let printed = with_a_policy().run("config --toml");
    insta::assert_snapshot!(printed.stdout, @r#"
    # accepted event sources
    sources = ["aws.ecs", "my.ecs"]
    # which of the events that the lists or rules keep are stored: everything, lifecycle or problems
    # select = "everything"
    # cluster names
    # clusters = ["*"]
    # event types, native or derived
    # event_types = ["INFO", "WARN", "ERROR"]
    # EventBridge detail-types
    # detail_types = ["ECS *"]
    # eventName of the kinds that carry one
    # event_names = ["*"]
    # service names
    # services = ["*"]
    # lastStatus of tasks
    # task_statuses = ["*"]
    # JSON array of rules that replaces the six lists above
    rules = [{ clusters = ["prod"], eventTypes = ["!INFO"] }, { services = ["web"] }]
    # names of containers that never make a task a problem, unless it has no other container
    # sidecars = ["aws-guardduty-agent*", "ecs-service-connect-*"]
    # how much of each event to keep: full, lean or minimal
    trim = "minimal"
    # fields to keep although the profile removes them
    keep_fields = ["detail.tags", "detail.overrides"]
    # fields to remove although the profile keeps them
    # drop_fields = []
    # replace environment values, strings named like a secret, and the user, password and signed query of a URL
    redact = "off"
    # add the forwarder object
    # enrich = "on"
    # log group name, with {cluster}, {account} and {region}
    log_group = "/ecs/{account}/{cluster}"
    # log group for events whose cluster is unknown
    # fallback_log_group = "/aws/events/ecs/containerinsights/_unresolved/performance"
    # retention in days of log groups that the forwarder creates
    retention_days = 30
    # class of log groups that the forwarder creates
    # log_class = "STANDARD"
    # KMS key of log groups that the forwarder creates
    # kms_key_arn = ""
    # tags of log groups that the forwarder creates, as key=value,key=value
    tags = "team=platform,cost centre=42"
    # what to do with log events that CloudWatch Logs rejects as too old or too new: restamp or fail
    on_rejected = "fail"
    # CloudWatch metrics of the forwarder: off, core or detailed
    # metrics = "off"
    # write the forwarder's metrics for each cluster as well
    # metrics_by_cluster = "off"
    # CloudWatch metrics about ECS itself: stopped tasks, failed deployments, placement failures
    # ecs_metrics = "off"
    "#);
}

#[test]
fn the_default_policy_is_comments_alone() {
    let printed = Desk::empty().run("config --toml").stdout;
    assert!(printed.lines().all(|line| line.starts_with("# ")), "{printed}");
    let settings = printed.lines().filter_map(|line| line.strip_prefix("# "));
    let settings: Vec<_> = settings.filter(|line| line.contains(" = ")).collect();
    let uncommented = settings.join("\n") + "\n";
    assert_eq!(uncommented.lines().count(), var::ALL.len());
    let desk = Desk::empty();
    // Rules stand instead of lists, so that not all can be there at once.
    desk.put("policy.toml", uncommented.replace("rules = \"\"\n", ""));
    let ran = desk.run("config --policy policy.toml --toml");
    assert_eq!((ran.code, ran.stdout), (Some(0), printed));
}

#[test]
fn every_subcommand_with_a_policy_takes_a_file() {
    let desk = Desk::with(&THREE);
    desk.put("policy.toml", "clusters = [\"staging\"]");
    for words in ["preview events", "forward events", "pattern", "config"] {
        let ran = desk.run(&format!("{words} --policy policy.toml"));
        assert_eq!(ran.code, Some(0), "{ran}");
        assert!(ran.stdout.contains("staging") || ran.stdout.contains("cluster 2"), "{ran}");
    }
}

#[test]
fn a_mistake_in_a_policy_file_is_bad_use() {
    let said = |policy: &str| {
        let desk = Desk::empty();
        desk.put("policy.toml", policy);
        let ran = desk.run("config --policy policy.toml");
        assert_eq!(ran.code, Some(2), "{ran}");
        ran.stderr.lines().take(4).collect::<Vec<_>>().join("\n") + "\n"
    };
    let policies = [
        "event_type = \"ERROR\"\nclusters = [1]\ntrim = \"leen\"",
        "clusters = [\"a,b\"]",
        "trim = \"leen\"",
        "retention_days = 7.5",
        "trim lean",
    ];
    insta::assert_snapshot!(policies.map(said).join("\n"), @r#"
    error: 3 problems in the configuration
      clusters in the policy file: each item must be a text
      event_type in the policy file: unknown key; did you mean event_types?
      trim in the policy file (FORWARDER_TRIM): "leen" is unknown; use one of full, lean, minimal

    error: 1 problem in the configuration
      clusters in the policy file: "a,b" has a comma; write two items

    error: 1 problem in the configuration
      trim in the policy file (FORWARDER_TRIM): "leen" is unknown; use one of full, lean, minimal

    error: 1 problem in the configuration
      retention_days in the policy file: must be a text, a whole number, true, false or an array of texts

    error: invalid value 'policy.toml' for '--policy <FILE>': it is not TOML: TOML parse error at line 1, column 6
      |
    1 | trim lean
      |      ^
    "#);
    let missing = Desk::empty().run("config --policy missing.toml");
    insta::assert_snapshot!(missing, @"
    --- stderr ---
    error: invalid value 'missing.toml' for '--policy <FILE>': cannot be read: No such file or directory (os error 2)

    For more information, try '--help'.
    --- exit 2 ---
    ");
}

#[test]
fn parameters_of_the_template_are_quoted_for_sam_and_for_a_shell() {
    let desk = Desk::empty()
        .set("FORWARDER_EVENT_TYPES", "WARN,ERROR")
        .set("FORWARDER_CLUSTERS", "prod-*,!prod-test")
        .set("FORWARDER_DETAIL_TYPES", "ECS Task*,!ECS Hook's");
    insta::assert_snapshot!(desk.run("config --sam"), @r#"
    sam deploy --parameter-overrides \
      Sources=aws.ecs \
      Select=everything \
      'Clusters=prod-*,!prod-test' \
      EventTypes=WARN,ERROR \
      'DetailTypes="ECS Task*,!ECS Hook'\''s"' \
      'EventNames=*' \
      'Services=*' \
      'TaskStatuses=*' \
      'Rules=""' \
      'Sidecars=aws-guardduty-agent*,ecs-service-connect-*' \
      Trim=lean \
      'KeepFields=""' \
      'DropFields=""' \
      Redact=on \
      Enrich=on \
      'LogGroup=/aws/events/ecs/containerinsights/{cluster}/performance' \
      FallbackLogGroup=/aws/events/ecs/containerinsights/_unresolved/performance \
      RetentionDays=7 \
      LogClass=STANDARD \
      'KmsKeyArn=""' \
      'Tags=""' \
      OnRejected=restamp \
      Metrics=off \
      MetricsByCluster=off \
      EcsMetrics=off \
      'EventPattern=""'
    --- exit 0 ---
    "#);
    let rules = r#"[{"clusters":["prod"]}]"#;
    let ran = Desk::empty().run_with(&["config", "--sam", "--rules", rules], "");
    let line = r#"  'Rules="[{\"clusters\":[\"prod\"]}]"' \"#;
    assert!(ran.stdout.lines().any(|it| it == line), "{ran}");
}

#[test]
fn every_parameter_that_is_printed_is_one_of_the_template() {
    let template = include_str!("../../../../template.yaml");
    for variable in var::ALL {
        let value = match *variable {
            var::RULES => "[{}]",
            var::RETENTION_DAYS => "30",
            var::LOG_CLASS => "INFREQUENT_ACCESS",
            var::KMS_KEY_ARN => "arn:aws:kms:us-east-1:123456789012:key/a",
            var::TRIM => "full",
            var::METRICS => "core",
            var::METRICS_BY_CLUSTER | var::ECS_METRICS => "on",
            var::SELECT => "problems",
            var::REDACT | var::ENRICH => "off",
            var::EVENT_TYPES => "ERROR",
            var::TASK_STATUSES => "STOPPED",
            var::ON_REJECTED => "fail",
            var::TAGS => "a=b",
            var::KEEP_FIELDS | var::DROP_FIELDS => "detail.tags",
            var::LOG_GROUP => "/ecs/{cluster}",
            _ => "other",
        };
        let printed = Desk::empty().set(variable.name, value).run("config --sam").stdout;
        assert!(printed.lines().count() > var::ALL.len(), "{}: {printed}", variable.name);
        for line in printed.lines().skip(1) {
            let name = line.trim().split(['=', '\'']).find(|it| !it.is_empty()).unwrap();
            assert!(template.contains(&format!("\n  {name}:\n    Type: ")), "{name}");
        }
    }
}

#[test]
fn an_event_pattern_is_printed_where_the_template_has_none_that_fits_and_reset_where_it_has() {
    let pattern = |words: &[&str]| {
        let ran = Desk::empty().run_with(&[&["config", "--sam"], words].concat(), "");
        assert_eq!(ran.code, Some(0), "{ran}");
        let line = ran.stdout.lines().find(|line| line.contains("EventPattern")).unwrap();
        line.trim().trim_end_matches('\\').trim_end().to_owned()
    };
    let empty = "'EventPattern=\"\"'";
    assert_eq!(pattern(&[]), empty);
    assert_eq!(pattern(&["--clusters", "prod,test", "--event-types", "ERROR"]), empty);
    assert_eq!(pattern(&["--select", "problems"]), empty);
    for words in [
        ["--services", "web"],
        ["--event-names", "!SERVICE_STEADY_STATE"],
        ["--task-statuses", "STOPPED"],
        ["--select", "lifecycle"],
        ["--rules", r#"[{"services":["web"]}]"#],
    ] {
        assert!(pattern(&words).starts_with(r#"'EventPattern="{\""#), "{words:?}");
    }
    let many: Vec<_> = (0..41).map(|number| format!("c{number}")).collect();
    assert!(pattern(&["--clusters", &many.join(",")]).contains("source"));
}
