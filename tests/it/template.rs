//! Texts that are both in the template and in a file of their own are the same, and the template watches
//! metrics that the function writes.

use ecs_event_forwarder::config::var;
use ecs_event_forwarder::metrics::name;
use serde_json::Value;
use std::collections::BTreeSet;

const TEMPLATE: &str = include_str!("../../template.yaml");
const DASHBOARD: &str = include_str!("../../dashboard/dashboard.json");

/// The lines of the block below the first line that ends with `end`, without their common indent.
fn block(text: &str, end: &str) -> String {
    let inset = |line: &str| line.len() - line.trim_start().len();
    let rest: Vec<&str> = text.lines().skip_while(|line| !line.ends_with(end)).skip(1).collect();
    let by = rest.first().map(|first| inset(first));
    let by = by.unwrap_or_else(|| panic!("nothing is behind {end:?}"));
    let lines = rest.into_iter().take_while(|line| line.is_empty() || inset(line) >= by);
    let lines: Vec<_> = lines.map(|line| line.get(by..).unwrap_or_default()).collect();
    lines.join("\n").trim_end().to_owned()
}

fn resource(name: &str) -> String {
    block(TEMPLATE, &format!("  {name}:"))
}

fn parameter(name: &str) -> String {
    let (_, parameters) = TEMPLATE.split_once("\nParameters:\n").expect("parameters");
    block(parameters, &format!("  {name}:"))
}

/// The logical names of all resources of a type.
fn of_type(kind: &str) -> Vec<&'static str> {
    let kind = format!("    Type: {kind}");
    let pairs = TEMPLATE.lines().zip(TEMPLATE.lines().skip(1));
    let named = pairs.filter(|(_, next)| *next == kind).map(|(name, _)| name);
    named.map(|name| name.trim().trim_end_matches(':')).collect()
}

fn value<'a>(resource: &'a str, key: &str) -> Option<&'a str> {
    let mut lines = resource.lines().map(|line| line.trim().trim_start_matches("- "));
    lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
}

#[test]
fn each_saved_query_is_its_file() {
    let mut files = BTreeSet::new();
    #[expect(clippy::disallowed_methods, reason = "the queries are files")]
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/queries")).unwrap() {
        let path = file.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let saved = of_type("AWS::Logs::QueryDefinition").into_iter().map(resource);
        let saved =
            saved.filter(|it| value(it, "Name") == Some(&format!("!Sub ${{Function}}/{stem}")));
        let texts: Vec<_> = saved.map(|it| block(&it, "QueryString: |")).collect();
        assert_eq!(texts, [text.trim_end()], "{stem}: copy the file into the template");
        files.insert(stem);
    }
    assert_eq!(of_type("AWS::Logs::QueryDefinition").len(), files.len());
    assert!(!TEMPLATE.contains("LogGroupNames:"), "a list of log groups would miss new clusters");
}

