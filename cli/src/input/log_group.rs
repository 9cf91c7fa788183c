//! A log group with events, such as one that the ECS console's event capture fills.

use super::pieces::Pieces;
use crate::sign_in::{in_words, sign_in};
use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use ecs_event_forwarder::deliver::logs_client;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use tokio::runtime;

/// Returns a reader of its messages, one on each line.
///
/// A thread reads one page ahead, with the region, profile and endpoint that other AWS programs use.
pub(super) fn log_group(
    name: &str,
    times_ms: Range<i64>,
    filter: Option<String>,
) -> impl Read + use<> {
    let (sender, pages) = sync_channel(1);
    let name = name.to_owned();
    thread::spawn(move || {
        if let Err(cause) = read(&name, &times_ms, filter.as_deref(), &sender) {
            // The command may have ended.
            let _ = sender.send(Err(cause));
        }
    });
    Pieces::new(move |piece| {
        while piece.is_empty() {
            let Ok(page) = pages.recv() else { break };
            let page = page.map_err(io::Error::other)?;
            for event in &page {
                piece.extend_from_slice(event.message().unwrap_or_default().trim_end().as_bytes());
                piece.push(b'\n');
            }
        }
        Ok(())
    })
}

/// Reads page after page. A page can be empty; only the last one has no token.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.
fn read(
    name: &str,
    times_ms: &Range<i64>,
    filter: Option<&str>,
    pages: &SyncSender<Result<Vec<FilteredLogEvent>, String>>,
) -> Result<(), String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let client = logs_client(runtime.block_on(sign_in())?.logs()?);
    let mut token = None;
    loop {
        let request = client.filter_log_events().log_group_name(name).set_next_token(token);
        let request = request.start_time(times_ms.start).end_time(times_ms.end);
        let request = request.set_filter_pattern(filter.map(str::to_owned));
        let page = runtime.block_on(request.send()).map_err(|error| cause(name, &error))?;
        token = page.next_token;
        if pages.send(Ok(page.events.unwrap_or_default())).is_err() || token.is_none() {
            return Ok(());
        }
    }
}

/// Explains why a log group could not be read.
pub(super) fn cause<E>(name: &str, error: &E) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error.code() {
        Some("AccessDeniedException") => {
            format!(
                "your credentials must allow logs:FilterLogEvents on arn:*:logs:*:*:log-group:{name}:*"
            )
        }
        Some("ResourceNotFoundException") => "there is no such log group".to_owned(),
        Some(code) => format!("FilterLogEvents failed: {code}"),
        None => format!("FilterLogEvents failed: {}", in_words(error)),
    }
}
