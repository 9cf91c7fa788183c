//! What happened, in words.

use crate::story::cause::action_words;
use crate::story::event::{
    About, Action, ActionKind, DeploymentStep, InstanceState, Step, StoryEvent, TaskState, short,
};
use crate::story::span::duration;
use crate::story::stop::verb;
use crate::story::task::Task;
use ecs_event_forwarder::event::EventType;
use std::collections::HashMap;

/// The start or the end of a task, as far as the events show it.
pub(super) fn of_task(task: &Task, is_end: bool) -> String {
    let definition = task.state.definition.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    let what = match &task.state.stop {
        Some(stop) if is_end && stop.event_type == EventType::Info => {
            stop.routine(task.is_replaced).to_owned()
        }
        Some(stop) if is_end => {
            let container = stop.container.as_ref().map(|it| format!(", container {it}"));
            let code = stop.exit_code.map(|code| format!(", exit {code}"));
            let detail = container.into_iter().chain(code).collect::<String>();
            format!("{}{detail}", verb(stop.category))
        }
        _ if task.has_run => "started".to_owned(),
        _ => task.state.last_status.to_string(),
    };
    format!("task{definition} {what}")
}

pub(super) fn of_instance(name: &str, state: &InstanceState) -> String {
    let checks = state.checks.join("; ");
    let checks = if checks.is_empty() { checks } else { format!(" ({checks})") };
    let reason = state.reason.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    let what = match (state.health.as_deref(), state.status.as_deref()) {
        (Some("OK"), _) => "is well again".to_owned(),
        (Some(health), _) => format!("is {}{checks}", health.to_lowercase()),
        (None, Some("INACTIVE" | "DEREGISTERING")) => format!("was deregistered{reason}"),
        (None, Some("DRAINING")) if state.agent_connected == Some(false) => {
            "drains without its agent".to_owned()
        }
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
pub(super) fn of_deployment(step: &DeploymentStep) -> String {
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

/// A failed API call by its error's code: messages differ in the caller's session.
pub(super) fn of_call(action: &Action) -> Option<String> {
    let code = action.code.as_ref().filter(|_| action.kind == ActionKind::Call)?;
    Some(format!("{} ({code})", action_words(&action.name)))
}

pub(super) fn of_action(action: &Action) -> String {
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
            About::Task(state) => of_state(state),
            About::Instance(state) => {
                let name = names.get(&*state.arn).copied().unwrap_or(state.id());
                let is_connected = state.agent_connected == Some(true);
                let agent = if is_connected { ", agent connected" } else { "" };
                format!("{}{agent}", of_instance(name, state))
            }
            About::Deployment(step) => of_deployment(step),
            About::Action(action) => {
                let subject = action.names.as_ref().map(|it| format!(", {}", shorten(short(it))));
                format!("{}{}", of_action(action), subject.unwrap_or_default())
            }
        }
    }
}

impl StoryEvent {
    /// Its ids, ARNs, names and reasons in full.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let mut texts = vec![&*self.id];
        match &self.about {
            About::Task(it) => {
                let stop = it.stop.as_ref();
                texts.extend([&*it.arn, it.id(), &*it.last_status]);
                texts.extend(it.group.as_deref());
                texts.extend(it.started_by.as_deref());
                texts.extend(it.definition.as_deref());
                texts.extend(it.instance.as_deref());
                texts.extend(stop.and_then(|stop| stop.reason.as_deref()));
            }
            About::Instance(it) => {
                texts.extend([&*it.arn, it.id()]);
                texts.extend(it.ec2.as_deref());
                texts.extend(it.reason.as_deref());
            }
            About::Deployment(it) => {
                texts.extend([&*it.id, &*it.name]);
                texts.extend(it.reason.as_deref());
            }
            About::Action(it) => {
                texts.push(&it.name);
                texts.extend(it.reason.as_deref());
                texts.extend(it.code.as_deref());
                texts.extend(it.deployment.as_deref());
                texts.extend(it.names.as_deref());
            }
        }
        texts
    }
}

/// One state of a task: `task 3f0c… web:42 PENDING, to be RUNNING`.
fn of_state(task: &TaskState) -> String {
    let to_be = if task.last_status == task.desired_status {
        String::new()
    } else {
        format!(", to be {}", task.desired_status)
    };
    let definition = task.definition.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    let stop = task.stop.as_ref().map(|stop| {
        let code = stop.exit_code.map(|code| format!(" exit {code}"));
        let container = stop.container.as_ref().map(|it| format!(" {it}"));
        let reason = stop.reason.as_ref().map(|it| format!(" ({it})"));
        let parts = container.into_iter().chain(code).chain(reason);
        format!(": {}{}", stop.category, parts.collect::<String>())
    });
    let took = [("pulled", task.pull_ms), ("started", task.start_ms)].into_iter();
    let took = took.filter_map(|(word, ms)| Some(format!(", {word} in {}", duration(ms?))));
    let took: String = took.filter(|_| &*task.last_status == "RUNNING").collect();
    let stop = stop.unwrap_or_default();
    format!("task {}{definition} {}{to_be}{took}{stop}", shorten(task.id()), task.last_status)
}
