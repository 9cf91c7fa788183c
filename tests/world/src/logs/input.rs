//! The members of each operation's input, and their constraints in the service model.
//!
//! The numbers and patterns come from `botocore/data/logs/2014-03-28/service-2.json`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::limits::{LogEvent, check_batch};
use super::operation::Operation;
use super::refusal::Refusal;

/// The retentions that `PutRetentionPolicy` accepts.
pub(super) const RETENTION_DAYS: [i64; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

const LOG_CLASSES: [&str; 4] = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"];

/// The checked input of a call.
#[derive(Debug)]
pub struct Input {
    pub group: String,
    /// Empty for an operation on a group.
    pub stream: String,
    pub action: Action,
}

/// The part of an input that depends on the operation.
#[derive(Debug)]
pub enum Action {
    PutLogEvents(Vec<LogEvent>),
    CreateLogGroup { class: String, kms_key_id: Option<String>, tags: BTreeMap<String, String> },
    CreateLogStream,
    PutRetentionPolicy(i64),
    TagResource(BTreeMap<String, String>),
    FilterLogEvents { start_ms: i64, end_ms: i64, token: usize, terms: Vec<String> },
}

impl Input {
    /// Reads and checks the members of an operation.
    pub fn read(operation: Operation, members: &Map<String, Value>) -> Result<Self, Refusal> {
        if let Some(name) =
            members.keys().find(|name| !operation.members().contains(&name.as_str()))
        {
            return Err(wrong_shape(&format!("{name} is not a member of {}", operation.name())));
        }
        let action = match operation {
            Operation::PutLogEvents => Action::PutLogEvents(log_events(members)?),
            Operation::CreateLogGroup => Action::CreateLogGroup {
                class: log_class(members)?,
                kms_key_id: kms_key_id(members)?,
                tags: if members.contains_key("tags") { tags(members)? } else { BTreeMap::new() },
            },
            Operation::CreateLogStream => Action::CreateLogStream,
            Operation::PutRetentionPolicy => Action::PutRetentionPolicy(retention_days(members)?),
            Operation::TagResource => Action::TagResource(tags(members)?),
            Operation::FilterLogEvents => filter(members)?,
        };
        let group = match operation {
            Operation::TagResource => tagged_group(members)?,
            Operation::PutLogEvents
            | Operation::CreateLogGroup
            | Operation::CreateLogStream
            | Operation::PutRetentionPolicy
            | Operation::FilterLogEvents => text(members, "logGroupName")?.to_owned(),
        };
        check_group_name(&group)?;
        let stream = match operation {
            Operation::PutLogEvents | Operation::CreateLogStream => stream_name(members)?,
            Operation::CreateLogGroup
            | Operation::PutRetentionPolicy
            | Operation::TagResource
            | Operation::FilterLogEvents => String::new(),
        };
        Ok(Self { group, stream, action })
    }

    /// The operation.
    pub fn operation(&self) -> Operation {
        match self.action {
            Action::PutLogEvents(_) => Operation::PutLogEvents,
            Action::CreateLogGroup { .. } => Operation::CreateLogGroup,
            Action::CreateLogStream => Operation::CreateLogStream,
            Action::PutRetentionPolicy(_) => Operation::PutRetentionPolicy,
            Action::TagResource(_) => Operation::TagResource,
            Action::FilterLogEvents { .. } => Operation::FilterLogEvents,
        }
    }

    /// The log events of a put.
    pub fn events(&self) -> &[LogEvent] {
        match &self.action {
            Action::PutLogEvents(events) => events,
            Action::CreateLogGroup { .. }
            | Action::CreateLogStream
            | Action::PutRetentionPolicy(_)
            | Action::TagResource(_)
            | Action::FilterLogEvents { .. } => &[],
        }
    }

    /// The terms of its filter.
    pub fn terms(&self) -> &[String] {
        match &self.action {
            Action::FilterLogEvents { terms, .. } => terms,
            Action::CreateLogGroup { .. }
            | Action::CreateLogStream
            | Action::PutLogEvents(_)
            | Action::PutRetentionPolicy(_)
            | Action::TagResource(_) => &[],
        }
    }
}

fn log_events(members: &Map<String, Value>) -> Result<Vec<LogEvent>, Refusal> {
    let events = members.get("logEvents").and_then(Value::as_array);
    let events = events.ok_or_else(|| wrong_shape("logEvents is not a list"))?;
    let event = |event: &Value| {
        let members = event.as_object().ok_or_else(|| wrong_shape("an event is not an object"))?;
        let timestamp_ms = members.get("timestamp").and_then(Value::as_i64);
        let timestamp_ms =
            timestamp_ms.ok_or_else(|| wrong_shape("timestamp is not an integer"))?;
        if let Some(name) =
            members.keys().find(|name| !["timestamp", "message"].contains(&name.as_str()))
        {
            return Err(wrong_shape(&format!("{name} is not a member of an event")));
        }
        Ok(LogEvent { timestamp_ms, message: text(members, "message")?.to_owned() })
    };
    let events = events.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    check_batch(&events)?;
    Ok(events)
}

fn filter(members: &Map<String, Value>) -> Result<Action, Refusal> {
    let time = |name: &str| {
        let time_ms = members.get(name).and_then(Value::as_i64).filter(|time_ms| *time_ms >= 0);
        time_ms.ok_or_else(|| wrong_shape(&format!("{name} is not a time")))
    };
    let token = members.get("nextToken").map_or(Ok("0"), |_| text(members, "nextToken"))?;
    let token = token.parse().map_err(|_| Refusal::invalid("the token is not one of ours"))?;
    let (start_ms, end_ms) = (time("startTime")?, time("endTime")?);
    let pattern = members.get("filterPattern").and_then(Value::as_str).unwrap_or_default();
    Ok(Action::FilterLogEvents { start_ms, end_ms, token, terms: terms(pattern)? })
}

/// The quoted terms of a filter pattern, such as `"a"` or `?"a" ?"b"`. An event must hold one of them.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>
fn terms(pattern: &str) -> Result<Vec<String>, Refusal> {
    let parts: Vec<&str> = pattern.split('"').collect();
    let (outside, inside): (Vec<_>, Vec<_>) =
        parts.iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let is_or = |text: &str| matches!(text.trim(), "" | "?");
    if pattern.len() > 1024 || !outside.iter().all(|(_, text)| is_or(text)) {
        return Err(Refusal::invalid("Invalid filter pattern"));
    }
    Ok(inside.into_iter().map(|(_, text)| (*text).to_owned()).collect())
}

fn check_group_name(name: &str) -> Result<(), Refusal> {
    check_length(name, "logGroupName", 1, 512)?;
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_/#".contains(c)) {
        let pattern = r"satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+";
        return Err(Refusal::constraint(name, "logGroupName", pattern));
    }
    if name.starts_with("aws/") {
        return Err(Refusal::invalid("Log groups starting with aws/ are reserved for AWS."));
    }
    Ok(())
}

