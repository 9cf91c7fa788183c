//! AWS's numbers and names, copied from its pages and not from the code.

use ecs_event_forwarder::event::{EventKind, EventType};
use ecs_event_forwarder::log::limit;
use std::collections::BTreeSet;

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>:
/// "The maximum batch size is 1,048,576 bytes. This size is calculated as the sum of all event
/// messages in UTF-8, plus 26 bytes for each log event." "The maximum number of log events in a
/// batch is 10,000." "A batch of log events in a single request cannot span more than 24 hours."
#[test]
fn put_log_events() {
    assert_eq!(limit::REQUEST_BYTES, 1_048_576);
    assert_eq!(limit::OVERHEAD_BYTES, 26);
    assert_eq!(limit::REQUEST_EVENTS, 10_000);
    assert_eq!(limit::REQUEST_SPAN_MS, 86_400_000);
    // Even alone in a request, a message has its overhead.
    assert_eq!(limit::MESSAGE_BYTES, 1_048_550);
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>:
/// "Log group names can be between 1 and 512 characters long." Tags: "Maximum number of 50 items."
#[test]
fn create_log_group() {
    assert_eq!(limit::NAME_BYTES, 512);
    assert_eq!(limit::TAGS, 50);
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>:
/// "Possible values are: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096,
/// 1827, 2192, 2557, 2922, 3288, and 3653."
#[test]
fn put_retention_policy() {
    let days = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, \
                2557, 2922, 3288, 3653";
    let days: Vec<i32> = days.split(", ").map(|days| days.parse().unwrap()).collect();
    assert_eq!(limit::RETENTION_DAYS.as_slice(), days);
    assert_eq!(days.len(), 22);
}

/// A choice of this project: a stub has room for identity and reasons, and fits any request.
#[test]
fn a_stub() {
    assert_eq!(limit::STUB_BYTES, 65_536);
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html>
#[test]
fn detail_types() {
    let known = EventKind::KNOWN.map(|kind| kind.detail_type().to_owned());
    let expected = [
        "ECS Task State Change",
        "ECS Container Instance State Change",
        "ECS Container Instance Health Change",
        "ECS Service Action",
        "ECS Deployment State Change",
        "ECS Hook State Change",
        "ECS Daemon Service Action",
        "ECS Daemon Deployment State Change",
        "AWS API Call via CloudTrail",
        "AWS Service Event via CloudTrail",
    ];
    assert_eq!(known, expected);
    for kind in expected {
        assert_eq!(EventKind::from_detail_type(kind.into()).known_detail_type(), Some(kind));
    }
    assert_eq!(EventKind::from_detail_type("ECS New Kind".into()).known_detail_type(), None);
}

/// `[^:*]*`, up to 512 characters:
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html>.
#[test]
fn log_streams() {
    let other = EventKind::from_detail_type("ECS New Kind".into());
    let kinds: Vec<_> = EventKind::KNOWN.into_iter().chain([other]).collect();
    let streams: BTreeSet<_> = kinds.iter().map(EventKind::log_stream).collect();
    // The two kinds of CloudTrail share one stream.
    assert_eq!(streams.len(), kinds.len() - 1);
    assert!(streams.iter().all(|it| !it.is_empty() && !it.contains([':', '*'])));
    for expected in ["task", "container-instance", "service-action", "deployment"] {
        assert!(streams.contains(expected), "{expected}");
    }
}

#[test]
fn event_types() {
    let texts = [EventType::Info, EventType::Warn, EventType::Error].map(EventType::as_str);
    assert_eq!(texts, ["INFO", "WARN", "ERROR"]);
}
