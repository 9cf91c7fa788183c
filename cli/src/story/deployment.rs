//! Deployments: one run from begin to end each. A rollback is a run of its own, under the id of
//! the deployment that it goes back to.

mod run;
mod reported;
mod rollback;
mod tasks;
mod hooks;
mod replaced;

pub(super) use replaced::tell_replaced;
pub(super) use run::failed_in;
pub(crate) use run::{Deployment, Outcome, run_at};

use super::event::StoryEvent;
use super::task::Task;
use hooks::add_hooks;
use reported::{begin_with_tasks, of_events, of_tasks};
use rollback::{pair, supersede};
use tasks::{assign, count, tell_replacements};

/// The runs that deployment events and tasks tell of, in order of their begin, and for each task
/// the run that it belongs to.
pub(super) fn runs(
    events: &[StoryEvent],
    tasks: &[Task],
    is_of_some_tasks: bool,
) -> (Vec<Deployment>, Vec<Option<usize>>) {
    let mut runs = of_events(events);
    of_tasks(&mut runs, tasks);
    for run in &mut runs {
        begin_with_tasks(run, tasks);
    }
    runs.sort_by(|a, b| {
        (a.begin_ms.unwrap_or(a.last_ms), &a.id, a.is_rollback).cmp(&(
            b.begin_ms.unwrap_or(b.last_ms),
            &b.id,
            b.is_rollback,
        ))
    });
    pair(&mut runs);
    supersede(&mut runs, events);
    let belongs = assign(&runs, tasks);
    tell_replacements(&mut runs, tasks, &belongs);
    for run in runs.iter_mut().filter(|run| !run.has_events && is_of_some_tasks) {
        run.is_replacement = true;
    }
    count(&mut runs, tasks, &belongs);
    add_hooks(&mut runs, events);
    (runs, belongs)
}