fn stream_name(members: &Map<String, Value>) -> Result<String, Refusal> {
    let name = text(members, "logStreamName")?;
    check_length(name, "logStreamName", 1, 512)?;
    if name.contains([':', '*']) {
        let pattern = "satisfy regular expression pattern: [^:*]*";
        return Err(Refusal::constraint(name, "logStreamName", pattern));
    }
    Ok(name.to_owned())
}

fn log_class(members: &Map<String, Value>) -> Result<String, Refusal> {
    if !members.contains_key("logGroupClass") {
        return Ok("STANDARD".to_owned());
    }
    let class = text(members, "logGroupClass")?;
    if !LOG_CLASSES.contains(&class) {
        let values = format!("satisfy enum value set: [{}]", LOG_CLASSES.join(", "));
        return Err(Refusal::constraint(class, "logGroupClass", &values));
    }
    Ok(class.to_owned())
}

fn kms_key_id(members: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    if !members.contains_key("kmsKeyId") {
        return Ok(None);
    }
    let key = text(members, "kmsKeyId")?;
    check_length(key, "kmsKeyId", 0, 256)?;
    Ok(Some(key.to_owned()))
}

fn retention_days(members: &Map<String, Value>) -> Result<i64, Refusal> {
    let days = members.get("retentionInDays").and_then(Value::as_i64);
    let days = days.ok_or_else(|| wrong_shape("retentionInDays is not an integer"))?;
    if !RETENTION_DAYS.contains(&days) {
        let values = format!("satisfy enum value set: {RETENTION_DAYS:?}");
        return Err(Refusal::constraint(&days.to_string(), "retentionInDays", &values));
    }
    Ok(days)
}

/// The group in `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`.
fn tagged_group(members: &Map<String, Value>) -> Result<String, Refusal> {
    let arn = text(members, "resourceArn")?;
    let parts: Vec<&str> = arn.splitn(7, ':').collect();
    match parts.as_slice() {
        ["arn", _, "logs", _, _, "log-group", name] => Ok((*name).to_owned()),
        _ => Err(Refusal::invalid(format!("not the ARN of a log group: {arn}"))),
    }
}

fn tags(members: &Map<String, Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let tags = members.get("tags").and_then(Value::as_object);
    let tags = tags.ok_or_else(|| wrong_shape("tags is not a map"))?;
    if !(1..=50).contains(&tags.len()) {
        let length = "have length between 1 and 50";
        return Err(Refusal::constraint(&tags.len().to_string(), "tags", length));
    }
    let tag = |(key, value): (&String, &Value)| {
        let value = value.as_str().ok_or_else(|| wrong_shape("a tag is not a text"))?;
        check_length(key, "tags.key", 1, 128)?;
        check_length(value, "tags.value", 0, 256)?;
        if let Some(wrong) = [key, value].into_iter().find(|it| !it.chars().all(is_tag_character)) {
            let pattern = r"satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$";
            return Err(Refusal::constraint(wrong, "tags", pattern));
        }
        if key.starts_with("aws:") {
            return Err(Refusal::invalid("aws: prefixed tag key names are not allowed"));
        }
        Ok((key.clone(), value.to_owned()))
    };
    tags.iter().map(tag).collect()
}

fn is_tag_character(c: char) -> bool {
    let is_separator = c.is_whitespace() && !c.is_control();
    c.is_alphanumeric() || is_separator || "_.:/=+-@".contains(c)
}

fn check_length(value: &str, member: &str, min: usize, max: usize) -> Result<(), Refusal> {
    let length = value.chars().count();
    if length < min {
        let constraint = format!("have length greater than or equal to {min}");
        return Err(Refusal::constraint(value, member, &constraint));
    }
    if length > max {
        let constraint = format!("have length less than or equal to {max}");
        return Err(Refusal::constraint(value, member, &constraint));
    }
    Ok(())
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    let value = members.get(name).and_then(Value::as_str);
    value.ok_or_else(|| wrong_shape(&format!("{name} is not a text")))
}

fn wrong_shape(message: &str) -> Refusal {
    Refusal::violation("SerializationException", message)
}
