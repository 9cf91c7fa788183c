//! The course of events: one line for each thing that happened, equal ones together.

mod line;
mod words;
mod happening;

pub(crate) use line::Line;
pub(crate) use words::shorten;

use super::event::{About, InstanceState, StoryEvent, TaskState};
use super::instance::{Instance, names};
use super::span::Span;
use super::task::Task;
use happening::{Happening, together};
use std::cmp::Reverse;
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
    let mut happened = Happened::default();
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
            About::Deployment(step) => happened.add((index, event), of_deployment(step)),
            About::Action(action) => {
                happened.add((index, event), of_call(action).unwrap_or_else(|| of_action(action)));
            }
        }
    }
    together(happened.in_order())
}

/// What happened so far.
#[derive(Default)]
struct Happened<'a> {
    /// The starts and ends of tasks: the index of the task, and true for its end.
    of_tasks: HashMap<(usize, bool), Happening>,
    others: Vec<Happening>,
    /// The index in `others` of each lost agent that has not come back, by instance.
    open_gaps: HashMap<&'a str, usize>,
}

impl<'a> Happened<'a> {
    fn add(&mut self, (index, event): (usize, &StoryEvent), what: String) {
        self.others.push(Happening::of(event, index, what));
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
        let is_end = task.stop.is_some() && (state.stop.is_some() || !task.has_run);
        let happening = self.of_tasks.entry((at, is_end)).or_insert_with(|| {
            let mut happening = Happening::of(event, index, of_task(task, is_end));
            let started_in = task.start_ms.filter(|_| task.has_run);
            happening.line.took = Span::of(if is_end { task.lived_ms() } else { started_in });
            happening.line.events = 0;
            happening.line.members.clear();
            happening
        });
        happening.line.events += 1;
        happening.line.members.extend(u32::try_from(index));
        happening.line.event_type = happening.line.event_type.max(event.event_type);
        // The line has the time at which the task first ran, or stopped. A failure happens when the
        // task begins to stop: what follows from it can come before the task has drained.
        if is_end || !happening.is_settled {
            let failed_ms =
                task.stopping_ms.filter(|_| is_end && event.has_time && task.has_failed());
            let at_ms = failed_ms.map_or(event.time_ms, |at| at.min(event.time_ms));
            happening.line.first_ms = at_ms;
            happening.line.last_ms = at_ms;
            happening.line.has_time = event.has_time;
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
        if let Some(Happening { line, .. }) = gap.and_then(|at| self.others.get_mut(at)) {
            self.open_gaps.remove(&*state.arn);
            line.last_ms = event.time_ms;
            line.took = Span::of([event.time_ms - line.first_ms]);
            if state.status.as_deref() != Some("DRAINING") {
                line.events += 1;
                line.members.extend(u32::try_from(index));
                return;
            }
        } else if state.agent_connected == Some(false) && !state.is_leaving() {
            self.open_gaps.entry(&state.arn).or_insert(self.others.len());
        }
        self.add((index, event), of_instance(name, state));
    }

    fn in_order(self) -> Vec<Happening> {
        let mut all: Vec<_> = self.others.into_iter().chain(self.of_tasks.into_values()).collect();
        all.sort_by(|a, b| {
            let key = |Happening { line, .. }: &Happening| {
                (!line.has_time, line.first_ms, Reverse(line.event_type), line.last_ms)
            };
            key(a).cmp(&key(b)).then_with(|| a.line.key().cmp(&b.line.key()))
        });
        all
    }
}
