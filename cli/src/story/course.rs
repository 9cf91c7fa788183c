//! The course of events: one line for each thing that happened, equal ones together.

use super::cause::{action_words, event_type};
use super::event::{About, Action, ActionKind, DeploymentStep, InstanceState, Step, StoryEvent};
use super::instance::Instance;
use super::span::{Span, duration};
use super::stop::verb;
use super::task::Task;
use ecs_event_forwarder::event::EventType;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Something that happened, once or several times.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    #[serde(serialize_with = "event_type")]
    pub(crate) event_type: EventType,
    /// `cluster/service`.
    pub(crate) place: String,
    /// Description of one occurrence.
    pub(crate) what: String,
    /// How long it took or lasted.
    pub(crate) took: Option<Span>,
    /// How often.
    pub(crate) times: usize,
    /// Number of events in the line.
    pub(crate) events: usize,
}

impl Line {
    /// `3× task web:43 ran out of memory, container web, exit 137, after 24–30 s`.
    pub(crate) fn words(&self) -> String {
        let times = if self.times > 1 { format!("{}× ", self.times) } else { String::new() };
        let word = match self.what.rsplit(' ').next() {
            Some("started") => " in ",
            Some("agent") => ", back after ",
            _ => ", after ",
        };
        let took = self.took.map(|it| format!("{word}{}", it.words())).unwrap_or_default();
        format!("{times}{}{took}", self.what)
    }
}

/// Equal things that happen so close to each other share a line.
const TOGETHER_MS: i64 = 5 * 60 * 1000;

/// One happening before equal ones are put together.
struct Happening {
    line: Line,
    key: (String, String),
    /// True once a task has run: its later events do not move the line.
    is_settled: bool,
}

/// The lines, in order of when each first happened.
pub(super) fn course(
    events: &[StoryEvent],
    tasks: &[Task],
    by_arn: &HashMap<&str, usize>,
    instances: &[Instance],
) -> Vec<Line> {
    let mut happenings = Vec::new();
    let mut of_tasks: HashMap<(usize, bool), Happening> = HashMap::new();
    let mut open_gaps: HashMap<&str, usize> = HashMap::new();
    let names: HashMap<&str, &str> =
        instances.iter().map(|it| (it.id.as_str(), it.name.as_str())).collect();
    for event in events {
        match &event.about {
            About::Task(state) => {
                let Some(at) = by_arn.get(state.arn.as_str()).copied() else { continue };
                let Some(task) = tasks.get(at) else { continue };
                // A task that never ran has one line for all its events.
                let is_end = task.stop.is_some() && (state.stop.is_some() || !task.has_run);
                let happening = of_tasks.entry((at, is_end));
                let happening = happening.or_insert_with(|| of_task(event, task, is_end));
                happening.line.events += 1;
                happening.line.event_type = happening.line.event_type.max(event.event_type);
                // The line has the time at which the task first ran, or stopped.
                if is_end || !happening.is_settled {
                    happening.line.first_ms = event.time_ms;
                    happening.line.last_ms = event.time_ms;
                }
                happening.is_settled |= state.last_status == "RUNNING";
            }
            About::Instance(state) => {
                let name = names.get(state.id.as_str()).copied().unwrap_or(&state.id);
                let gap = open_gaps.get(state.id.as_str()).copied();
                let gap = gap.filter(|_| state.agent_connected == Some(true));
                if let Some(Happening { line, .. }) = gap.and_then(|at| happenings.get_mut(at)) {
                    open_gaps.remove(state.id.as_str());
                    line.last_ms = event.time_ms;
                    line.took = Span::of([event.time_ms - line.first_ms]);
                    if state.status.as_deref() != Some("DRAINING") {
                        line.events += 1;
                        continue;
                    }
                } else if state.agent_connected == Some(false) {
                    open_gaps.entry(&state.id).or_insert(happenings.len());
                }
                happenings.push(Happening::of(event, of_instance(name, state)));
            }
            About::Deployment(step) => {
                happenings.push(Happening::of(event, of_deployment(step)));
            }
            About::Action(action) => happenings.push(Happening::of(event, of_action(action))),
        }
    }
    happenings.extend(of_tasks.into_values());
    happenings.sort_by(|a, b| {
        let key = |it: &Happening| (it.line.first_ms, Reverse(it.line.event_type), it.line.last_ms);
        key(a).cmp(&key(b)).then_with(|| a.key.cmp(&b.key))
    });
    together(happenings)
}

/// Puts equal happenings into one line if not too much time lies between.
fn together(happenings: Vec<Happening>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut latest: HashMap<(String, String), usize> = HashMap::new();
    for Happening { line, key, .. } in happenings {
        let before = latest.get(&key).and_then(|at| lines.get_mut(*at));
        if let Some(before) = before.filter(|it| line.first_ms - it.last_ms <= TOGETHER_MS) {
            before.last_ms = before.last_ms.max(line.last_ms);
            before.event_type = before.event_type.max(line.event_type);
            before.times += line.times;
            before.events += line.events;
            let both = [before.took, line.took].into_iter().flatten();
            before.took = Span::of(both.flat_map(|it| [it.min_ms, it.max_ms]));
        } else {
            latest.insert(key, lines.len());
            lines.push(line);
        }
    }
    lines
}

impl Happening {
    fn of(event: &StoryEvent, what: String) -> Self {
        let line = Line {
            first_ms: event.time_ms,
            last_ms: event.time_ms,
            event_type: event.event_type,
            place: event.place(),
            what,
            took: None,
            times: 1,
            events: 1,
        };
        Self { key: (line.place.clone(), line.what.clone()), line, is_settled: false }
    }
}

