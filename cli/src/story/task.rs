//! One life for each task.

use super::event::{About, StoryEvent, TaskState};
use super::home::Home;
use super::stop::Stop;
use ecs_event_forwarder::event::EventType;
use std::collections::HashMap;
use std::sync::Arc;

/// The life of a task, as far as the events show it.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    account: Option<Arc<str>>,
    pub(crate) cluster: Option<Arc<str>>,
    pub(crate) service: Option<Arc<str>>,
    /// When its first event happened.
    pub(crate) first_ms: i64,
    /// The state of the latest version, with what only earlier ones say.
    pub(crate) state: TaskState,
    pub(crate) has_run: bool,
    /// True if one of its events is from before it ran: it began while events were recorded.
    pub(crate) has_begun: bool,
    /// True if another deployment of its service was in progress when the scheduler stopped it.
    pub(crate) is_replaced: bool,
}

/// The lives of all tasks in order of their first events, and the place of each by ARN.
pub(super) fn lives(events: &[StoryEvent]) -> (Vec<Task>, HashMap<&str, usize>) {
    let mut tasks: Vec<Task> = Vec::new();
    let mut by_arn = HashMap::new();
    for event in events {
        let About::Task(state) = &event.about else { continue };
        let at = *by_arn.entry(&*state.arn).or_insert(tasks.len());
        if at == tasks.len() {
            tasks.push(Task::new(event, state));
        }
        if let Some(task) = tasks.get_mut(at) {
            task.learn(event, state);
        }
    }
    (tasks, by_arn)
}

impl Task {
    fn new(event: &StoryEvent, state: &TaskState) -> Self {
        Self {
            account: event.account.clone(),
            cluster: event.cluster.clone(),
            service: event.service.clone(),
            first_ms: event.time_ms,
            state: state.clone(),
            has_run: false,
            has_begun: false,
            is_replaced: false,
        }
    }

    /// Takes the fields of a later version; an earlier one only fills gaps.
    fn learn(&mut self, event: &StoryEvent, state: &TaskState) {
        let mine = &mut self.state;
        let is_newer = state.version >= mine.version;
        if is_newer {
            mine.version = state.version;
            mine.last_status.clone_from(&state.last_status);
            mine.desired_status.clone_from(&state.desired_status);
        }
        let text = |mine: &mut Option<Arc<str>>, new: &Option<Arc<str>>| {
            if new.is_some() && (is_newer || mine.is_none()) {
                mine.clone_from(new);
            }
        };
        text(&mut self.account, &event.account);
        text(&mut self.cluster, &event.cluster);
        text(&mut self.service, &event.service);
        text(&mut mine.group, &state.group);
        text(&mut mine.started_by, &state.started_by);
        text(&mut mine.definition, &state.definition);
        text(&mut mine.instance, &state.instance);
        let number = |mine: &mut Option<i64>, new: Option<i64>| {
            if is_newer || mine.is_none() {
                *mine = new.or(*mine);
            }
        };
        number(&mut mine.created_ms, state.created_ms);
        number(&mut mine.started_ms, state.started_ms);
        number(&mut mine.pull_ms, state.pull_ms);
        number(&mut mine.start_ms, state.start_ms);
        number(&mut mine.run_ms, state.run_ms);
        let stopping_ms = state.stopping_ms.or(state.stop.as_ref().map(|_| event.time_ms));
        mine.stopping_ms = [mine.stopping_ms, stopping_ms].into_iter().flatten().min();
        if state.stop.is_some() && (is_newer || mine.stop.is_none()) {
            mine.stop.clone_from(&state.stop);
        }
        self.has_run |= state.started_ms.is_some() || &*state.last_status == "RUNNING";
        self.has_begun |= matches!(&*state.last_status, "PROVISIONING" | "PENDING" | "ACTIVATING");
    }

    pub(super) fn home(&self) -> Home<'_> {
        Home { account: self.account.as_deref(), cluster: self.cluster.as_deref() }
    }

    /// When it was created, or first heard of.
    pub(crate) fn began_ms(&self) -> i64 {
        self.state.created_ms.unwrap_or(self.first_ms)
    }

    /// True if it stopped for a reason that someone should look at.
    pub(crate) fn has_failed(&self) -> bool {
        self.state.stop.as_ref().is_some_and(|stop| stop.event_type != EventType::Info)
    }

    /// How long it ran; if it never ran, the time from its creation to its stop.
    ///
    /// A task that is told to stop may run on while its load balancer drains: that does not count.
    pub(crate) fn lived_ms(&self) -> Option<i64> {
        let state = &self.state;
        let from = state.started_ms.unwrap_or_else(|| self.began_ms());
        let until_told = state.stopping_ms.map(|end| end - from);
        let was_told = state.stop.as_deref().is_some_and(Stop::is_told);
        let (first, second) =
            if was_told { (until_told, state.run_ms) } else { (state.run_ms, until_told) };
        first.or(second).filter(|ms| *ms >= 0)
    }

    /// True if a service or a daemon started it.
    pub(crate) fn is_of_service(&self) -> bool {
        let keeps = |group: &str| group.starts_with("service:") || group.starts_with("daemon:");
        self.service.is_some()
            || self.state.group.as_deref().is_some_and(keeps)
            || self.state.started_by.as_deref().is_some_and(|it| it.starts_with("ecs-svc/"))
    }
}
