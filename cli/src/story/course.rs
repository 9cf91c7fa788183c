//! The course of events: one line for each thing that happened, equal ones together.

mod line;
mod words;
mod happening;

pub(crate) use line::Line;
pub(crate) use words::shorten;

use super::event::{About, StoryEvent};
use super::instance::Instance;
use super::span::Span;
use super::task::Task;
use happening::{Happening, of_task, together};
use std::cmp::Reverse;
use std::collections::HashMap;
use words::{of_action, of_deployment, of_instance};

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