fn of_task(event: &StoryEvent, task: &Task, is_end: bool) -> Happening {
    let definition = task.definition.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    let (what, took) = match &task.stop {
        Some(stop) if is_end && stop.event_type == EventType::Info => {
            (format!("task{definition} {}", stop.routine()), task.lived_ms())
        }
        Some(stop) if is_end => {
            let container = stop.container.as_ref().map(|it| format!(", container {it}"));
            let code = stop.exit_code.map(|code| format!(", exit {code}"));
            let detail = container.into_iter().chain(code).collect::<String>();
            (format!("task{definition} {}{detail}", verb(stop.category)), task.lived_ms())
        }
        _ if task.has_run => (format!("task{definition} started"), task.start_ms),
        _ => (format!("task{definition} {}", task.last_status), None),
    };
    let mut happening = Happening::of(event, what);
    happening.line.took = Span::of(took);
    happening.line.events = 0;
    happening
}

fn of_instance(name: &str, state: &InstanceState) -> String {
    let checks = state.checks.join("; ");
    let checks = if checks.is_empty() { checks } else { format!(" ({checks})") };
    let reason = state.reason.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    let what = match (state.health.as_deref(), state.status.as_deref()) {
        (Some("OK"), _) => "is well again".to_owned(),
        (Some(health), _) => format!("is {}{checks}", health.to_lowercase()),
        (None, _) if state.agent_connected == Some(false) => "lost its agent".to_owned(),
        (None, _) if state.agent_update.as_deref() == Some("FAILED") => {
            "could not update its agent".to_owned()
        }
        (None, Some("ACTIVE")) if state.is_new => "registered".to_owned(),
        (None, Some("REGISTRATION_FAILED")) => format!("could not register{reason}"),
        (None, Some(status)) => format!("is {}{reason}", status.to_lowercase().replace('_', " ")),
        (None, None) => "changed".to_owned(),
    };
    format!("instance {name} {what}")
}

/// A step of a deployment in words.
fn of_deployment(step: &DeploymentStep) -> String {
    let id = shorten(&step.id);
    let reason = step.reason.as_deref().map(|it| it.trim_end_matches('.'));
    match (step.step, reason) {
        (Step::Begun, Some(reason)) if reason.contains("rolling back") => {
            format!("rollback to {id} begins")
        }
        (Step::Begun, _) if step.name.ends_with("_PENDING") => {
            format!("deployment {id} is pending")
        }
        (Step::Begun, _) => format!("deployment {id} begins"),
        (Step::Completed, _) => format!("deployment {id} completed"),
        (Step::RolledBack, _) => format!("deployment {id} is rolled back"),
        (Step::RollingBack, _) => format!("deployment {id} is being rolled back"),
        (Step::Failed, Some(reason)) => format!("deployment {id} failed: {reason}"),
        (Step::Failed, None) => format!("deployment {id} failed"),
        (Step::Other, _) => format!("deployment {id}: {}", step.name),
    }
}

fn of_action(action: &Action) -> String {
    let reason = action.reason.as_ref().map(|it| match action.kind {
        ActionKind::Hook => format!(" at {it}"),
        ActionKind::Service | ActionKind::Call | ActionKind::Other => format!(" ({it})"),
    });
    format!("{}{}", action_words(&action.name), reason.unwrap_or_default())
}

/// The id of a deployment or a task, short enough for a line: `ecs-svc/8830…`.
pub(crate) fn shorten(id: &str) -> String {
    let (before, number) = id.split_at(id.find('/').map_or(0, |at| at + 1));
    let number: Vec<char> = number.chars().collect();
    if number.len() <= 8 {
        return id.to_owned();
    }
    let kept = if before.is_empty() { 8 } else { 4 };
    let start: String = number.iter().take(kept).collect();
    format!("{before}{start}…")
}

impl StoryEvent {
    /// Returns a description of this event alone.
    pub(crate) fn words(&self, names: &HashMap<&str, &str>) -> String {
        match &self.about {
            About::Task(task) => {
                let to_be = if task.last_status == task.desired_status {
                    String::new()
                } else {
                    format!(", to be {}", task.desired_status)
                };
                let definition = task.definition.as_ref().map(|it| format!(" {it}"));
                let stop = task.stop.as_ref().map(|stop| {
                    let code = stop.exit_code.map(|code| format!(" exit {code}"));
                    let container = stop.container.as_ref().map(|it| format!(" {it}"));
                    let reason = stop.reason.as_ref().map(|it| format!(" ({it})"));
                    let parts = container.into_iter().chain(code).chain(reason);
                    format!(": {}{}", stop.category, parts.collect::<String>())
                });
                let took = [("pulled", task.pull_ms), ("started", task.start_ms)];
                let took = took
                    .into_iter()
                    .filter_map(|(word, ms)| Some(format!(", {word} in {}", duration(ms?))));
                let took: String = took.filter(|_| task.last_status == "RUNNING").collect();
                format!(
                    "task {}{} {}{to_be}{took}{}",
                    shorten(&task.id),
                    definition.unwrap_or_default(),
                    task.last_status,
                    stop.unwrap_or_default()
                )
            }
            About::Instance(state) => {
                let name = names.get(state.id.as_str()).copied().unwrap_or(&state.id);
                let is_connected = state.agent_connected == Some(true);
                let agent = if is_connected { ", agent connected" } else { "" };
                format!("{}{agent}", of_instance(name, state))
            }
            About::Deployment(step) => of_deployment(step),
            About::Action(action) => {
                let subject = action.names.as_ref().map(|it| format!(", {}", shorten(it)));
                format!("{}{}", of_action(action), subject.unwrap_or_default())
            }
        }
    }
}
