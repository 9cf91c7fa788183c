//! Lines in embedded metric format, read as CloudWatch reads them, by the letter of
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
#![expect(clippy::indexing_slicing, reason = "a line of another shape ends the test")]

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The units that CloudWatch knows: `StandardUnit` of botocore's model of CloudWatch.
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];
const METRICS: usize = 100;
const DIMENSIONS: usize = 30;
const VALUES: usize = 100;

/// The values of one metric with one set of dimensions.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Series {
    pub(super) unit: String,
    pub(super) values: Vec<f64>,
}

/// All metrics of the lines, by name and dimensions.
pub(super) type WrittenMetrics = BTreeMap<(String, BTreeMap<String, String>), Series>;

/// Reads lines as CloudWatch does.
pub(super) fn read(lines: &str, now_ms: i64) -> WrittenMetrics {
    let mut metrics = WrittenMetrics::new();
    for line in lines.lines() {
        let line: Map<String, Value> = serde_json::from_str(line).expect("one object on one line");
        let metadata = object(&line["_aws"]);
        let timestamp_ms = metadata["Timestamp"].as_i64().expect("a whole number");
        assert!((now_ms - timestamp_ms).abs() < 600_000, "milliseconds since 1970: {timestamp_ms}");
        let directives = metadata["CloudWatchMetrics"].as_array().expect("directives");
        assert!(!directives.is_empty(), "a line that holds nothing");
        for directive in directives {
            read_directive(&line, object(directive), &mut metrics);
        }
    }
    metrics
}

fn read_directive(
    line: &Map<String, Value>,
    directive: &Map<String, Value>,
    written: &mut WrittenMetrics,
) {
    assert_eq!(directive["Namespace"], "EcsEventForwarder");
    let sets = directive["Dimensions"].as_array().expect("sets of dimensions");
    let metrics = directive["Metrics"].as_array().expect("metrics");
    assert!((1..=METRICS).contains(&metrics.len()), "{} metrics", metrics.len());
    for set in sets {
        let set = set.as_array().expect("a set");
        assert!((1..=DIMENSIONS).contains(&set.len()), "{} dimensions", set.len());
        let value = |name: &Value| {
            let name = name.as_str().expect("a name of a dimension");
            let value = line[name].as_str().expect("a text for each dimension");
            let is_taken = (1..=1024).contains(&value.len())
                && value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
                && !value.starts_with(':');
            assert!(is_taken, "CloudWatch takes no dimension of {value:?}");
            (name.to_owned(), value.to_owned())
        };
        let dimensions: BTreeMap<_, _> = set.iter().map(value).collect();
        for metric in metrics {
            let name = metric["Name"].as_str().expect("a name");
            assert!((1..=1024).contains(&name.len()), "{name}");
            let unit = metric["Unit"].as_str().expect("a unit");
            assert!(UNITS.contains(&unit), "CloudWatch knows no {unit}");
            let value = &line[name];
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            assert!((1..=VALUES).contains(&values.len()), "{} values", values.len());
            let series = written.entry((name.to_owned(), dimensions.clone())).or_default();
            unit.clone_into(&mut series.unit);
            series.values.extend(values.iter().map(|value| value.as_f64().expect("a number")));
        }
    }
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}
