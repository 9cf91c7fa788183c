//! The contents of CloudWatch Logs.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value, json};

use super::input::{Action, Input};
use super::limits::{LogEvent, Rejected, check_span};
use super::refusal::Refusal;

/// A log group, as tests see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogGroup {
    pub name: String,
    pub retention_days: Option<i64>,
    pub class: String,
    pub kms_key_id: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// The names of its streams, in order.
    pub streams: Vec<String>,
}

/// An event that was stored, even if its group is deleted now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    pub group: String,
    pub stream: String,
    pub timestamp_ms: i64,
    pub message: String,
    /// The call that stored it: an index into `calls()`.
    pub call: usize,
}

/// The part of a message that a stream keeps.
pub(super) type Part = Box<dyn Fn(&str) -> String + Send>;

/// Groups, streams and events.
#[derive(Default)]
pub(super) struct Store {
    groups: BTreeMap<String, Group>,
    /// The events of streams that were deleted are among them.
    events: Vec<Kept>,
    streams_made: usize,
    part: Option<Part>,
}

struct Group {
    class: String,
    kms_key_id: Option<String>,
    tags: BTreeMap<String, String>,
    retention_days: Option<i64>,
    /// By name, a number that is unique among all streams.
    streams: BTreeMap<String, usize>,
}

struct Kept {
    stream_number: usize,
    event: StoredEvent,
}

/// The result of a call.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// The body of the answer, which AWS leaves empty for some operations.
    pub body: String,
    pub rejected: usize,
}

impl Store {
    /// Executes a call. `call` marks its events; `forced` rejects events whatever their time.
    pub(super) fn apply(
        &mut self,
        input: &Input,
        call: usize,
        now_ms: Option<i64>,
        forced: Option<Rejected>,
    ) -> Result<Done, Refusal> {
        match &input.action {
            Action::PutLogEvents(events) => self.put(input, events, call, now_ms, forced),
            Action::CreateLogGroup { class, kms_key_id, tags } => {
                if self.groups.contains_key(&input.group) {
                    return Err(Refusal::exists("log group"));
                }
                let (class, kms_key_id) = (class.clone(), kms_key_id.clone());
                let group = Group { class, kms_key_id, tags: tags.clone(), ..Group::bare() };
                self.groups.insert(input.group.clone(), group);
                Ok(Done::default())
            }
            Action::CreateLogStream => {
                let group = self.groups.get_mut(&input.group).ok_or_else(Refusal::no_group)?;
                if group.streams.contains_key(&input.stream) {
                    return Err(Refusal::exists("log stream"));
                }
                self.streams_made += 1;
                group.streams.insert(input.stream.clone(), self.streams_made);
                Ok(Done::default())
            }
            Action::PutRetentionPolicy(days) => {
                let group = self.groups.get_mut(&input.group).ok_or_else(Refusal::no_group)?;
                group.retention_days = Some(*days);
                Ok(Done::default())
            }
            Action::TagResource(tags) => {
                let group = self.groups.get_mut(&input.group).ok_or_else(Refusal::no_group)?;
                let mut all = group.tags.clone();
                all.extend(tags.clone());
                if all.len() > 50 {
                    let message = "The resource would have more than 50 tags.";
                    return Err(Refusal::violation("TooManyTagsException", message));
                }
                group.tags = all;
                Ok(Done::default())
            }
            Action::FilterLogEvents { start_ms, end_ms, token, terms } => {
                self.filter(&input.group, *start_ms..*end_ms, *token, terms)
            }
        }
    }

    /// A page of a few events, and sometimes an empty page, as AWS may return.
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>
    fn filter(
        &self,
        group: &str,
        times_ms: Range<i64>,
        token: usize,
        terms: &[String],
    ) -> Result<Done, Refusal> {
        const PAGE: usize = 3;
        let numbers = &self.groups.get(group).ok_or_else(Refusal::no_group)?.streams;
        let is_there = |kept: &&Kept| numbers.values().any(|number| *number == kept.stream_number);
        let has_term = |event: &StoredEvent| {
            terms.is_empty() || terms.iter().any(|term| event.message.contains(term))
        };
        // An event has the same id in every answer.
        let events = self.events.iter().enumerate().filter(|(_, kept)| is_there(kept));
        let events = events.map(|(id, kept)| (id, &kept.event));
        let events = events.filter(|(_, it)| times_ms.contains(&it.timestamp_ms) && has_term(it));
        let mut events: Vec<_> = events.collect();
        events.sort_by_key(|(_, event)| event.timestamp_ms);
        let is_empty_page = token % 2 == 1;
        let count = if is_empty_page { 0 } else { PAGE };
        let page = events.iter().skip(token / 2 * PAGE).take(count);
        let page: Vec<_> = page
            .map(|(id, event)| {
                json!({
                    "eventId": format!("{id:056}"),
                    "ingestionTime": event.timestamp_ms,
                    "logStreamName": event.stream,
                    "message": event.message,
                    "timestamp": event.timestamp_ms
                })
            })
            .collect();
        let next = token + 1;
        let mut body = Map::new();
        body.insert("events".to_owned(), page.into());
        if next.div_ceil(2) * PAGE < events.len() {
            body.insert("nextToken".to_owned(), next.to_string().into());
        }
        Ok(Done { body: Value::Object(body).to_string(), rejected: 0 })
    }

