//! A log group that keeps whole events, as the ECS console's own capture fills it.

use crate::cloudwatch::sign_in;
use crate::progress::Progress;
use aws_sdk_cloudwatchlogs::config::Builder;
use aws_sdk_cloudwatchlogs::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use ecs_event_forwarder::deliver::logs_client;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use tokio::runtime;

/// Its messages, a line each, a page at a time.
pub(super) struct LogGroup {
    /// From a thread of its own, which reads one page ahead.
    pages: Receiver<Result<Vec<FilteredLogEvent>, String>>,
    ready: Vec<u8>,
    given: usize,
    events: usize,
    bytes: usize,
    progress: Progress,
}

impl LogGroup {
    /// Begins to read, with the region, profile and endpoint that every AWS program finds.
    pub(super) fn open(name: &str, times_ms: Range<i64>, has_bar: bool) -> Self {
        let (sender, pages) = sync_channel(1);
        let name = name.to_owned();
        thread::spawn(move || {
            if let Err(cause) = read(&name, &times_ms, &sender) {
                // Whoever wanted it may be gone.
                let _ = sender.send(Err(cause));
            }
        });
        let progress = Progress::new(None, has_bar);
        Self { pages, ready: Vec::new(), given: 0, events: 0, bytes: 0, progress }
    }

    fn turn(&mut self, page: &[FilteredLogEvent]) {
        self.ready.clear();
        self.given = 0;
        for event in page {
            self.ready.extend_from_slice(event.message().unwrap_or_default().trim_end().as_bytes());
            self.ready.push(b'\n');
        }
        self.events += page.len();
        self.bytes += self.ready.len();
        self.progress.set(self.bytes, self.events);
    }
}

/// Pages may hold nothing; the last is the one without a token.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.
fn read(
    name: &str,
    times_ms: &Range<i64>,
    pages: &SyncSender<Result<Vec<FilteredLogEvent>, String>>,
) -> Result<(), String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let config = runtime.block_on(sign_in())?;
    let client = logs_client(Builder::from(&config));
    let mut token = None;
    loop {
        let request = client.filter_log_events().log_group_name(name).set_next_token(token);
        let request = request.start_time(times_ms.start).end_time(times_ms.end);
        let page = runtime.block_on(request.send()).map_err(|error| cause(name, &error))?;
        token = page.next_token;
        if pages.send(Ok(page.events.unwrap_or_default())).is_err() || token.is_none() {
            return Ok(());
        }
    }
}

fn cause<E>(name: &str, error: &E) -> String
where
    E: ProvideErrorMetadata + std::error::Error,
{
    match error.code() {
        Some("AccessDeniedException") => {
            format!(
                "your role must allow logs:FilterLogEvents on arn:*:logs:*:*:log-group:{name}:*"
            )
        }
        Some("ResourceNotFoundException") => "there is no such log group".to_owned(),
        Some(code) => format!("FilterLogEvents failed: {code}"),
        None => format!("FilterLogEvents failed: {}", DisplayErrorContext(error)),
    }
}

impl Read for LogGroup {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() {
            match self.pages.recv() {
                Ok(Ok(page)) => self.turn(&page),
                Ok(Err(cause)) => return Err(io::Error::other(cause)),
                // That was the last page.
                Err(_) => {
                    self.progress.end();
                    return Ok(0);
                }
            }
        }
        let read = self.ready.get(self.given..).unwrap_or_default().read(room)?;
        self.given += read;
        Ok(read)
    }
}
