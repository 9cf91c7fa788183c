//! The log events that CloudWatch Logs rejected for their time, although it accepted the request.

use crate::log::LogEvent;
use aws_sdk_cloudwatchlogs::types::RejectedLogEventsInfo;

/// Returns the rejected parts of a request's events, each with the reason.
///
/// The rejected events are the first and the last ones: end indexes are exclusive, start indexes
/// inclusive.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_RejectedLogEventsInfo.html>.
pub(super) fn rejected<'a>(
    events: &'a [LogEvent],
    info: &RejectedLogEventsInfo,
) -> Vec<(&'a [LogEvent], &'static str)> {
    let index = |index: Option<i32>| index.and_then(|index| usize::try_from(index).ok());
    let too_old = index(info.too_old_log_event_end_index).unwrap_or(0);
    let expired = index(info.expired_log_event_end_index).unwrap_or(0);
    let too_new = index(info.too_new_log_event_start_index).unwrap_or(events.len());
    let first_stored = too_old.max(expired).min(events.len());
    let (head, rest) = events.split_at(first_stored);
    let (_, tail) = rest.split_at(too_new.max(first_stored).min(events.len()) - first_stored);
    let parts = [
        (head, "it is too old, or older than the log group's retention"),
        (tail, "its time is more than two hours in the future"),
    ];
    parts.into_iter().filter(|(events, _)| !events.is_empty()).collect()
}
