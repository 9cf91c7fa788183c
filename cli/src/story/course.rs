//! The course of events: one line for each thing that happened, equal ones together.

mod line;
mod words;
mod happening;

pub(crate) use line::Line;
pub(crate) use words::shorten;

use super::event::{About, InstanceState, StoryEvent, TaskState};
use super::instance::{Instance, names};
use super::shared::Shared;
use super::span::Span;
use super::task::Task;
use happening::{Happening, together};
use std::collections::HashMap;
use words::{of_action, of_call, of_deployment, of_instance, of_task};

/// The lines, in order of when each first happened.
pub(super) fn course(
    events: &[StoryEvent],
    tasks: &[Task],
    by_arn: &HashMap<&str, usize>,
    instances: &[Instance],
) -> Vec<Line> {
    let names = names(instances);
    let mut happened = Happened { of_tasks: vec![[None; 2]; tasks.len()], ..Happened::default() };
    for (index, event) in events.iter().enumerate() {
        match &event.about {
            About::Task(state) => {
                let at = by_arn.get(&*state.arn);
                let task = at.and_then(|at| Some((*at, tasks.get(*at)?)));
                if let Some((at, task)) = task {
                    happened.add_task((index, event), state, at, task);
                }
            }
            About::Instance(state) => {
                let name = names.get(&*state.arn).copied().unwrap_or(state.id());
                happened.add_instance((index, event), state, name);
            }
            About::Deployment(step) => happened.add((index, event), &of_deployment(step)),
            About::Action(action) => {
                let what = of_call(action).unwrap_or_else(|| of_action(action));
                happened.add((index, event), &what);
            }
        }
    }
    together(happened.all)
}

/// What happened so far.
#[derive(Default)]
struct Happened<'a> {
    all: Vec<Happening>,
    shared: Shared,
    /// The indices in `all` of the start and the end of each task.
    of_tasks: Vec<[Option<usize>; 2]>,
    /// The index in `all` of each lost agent that has not come back, by instance.
    open_gaps: HashMap<&'a str, usize>,
}

impl<'a> Happened<'a> {
    fn add(&mut self, (index, event): (usize, &StoryEvent), what: &str) {
        let mut happening = Happening::of(event, what, &mut self.shared);
        happening.add(index);
        self.all.push(happening);
    }

    /// Adds a task's event to the start or to the end of the task.
    fn add_task(
        &mut self,
        (index, event): (usize, &StoryEvent),
        state: &TaskState,
        at: usize,
        task: &Task,
    ) {
        // A task that never ran has one line for all its events.
        let is_end = task.state.stop.is_some() && (state.stop.is_some() || !task.has_run);
        let Some([start, end]) = self.of_tasks.get_mut(at) else { return };
        let at = *(if is_end { end } else { start }).get_or_insert(self.all.len());
        if at == self.all.len() {
            let mut new = Happening::of(event, &of_task(task, is_end), &mut self.shared);
            let started_in = task.state.start_ms.filter(|_| task.has_run);
            new.took = Span::of(if is_end { task.lived_ms() } else { started_in });
            self.all.push(new);
        }
        let Some(happening) = self.all.get_mut(at) else { return };
        happening.add(index);
        happening.event_type = happening.event_type.max(event.event_type);
        // The line has the time at which the task first ran, or stopped. A failure happens when the
        // task begins to stop: what follows from it can come before the task has drained.
        if is_end || !happening.is_settled {
            let failed_ms =
                task.state.stopping_ms.filter(|_| is_end && event.has_time && task.has_failed());
            let at_ms = failed_ms.map_or(event.time_ms, |at| at.min(event.time_ms));
            happening.first_ms = at_ms;
            happening.last_ms = at_ms;
            happening.has_time = event.has_time;
        }
        happening.is_settled |= &*state.last_status == "RUNNING";
    }

    /// Adds an instance's event; the return of an agent belongs to the line of its loss.
    fn add_instance(
        &mut self,
        (index, event): (usize, &StoryEvent),
        state: &'a InstanceState,
        name: &str,
    ) {
        let gap = self.open_gaps.get(&*state.arn).copied();
        let gap = gap.filter(|_| state.agent_connected == Some(true));
        if let Some(lost) = gap.and_then(|at| self.all.get_mut(at)) {
            self.open_gaps.remove(&*state.arn);
            lost.last_ms = event.time_ms;
            lost.took = Span::of([event.time_ms - lost.first_ms]);
            if state.status.as_deref() != Some("DRAINING") {
                lost.add(index);
                return;
            }
        } else if state.agent_connected == Some(false) && !state.is_leaving() {
            self.open_gaps.entry(&state.arn).or_insert(self.all.len());
        }
        self.add((index, event), &of_instance(name, state));
    }
}
