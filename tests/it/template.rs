//! What stands twice, in a file of its own and in the template, is the same; and what the template
//! watches is what the function writes.

use ecs_event_forwarder::metrics::name;
use serde_json::Value;
use std::collections::BTreeSet;

const TEMPLATE: &str = include_str!("../../template.yaml");
const DASHBOARD: &str = include_str!("../../dashboard/dashboard.json");

/// The lines of the block behind the first line that ends so, without what they are in by.
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
            saved.filter(|it| value(it, "Name") == Some(&format!("ecs-event-forwarder/{stem}")));
        let texts: Vec<_> = saved.map(|it| block(&it, "QueryString: |")).collect();
        assert_eq!(texts, [text.trim_end()], "{stem}: copy the file into the template");
        files.insert(stem);
    }
    assert_eq!(of_type("AWS::Logs::QueryDefinition").len(), files.len());
    assert!(!TEMPLATE.contains("LogGroupNames:"), "new clusters would be missing");
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
    // Metrics of ours are in the part that is there only if they are.
    assert!(!parts[0].contains(name::NAMESPACE) && parts[1].contains(name::NAMESPACE));
    assert!(!parts[2].contains(name::NAMESPACE) && parts[2].contains("${Sources}"));
}

/// A rename cannot leave a dead alarm or an empty widget.
#[test]
fn what_is_watched_is_what_the_function_writes() {
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
