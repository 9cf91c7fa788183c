//! Equal reasons, counted.

use super::event::{Action, ActionKind, place};
use super::span::{Span, duration};
use super::stop::{is_vague, verb};
use super::task::Task;
use ecs_event_forwarder::event::EventType;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A reason and how often it applied.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cause {
    /// The classified reason of a stop, as `out_of_memory`, or the name of a service action.
    pub(crate) category: String,
    /// True if tasks stopped for it; false for service actions, calls and the like.
    pub(crate) is_of_tasks: bool,
    #[serde(serialize_with = "event_type")]
    pub(crate) event_type: EventType,
    pub(crate) container: Option<String>,
    pub(crate) exit_code: Option<i64>,
    /// The most frequent text.
    pub(crate) reason: Option<String>,
    /// All texts in short with their counts, the most frequent first. Texts that differ in numbers
    /// and ids only count as one.
    pub(crate) reasons: Vec<Reason>,
    pub(crate) count: usize,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    /// How long the tasks lived.
    pub(crate) lived: Option<Span>,
    /// Where, as `cluster/service`.
    pub(crate) places: BTreeSet<String>,
    /// When all services were steady again, or had a task that stays up.
    pub(crate) resolved_ms: Option<i64>,
    /// When it last happened in each place.
    #[serde(skip)]
    pub(super) last_at: BTreeMap<String, i64>,
    /// The kind of action; none for tasks.
    #[serde(skip)]
    pub(super) kind: Option<ActionKind>,
}

/// A text that explains a cause, and how often it came.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Reason {
    pub(crate) text: String,
    pub(crate) count: usize,
}

/// Writes an event type as ECS does.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a field so")]
pub(super) fn event_type<S: serde::Serializer>(it: &EventType, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(it.as_str())
}

/// Causes while they are counted.
#[derive(Default)]
pub(super) struct Causes {
    by_key: BTreeMap<Key, (Cause, BTreeMap<String, usize>)>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    category: String,
    container: Option<String>,
    exit_code: Option<i64>,
    reason: Option<String>,
}

impl Causes {
    /// Counts the stop of a task; a task that has not stopped counts for nothing.
    pub(super) fn add_task(&mut self, task: &Task) {
        let Some(stop) = &task.state.stop else { return };
        let key = Key {
            category: stop.category.to_owned(),
            container: stop.container.as_deref().map(str::to_owned),
            exit_code: stop.exit_code,
            reason: None,
        };
        let at_ms = task.state.stopping_ms.unwrap_or(task.first_ms);
        let place = place(task.cluster.as_deref(), task.service.as_deref());
        self.add(key, None, stop.event_type, at_ms, place, stop.reason.as_deref(), task.lived_ms());
    }

    /// Counts a service action or something like it.
    pub(super) fn add_action(
        &mut self,
        action: &Action,
        event_type: EventType,
        at_ms: i64,
        place: String,
    ) {
        let key = Key {
            category: action.name.to_string(),
            container: None,
            exit_code: None,
            // Messages of equal errors differ in the caller's session.
            reason: action.code.as_deref().or(action.reason.as_deref()).map(str::to_owned),
        };
        let kind = Some(action.kind);
        self.add(key, kind, event_type, at_ms, place, action.reason.as_deref(), None);
    }

    #[expect(clippy::too_many_arguments, reason = "one happening, and both callers name them all")]
    fn add(
        &mut self,
        key: Key,
        kind: Option<ActionKind>,
        event_type: EventType,
        at_ms: i64,
        place: String,
        reason: Option<&str>,
        lived_ms: Option<i64>,
    ) {
        let new = || Cause {
            category: key.category.clone(),
            is_of_tasks: kind.is_none(),
            event_type,
            container: key.container.clone(),
            exit_code: key.exit_code,
            reason: None,
            reasons: Vec::new(),
            count: 0,
            first_ms: at_ms,
            last_ms: at_ms,
            lived: None,
            places: BTreeSet::new(),
            resolved_ms: None,
            last_at: BTreeMap::new(),
            kind,
        };
        let new = (new(), BTreeMap::new());
        let (cause, reasons) = self.by_key.entry(key).or_insert(new);
        cause.count += 1;
        cause.event_type = cause.event_type.max(event_type);
        cause.first_ms = cause.first_ms.min(at_ms);
        cause.last_ms = cause.last_ms.max(at_ms);
        let last = cause.last_at.entry(place.clone()).or_insert(at_ms);
        *last = (*last).max(at_ms);
        cause.places.insert(place);
        let lived = cause.lived.map(|it| [it.min_ms, it.max_ms]);
        cause.lived = Span::of(lived.into_iter().flatten().chain(lived_ms));
        if let Some(reason) = reason {
            *reasons.entry(reason.to_owned()).or_default() += 1;
        }
    }

