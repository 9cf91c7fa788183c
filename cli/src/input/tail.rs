//! Log groups that are read repeatedly, for new events.

use super::found::Found;
use super::log_group::cause;
use super::payload::arrivals;
use super::source::Source;
use crate::clock;
use crate::progress::Progress;
use crate::sign_in::sign_in;
use crate::table::visible;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use ecs_event_forwarder::deliver::logs_client;
use ecs_event_forwarder::event::Arrival;
use std::collections::HashMap;

/// Each read begins this long before the latest event: EventBridge and Lambda deliver late after
/// retries, and an event has the time at which it happened.
const OVERLAP_MS: i64 = 10 * 60 * 1000;

/// The maximum time by which an event may be ahead of this machine's clock.
const AHEAD_MS: i64 = 24 * 60 * 60 * 1000;

/// The number of consecutive reads that may fail; throttled ones do not count.
const FAILURES: usize = 3;

/// Log groups that are followed.
pub(crate) struct Tail {
    client: Client,
    groups: Vec<Group>,
    filter: Option<String>,
    has_read: bool,
}

struct Group {
    name: String,
    /// Where the next read begins.
    from_ms: i64,
    latest_ms: i64,
    /// The ids and times of known events in the time that is read again.
    seen: HashMap<String, i64>,
    is_missing: bool,
    failures: usize,
}

/// The result of a read.
#[derive(Default)]
pub(crate) struct News {
    pub(crate) arrivals: Vec<Arrival>,
    /// Problems that may pass.
    pub(crate) notes: Vec<String>,
    /// The reason why it makes no sense to continue.
    pub(crate) lost: Option<String>,
}

/// The reason why a read failed.
enum Failure {
    /// The group does not exist, or does not exist yet.
    Missing,
    Throttled,
    Expired,
    /// It may succeed next time.
    Passing(String),
    Lasting(String),
}

impl Tail {
    /// Signs in.
    ///
    /// # Errors
    ///
    /// There is no region, or there are no credentials; the sentence names the problem.
    pub(crate) async fn open(source: &Source, since_ms: i64) -> Result<Self, String> {
        let group = |name: &String| Group {
            name: name.clone(),
            from_ms: since_ms,
            latest_ms: since_ms,
            seen: HashMap::new(),
            is_missing: false,
            failures: 0,
        };
        Ok(Self {
            client: client().await?,
            groups: source.from_log_group.iter().map(group).collect(),
            filter: source.filter.clone(),
            has_read: false,
        })
    }

    /// Reads the new events of all groups, including late ones.
    pub(crate) async fn read(&mut self) -> News {
        let mut news = News::default();
        // Only the first read can be long.
        let progress = Progress::new(None, !self.has_read);
        let mut groups = std::mem::take(&mut self.groups);
        for group in &mut groups {
            let mut read = self.read_group(group, &mut news.arrivals, &progress).await;
            if matches!(read, Err(Failure::Expired)) {
                // There may be new credentials: from a role, or after a new sign-in.
                read = match client().await {
                    Ok(client) => {
                        self.client = client;
                        self.read_group(group, &mut news.arrivals, &progress).await
                    }
                    Err(cause) => Err(Failure::Lasting(cause)),
                };
            }
            group.report(read, self.has_read, &mut news);
        }
        progress.end();
        self.groups = groups;
        self.has_read |= news.lost.is_none();
        news
    }

    async fn read_group(
        &self,
        group: &mut Group,
        to: &mut Vec<Arrival>,
        progress: &Progress,
    ) -> Result<(), Failure> {
        let end_ms = clock::now_ms().saturating_add(AHEAD_MS);
        let mut token = None;
        let mut bytes: usize = to.iter().map(|arrival| arrival.bytes).sum();
        loop {
            let request = self.client.filter_log_events().log_group_name(&group.name);
            let request = request.start_time(group.from_ms).end_time(end_ms);
            let request = request.set_filter_pattern(self.filter.clone()).set_next_token(token);
            let page = request.send().await.map_err(|error| failure(&group.name, &error))?;
            let events = page.events.unwrap_or_default();
            let before = to.len();
            to.extend(events.into_iter().filter(|it| group.is_new(it)).flat_map(arrivals_of));
            bytes += to.iter().skip(before).map(|arrival| arrival.bytes).sum::<usize>();
            progress.set(bytes, to.len());
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        group.from_ms = group.from_ms.max(group.latest_ms - OVERLAP_MS);
        let from_ms = group.from_ms;
        group.seen.retain(|_, time_ms| *time_ms >= from_ms);
        Ok(())
    }
}

async fn client() -> Result<Client, String> {
    Ok(logs_client(sign_in().await?.logs()?))
}

impl Group {
    /// True for an event that no earlier read has returned. One without an id is always new: the
    /// story recognises each event by its own id, too.
    fn is_new(&mut self, event: &FilteredLogEvent) -> bool {
        let time_ms = event.timestamp.unwrap_or(self.latest_ms);
        self.latest_ms = self.latest_ms.max(time_ms.min(clock::now_ms()));
        let id = event.event_id.clone();
        id.is_none_or(|id| self.seen.insert(id, time_ms).is_none())
    }

    fn report(&mut self, read: Result<(), Failure>, has_read: bool, news: &mut News) {
        let name = visible(&self.name);
        match read {
            Ok(()) => {
                self.failures = 0;
                if std::mem::take(&mut self.is_missing) {
                    news.notes.push(format!("the log group {name} exists now"));
                }
            }
            Err(Failure::Missing) if self.is_missing => {}
            Err(Failure::Missing) => {
                self.is_missing = true;
                news.notes.push(format!("there is no log group {name} yet; waiting for it"));
            }
            Err(Failure::Throttled) => {
                news.notes.push(format!("{name}: FilterLogEvents is throttled; trying again"));
            }
            Err(Failure::Passing(cause)) if has_read && self.failures < FAILURES => {
                self.failures += 1;
                news.notes.push(format!("cannot read {name}: {cause}; trying again"));
            }
            Err(Failure::Expired) => {
                let cause = "the AWS credentials have expired: sign in again";
                news.lost = Some(format!("cannot read {name}: {cause}"));
            }
            Err(Failure::Passing(cause) | Failure::Lasting(cause)) => {
                news.lost = Some(format!("cannot read {name}: {cause}"));
            }
        }
    }
}

fn arrivals_of(event: FilteredLogEvent) -> Vec<Arrival> {
    let text = event.message.unwrap_or_default().trim().to_owned();
    arrivals(Found { line: 1, text: Ok(text) })
}

fn failure<E>(name: &str, error: &E) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error.code() {
        Some("ResourceNotFoundException") => Failure::Missing,
        Some("ThrottlingException" | "Throttling" | "TooManyRequestsException") => {
            Failure::Throttled
        }
        Some("ExpiredTokenException" | "ExpiredToken" | "UnrecognizedClientException") => {
            Failure::Expired
        }
        Some("ServiceUnavailableException" | "InternalFailure" | "InternalServerError") | None => {
            Failure::Passing(cause(name, error))
        }
        Some(_) => Failure::Lasting(cause(name, error)),
    }
}