    fn put(
        &mut self,
        input: &Input,
        events: &[LogEvent],
        call: usize,
        now_ms: Option<i64>,
        forced: Option<Rejected>,
    ) -> Result<Done, Refusal> {
        let group = self.groups.get(&input.group).ok_or_else(Refusal::no_group)?;
        let stream_number = *group.streams.get(&input.stream).ok_or_else(Refusal::no_stream)?;
        let by_clock = |now_ms| Rejected::of(events, now_ms, group.retention_days);
        let rejected = forced.or_else(|| now_ms.map(by_clock)).unwrap_or_default();
        let valid = events.get(rejected.stored(events.len())).unwrap_or_default();
        check_span(valid)?;
        for event in valid {
            let message = match &self.part {
                Some(part) => part(&event.message),
                None => event.message.clone(),
            };
            let event = StoredEvent {
                group: input.group.clone(),
                stream: input.stream.clone(),
                timestamp_ms: event.timestamp_ms,
                message,
                call,
            };
            self.events.push(Kept { stream_number, event });
        }
        let mut body = Map::new();
        let token = format!("4957{call:052}");
        body.insert("nextSequenceToken".to_owned(), Value::from(token));
        if let Some(info) = rejected.to_json() {
            body.insert("rejectedLogEventsInfo".to_owned(), info);
        }
        let body = Value::Object(body).to_string();
        Ok(Done { body, rejected: events.len() - valid.len() })
    }

    pub(super) fn put_group(&mut self, name: &str, retention_days: Option<i64>) {
        let group = self.groups.entry(name.to_owned()).or_insert_with(Group::bare);
        group.retention_days = retention_days;
    }

    pub(super) fn put_stream(&mut self, group: &str, stream: &str) {
        let group = self.groups.entry(group.to_owned()).or_insert_with(Group::bare);
        self.streams_made += 1;
        group.streams.entry(stream.to_owned()).or_insert(self.streams_made);
    }

    pub(super) fn keep(&mut self, group: &str, stream: &str, timestamp_ms: i64, message: &str) {
        let streams = self.groups.get(group).map(|group| &group.streams);
        let number = streams.and_then(|streams| streams.get(stream)).copied();
        let event = StoredEvent {
            group: group.to_owned(),
            stream: stream.to_owned(),
            timestamp_ms,
            message: message.to_owned(),
            call: usize::MAX,
        };
        self.events.push(Kept { stream_number: number.expect("a stream"), event });
    }

    pub(super) fn delete_group(&mut self, name: &str) {
        self.groups.remove(name);
    }

    pub(super) fn delete_stream(&mut self, group: &str, stream: &str) {
        if let Some(group) = self.groups.get_mut(group) {
            group.streams.remove(stream);
        }
    }

    pub(super) fn keep_only(&mut self, part: Part) {
        self.part = Some(part);
    }

    pub(super) fn groups(&self) -> Vec<LogGroup> {
        let view = |(name, group): (&String, &Group)| LogGroup {
            name: name.clone(),
            retention_days: group.retention_days,
            class: group.class.clone(),
            kms_key_id: group.kms_key_id.clone(),
            tags: group.tags.clone(),
            streams: group.streams.keys().cloned().collect(),
        };
        self.groups.iter().map(view).collect()
    }

    pub(super) fn stored(&self, group: &str, stream: &str) -> Vec<(i64, String)> {
        let number = self.groups.get(group).and_then(|group| group.streams.get(stream));
        self.events
            .iter()
            .filter(|kept| Some(&kept.stream_number) == number)
            .map(|kept| (kept.event.timestamp_ms, kept.event.message.clone()))
            .collect()
    }

    pub(super) fn ever_stored(&self) -> Vec<StoredEvent> {
        self.events.iter().map(|kept| kept.event.clone()).collect()
    }
}

impl Group {
    fn bare() -> Self {
        Self {
            class: "STANDARD".to_owned(),
            kms_key_id: None,
            tags: BTreeMap::new(),
            retention_days: None,
            streams: BTreeMap::new(),
        }
    }
}