    /// The causes, errors first, then the most frequent.
    pub(super) fn end(self) -> Vec<Cause> {
        let mut causes: Vec<_> = self.by_key.into_values().map(with_reason).collect();
        causes.sort_by_key(|it| {
            (std::cmp::Reverse((it.event_type, it.count)), !it.is_of_tasks, it.first_ms)
        });
        causes
    }
}

/// The most frequent reason; of equally frequent ones the first in the alphabet.
fn with_reason((cause, texts): (Cause, BTreeMap<String, usize>)) -> Cause {
    let mut reasons: BTreeMap<String, Reason> = BTreeMap::new();
    for (text, count) in texts.iter().filter(|(text, _)| !is_vague(text)) {
        let Some(text) = cause.in_short(text) else { continue };
        let alike = reasons.entry(without_ids(&text)).or_insert(Reason { text, count: 0 });
        alike.count += count;
    }
    let mut reasons: Vec<_> = reasons.into_values().collect();
    reasons.sort_by(|a, b| (b.count, &a.text).cmp(&(a.count, &b.text)));
    let most = texts.into_iter().rev().max_by_key(|(_, count)| *count);
    Cause { reason: most.map(|(reason, _)| reason), reasons, ..cause }
}

/// The text with `#` in place of each number and each id.
fn without_ids(text: &str) -> String {
    let is_id = |word: &str| {
        let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
        has_digit && word.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let words = text.split_inclusive(|it: char| !it.is_ascii_alphanumeric());
    let shown = words.map(|word| {
        let end = word.trim_end_matches(|it: char| !it.is_ascii_alphanumeric()).len();
        let (word, rest) = word.split_at(end);
        format!("{}{rest}", if is_id(word) { "#" } else { word })
    });
    shown.collect()
}

impl Cause {
    /// What happened to `3 of 4 tasks`, or to a service: `3 of 4 tasks ran out of memory
    /// (container web, exit 137)`.
    pub(crate) fn sentence(&self, of: Option<usize>) -> String {
        let times = if self.count == 1 { String::new() } else { format!(" {} times", self.count) };
        if !self.is_of_tasks {
            return format!("{}{times}{}", action_words(&self.category), self.in_brackets());
        }
        let many = match of {
            Some(2) if self.count == 2 => "both tasks".to_owned(),
            Some(all) if all > 1 && all == self.count => format!("all {all} tasks"),
            Some(all) if all > 1 => format!("{} of {all} tasks", self.count),
            _ if self.count == 1 => "1 task".to_owned(),
            _ => format!("{} tasks", self.count),
        };
        format!("{many} {}{}", verb(&self.category), self.in_brackets())
    }

    /// The container and its exit code, else the reason in short.
    pub(crate) fn in_brackets(&self) -> String {
        let container = self.container.as_ref().map(|name| format!("container {name}"));
        let is_of_exit = self.is_of_tasks && self.category == "essential_container_exited";
        let code = self.exit_code.map(|code| format!("exit {code}"));
        let code = code.or_else(|| is_of_exit.then(|| "no exit code".to_owned()));
        let parts: Vec<_> = container.into_iter().chain(code).collect();
        // The category and the exit code are enough.
        let says_all = self.exit_code.is_some()
            || self.category == "spot_interruption"
            || self.category.ends_with("health_check") && self.reasons.is_empty();
        let reason = if says_all { None } else { self.counted_reasons() };
        match (parts.join(", "), reason) {
            (parts, None) if parts.is_empty() => String::new(),
            (parts, None) => format!(" ({parts})"),
            (parts, Some(reason)) if parts.is_empty() => format!(" ({reason})"),
            (parts, Some(reason)) => format!(" ({parts}: {reason})"),
        }
    }

    /// The reason in short; of several ones, how often each came.
    fn counted_reasons(&self) -> Option<String> {
        const MOST: usize = 3;
        let [first, others @ ..] = self.reasons.as_slice() else { return None };
        // The messages of equal API errors differ in the caller's session.
        let is_only = others.is_empty() && first.count == self.count;
        if is_only || !self.is_of_tasks {
            return Some(brief(&first.text, ROOM));
        }
        let room = if others.len() < 2 { ROOM } else { ROOM * 2 / 3 };
        let shown = self.reasons.iter().take(MOST);
        let shown = shown.map(|it| format!("{}× {}", it.count, brief(&it.text, room)));
        let more: usize = self.reasons.iter().skip(MOST).map(|it| it.count).sum();
        let more = (more > 0).then(|| format!("{more}× another reason"));
        Some(shown.chain(more).collect::<Vec<_>>().join(", "))
    }

    /// The part of a reason that explains this cause; none if the category says it all.
    fn in_short(&self, reason: &str) -> Option<String> {
        let line = reason.lines().next().unwrap_or_default();
        let line = match self.category.as_str() {
            "image_pull" => last_words(line).to_owned(),
            "secrets_or_init" => secret(line).unwrap_or_else(|| {
                line.strip_prefix("ResourceInitializationError: ").unwrap_or(line).to_owned()
            }),
            "elb_health_check" => health_codes(line)?,
            category if category.ends_with("health_check") => return None,
            "failed_to_start" => with_its_end(line),
            _ => line.to_owned(),
        };
        Some(line.trim_end_matches('.').to_owned())
    }

    /// Where, the first places by name: `web, worker and 7 more`.
    pub(crate) fn places_by_name(&self, shorten: fn(&str) -> &str) -> String {
        const MOST: usize = 4;
        let more = self.places.len().saturating_sub(MOST);
        let names = self.places.iter().take(MOST).map(|place| shorten(place));
        let names = names.collect::<Vec<_>>().join(", ");
        if more == 0 { names } else { format!("{names} and {more} more") }
    }

    /// How long the tasks lived, as ` after 52–58 s`.
    pub(crate) fn lived_words(&self) -> String {
        self.lived.map(|it| format!(" after {}", it.words())).unwrap_or_default()
    }

    /// Whether it is over, and how long that took.
    pub(crate) fn resolved_words(&self) -> String {
        let over = self.resolved_ms.map(|at| duration(at - self.first_ms));
        over.map(|over| format!(", resolved after {over}")).unwrap_or_default()
    }
}

/// A service action in words.
pub(crate) fn action_words(name: &str) -> String {
    match name {
        "SERVICE_TASK_PLACEMENT_FAILURE" => "a task could not be placed".to_owned(),
        "SERVICE_TASK_CONFIGURATION_FAILURE" => "the task's configuration was refused".to_owned(),
        "SERVICE_TASK_START_IMPAIRED" => "the service cannot start tasks reliably".to_owned(),
        "DAEMON_TASK_START_IMPAIRED" => "a daemon task did not start".to_owned(),
        "SERVICE_STEADY_STATE" => "steady state".to_owned(),
        "TASKSET_STEADY_STATE" => "task set in steady state".to_owned(),
        "CAPACITY_PROVIDER_STEADY_STATE" => "capacity provider in steady state".to_owned(),
        _ => match name.strip_prefix("HOOK_") {
            Some(hook) => format!("hook {}", hook.to_lowercase().replace('_', " ")),
            None => name.to_owned(),
        },
    }
}

/// The end of a reason that names its causes in turn: what was pulled, and why it failed.
fn last_words(reason: &str) -> &str {
    let mut ends = reason.rmatch_indices(": ").map(|(at, _)| at + 2);
    let start = ends.by_ref().nth(1).unwrap_or_default();
    reason.get(start..).unwrap_or(reason)
}

/// The secret or parameter that could not be read, and the exception: `secret prod/db-AbCdEf:
/// AccessDeniedException`.
fn secret(reason: &str) -> Option<String> {
    let end = |it: char| matches!(it, ':' | ',' | '.');
    let words = || reason.split_whitespace().map(|word| word.trim_end_matches(end));
    let name = words().find_map(|word| {
        let secret = word.split_once(":secret:").map(|(_, name)| format!("secret {name}"));
        let parameter = || Some(format!("parameter {}", word.split_once(":parameter/")?.1));
        secret.or_else(parameter)
    })?;
    let exception = words().find(|word| word.ends_with("Exception"));
    Some(exception.map_or_else(|| name.clone(), |it| format!("{name}: {it}")))
}

/// The codes that a load balancer got: `codes: [503]`.
fn health_codes(reason: &str) -> Option<String> {
    let codes = reason.get(reason.find("codes: [")?..)?;
    codes.split_inclusive(']').next().map(str::to_owned)
}

/// The beginning and the end of a long reason whose last words name the cause.
fn with_its_end(reason: &str) -> String {
    if reason.chars().count() <= ROOM {
        return reason.to_owned();
    }
    let start = reason.split_inclusive(": ").next().unwrap_or_default();
    let room = ROOM.saturating_sub(start.chars().count() + 2);
    let mut ends = reason.match_indices(": ").filter_map(|(at, _)| reason.get(at + 2..));
    let end = ends.find(|end| end.chars().count() <= room);
    end.map_or_else(|| reason.to_owned(), |end| format!("{start}… {end}"))
}

/// How much of a reason stands in a few lines.
const ROOM: usize = 120;

/// The text, its middle left out where it is longer than that: the end of a reason is often the cause.
fn brief(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let (start, end) = (text.chars().take(most / 2), text.chars().skip(count - most / 2 + 1));
    start.chain(['…']).chain(end).collect()
}