#[test]
fn the_dashboard_is_its_file() {
    let dashboard = resource("OperatorDashboard");
    let parts = [
        block(&dashboard, "Health: !Sub |"),
        block(&dashboard, "- !Sub |"),
        block(&dashboard, "- |"),
    ];
    let widgets: Value = serde_json::from_str(&format!("[{}]", parts.concat())).expect("JSON");
    let file: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    assert_eq!(&widgets, file.get("widgets").expect("widgets"), "copy the file into the template");
    assert_eq!(file.get("start").and_then(Value::as_str), Some("-P1D"));
    assert!(dashboard.contains(r#"'{"start":"-P1D","widgets":[${Health}${Savings}${Events}]}'"#));
    // The function's own metrics are in the part that depends on `Metrics`.
    assert!(!parts[0].contains(name::NAMESPACE) && parts[1].contains(name::NAMESPACE));
    assert!(!parts[2].contains(name::NAMESPACE) && parts[2].contains("${LogGroups}"));
}

/// Renaming a metric fails this test, instead of leaving an alarm or a widget without data.
#[test]
fn alarms_and_the_dashboard_watch_metrics_that_the_function_writes() {
    let known = |name: &str| name::ALL.iter().any(|it| it.name == name);
    let mut ours = Vec::new();
    for alarm in of_type("AWS::CloudWatch::Alarm") {
        let text = resource(alarm);
        let dimensions: Vec<_> = block(&text, "Dimensions:")
            .lines()
            .filter_map(|line| line.strip_prefix("- Name: ").map(str::to_owned))
            .collect();
        let metric = value(&text, "MetricName").expect(alarm).to_owned();
        if value(&text, "Namespace") == Some(name::NAMESPACE) {
            assert!(known(&metric), "{alarm} watches {metric}");
            ours.push((metric, dimensions.join(" ")));
        }
        assert!(text.contains("AlarmActions: !If [HasAlarmTopic, "), "{alarm}");
        assert!(text.contains("OKActions: !If [HasOkActions, "), "{alarm}");
        assert!(text.contains("AlarmDescription: "), "{alarm}");
    }
    let of =
        |metric: name::Metric, dimensions: &str| (metric.name.to_owned(), dimensions.to_owned());
    let stopped = format!("{} {}", name::FUNCTION_NAME, name::STOP_CATEGORY);
    assert_eq!(
        ours,
        [
            of(name::FAILED, name::FUNCTION_NAME),
            of(name::FAILED_DEPLOYMENTS, name::FUNCTION_NAME),
            of(name::STOPPED_TASKS, &stopped),
        ]
    );
    assert!(resource("OutOfMemoryAlarm").contains("Value: out_of_memory"));

    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    let mut shown = 0;
    for widget in dashboard.get("widgets").and_then(Value::as_array).expect("widgets") {
        let metrics = widget.pointer("/properties/metrics").and_then(Value::as_array);
        for metric in metrics.into_iter().flatten().filter_map(Value::as_array) {
            let words: Vec<_> = metric.iter().filter_map(Value::as_str).collect();
            if let [namespace, metric, dimension, _] = words[..]
                && namespace == name::NAMESPACE
            {
                assert!(known(metric) && dimension == name::FUNCTION_NAME, "{words:?}");
                shown += 1;
            }
        }
    }
    assert_eq!(shown, 7);
}

#[test]
fn names_that_are_global_to_an_account_carry_the_region() {
    let dashboard = resource("OperatorDashboard");
    assert_eq!(value(&dashboard, "DashboardName"), Some("!Sub ${Function}-${AWS::Region}"));
}

/// EventBridge does not retry a missing permission: it sends the event to the dead-letter queue at once.
#[test]
fn the_rule_comes_after_its_permission_and_the_policy_of_its_queue() {
    let rule = resource("Rule");
    assert_eq!(value(&rule, "DependsOn"), Some("[RulePermission, UndeliveredQueuePolicy]"));
    let arn = "!Sub arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${Function}";
    assert_eq!(value(&resource("RulePermission"), "SourceArn"), Some(arn));
    assert_eq!(value(&resource("UndeliveredQueuePolicy"), "aws:SourceArn"), Some(arn));
    // The ARN of the rule names the function, so both have the same name.
    let name = Some("!If [HasName, !Ref Name, !Ref AWS::StackName]");
    assert_eq!(value(&rule, "Name"), name);
    let function = resource("Function");
    assert_eq!(value(&function, "FunctionName"), name);
    assert_eq!(value(&function, "RuleName"), name);
    assert_eq!(value(&resource("FunctionLogGroup"), "FunctionName"), name);
}

/// A function's and a rule's name have 64 characters, a stack's 128.
#[test]
fn the_name_fits_function_and_rule() {
    assert_eq!(value(&parameter("Name"), "MaxLength"), Some("64"));
    let of_stack: Vec<_> =
        TEMPLATE.lines().filter(|line| line.contains("AWS::StackName")).map(str::trim).collect();
    let named = of_stack
        .iter()
        .filter(|line| line.ends_with("!If [HasName, !Ref Name, !Ref AWS::StackName]"));
    assert_eq!(named.count(), 4);
    let others: Vec<_> = of_stack.iter().filter(|line| !line.contains("HasName")).collect();
    assert_eq!(
        others,
        [
            &"Description: !Sub Role of the function in stack ${AWS::StackName}",
            &"PolicyName: !Ref AWS::StackName"
        ]
    );
}

#[test]
fn a_throttled_drain_parks_no_good_events() {
    for queue in ["UndeliveredQueue", "FailureQueue"] {
        assert_eq!(value(&resource(queue), "maxReceiveCount"), Some("5"), "{queue}");
    }
    for mapping in of_type("AWS::Lambda::EventSourceMapping") {
        assert_eq!(value(&resource(mapping), "MaximumConcurrency"), Some("2"), "{mapping}");
    }
}

#[test]
fn parked_events_survive_the_stack() {
    let parked = resource("ParkedQueue");
    assert_eq!(value(&parked, "DeletionPolicy"), Some("RetainExceptOnCreate"));
    assert_eq!(value(&parked, "UpdateReplacePolicy"), Some("Retain"));
}

/// Expiry counts from when a message was first queued, not from when it was parked.
#[test]
fn the_alarm_for_parked_events_counts_14_days_from_the_first_queue() {
    let alarm = resource("ParkedAlarm");
    assert!(alarm.contains("14 days after they were first queued"));
    assert!(!alarm.contains("kept for 14 days"));
}

/// CloudWatch limits the warm-up of an alarm to 2,880 minutes.
#[test]
fn the_silence_alarm_of_a_new_stack_waits_for_its_first_event() {
    let alarm = resource("SilenceAlarm");
    assert_eq!(value(&alarm, "WarmUpPeriodDurationInMinutes"), Some("2880"));
}

#[test]
fn events_that_the_dead_letter_queue_rejected_raise_an_alarm() {
    let alarm = resource("LostAlarm");
    assert_eq!(value(&alarm, "MetricName"), Some("InvocationsFailedToBeSentToDlq"));
    assert_eq!(value(&alarm, "Namespace"), Some("AWS/Events"));
    assert_eq!(value(&alarm, "Value"), Some("!Ref Rule"));
}

#[test]
fn an_alarm_exists_only_where_its_partition_has_the_metric() {
    assert_eq!(value(&resource("AsyncEventsDroppedAlarm"), "Condition"), Some("HasAlarmOnDrops"));
    let condition = value(TEMPLATE, "HasAlarmOnDrops");
    let expected = "!And [Condition: HasAlarms, !Not [!Equals [!Ref AWS::Partition, aws-cn]]]";
    assert_eq!(condition, Some(expected));
}

#[test]
fn incidents_resolve_only_if_configured_so() {
    assert_eq!(value(&parameter("OkActions"), "Default"), Some("\"off\""));
    let condition = "!And [Condition: HasAlarmTopic, !Equals [!Ref OkActions, \"on\"]]";
    assert_eq!(value(TEMPLATE, "HasOkActions"), Some(condition));
}

/// Without field discovery, queries on fields find nothing.
#[test]
fn infrequent_access_has_no_queries_and_no_indexes() {
    assert_eq!(value(TEMPLATE, "HasFieldDiscovery"), Some("!Equals [!Ref LogClass, STANDARD]"));
    for (condition, kind) in [
        ("HasSavedQueries", "AWS::Logs::QueryDefinition"),
        ("HasFieldIndexes", "AWS::Logs::AccountPolicy"),
    ] {
        let meaning = value(TEMPLATE, condition).expect(condition);
        assert!(meaning.starts_with("!And [Condition: HasFieldDiscovery, "), "{condition}");
        for name in of_type(kind) {
            assert_eq!(value(&resource(name), "Condition"), Some(condition), "{name}");
        }
    }
    let events = block(TEMPLATE, "  HasDashboardEvents: !And");
    assert!(events.starts_with("- Condition: HasFieldDiscovery\n"), "{events}");
}

#[test]
fn every_role_accepts_a_permissions_boundary() {
    for role in of_type("AWS::IAM::Role") {
        let boundary = block(&resource(role), "PermissionsBoundary: !If");
        let expected = "\
- HasPermissionsBoundary
- !If
  - PermissionsBoundaryIsArn
  - !Ref PermissionsBoundary
  - !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${PermissionsBoundary}
- !Ref AWS::NoValue";
        assert_eq!(boundary.trim_end(), expected, "{role}");
    }
}

/// A query of Logs Insights reads at most 50 log groups.
#[test]
fn the_dashboard_accepts_at_most_50_clusters() {
    let pattern = value(&parameter("DashboardClusters"), "AllowedPattern").expect("one").to_owned();
    assert!(pattern.contains("{0,49}"), "{pattern}");
}

/// Lambda limits the environment to 4 KB, names included.
#[test]
fn the_longest_rules_leave_room_for_the_other_variables() {
    let longest: usize =
        value(&parameter("Rules"), "MaxLength").expect("one").parse().expect("a number");
    let others: usize =
        var::ALL.iter().map(|variable| variable.name.len() + variable.default.len()).sum();
    // The tags always hold the rule's ARN. This one has the longest Region and name.
    let tag =
        "EventBridge-AssociatedRuleArn=arn:aws-us-gov:events:ap-southeast-1:111122223333:rule/"
            .len()
            + 64;
    assert!(longest + others + tag <= 4096, "{longest} + {others} + {tag}");
}

#[test]
fn sam_deploys_without_questions() {
    let settings = include_str!("../../samconfig.toml");
    let (_, build) = settings.split_once("[default.build.parameters]\n").expect("settings");
    assert!(build.starts_with("beta_features = true\n"), "{build}");
    assert!(
        !settings.contains("parameter_overrides"),
        "a deployment keeps the parameters of the stack"
    );
}

/// Only `=` and `in` use a field index. A field must not have the name of a unit, such as `ms`.
#[test]
fn a_query_for_a_task_uses_the_index_and_no_field_has_the_name_of_a_unit() {
    let by_arn = resource("TaskStoryArnQuery");
    assert!(by_arn.contains("filter detail.taskArn = 'TASK_ARN'\n"), "{by_arn}");
    for text in [TEMPLATE, DASHBOARD] {
        assert!(!text.contains(" as ms") && !text.contains(" as minute"));
    }
}
