//! Trouble outside deployments, and what held deployments up beside their tasks.

use super::cause::{Cause, Causes};
use super::deployment::{Deployment, failed_in, run_at};
use super::event::{About, Action, ActionKind, StoryEvent};
use super::task::Task;
use ecs_event_forwarder::event::EventType;

/// Counts placement failures into the deployments they belong to, and everything else that someone
/// should look at as trouble.
pub(super) fn trouble(
    runs: &mut [Deployment],
    events: &[StoryEvent],
    tasks: &[Task],
    belongs: &[Option<usize>],
) -> Vec<Cause> {
    let mut outside = Causes::default();
    let mut inside: Vec<Causes> = runs.iter().map(|_| Causes::default()).collect();
    for (task, at) in tasks.iter().zip(belongs) {
        let run = at.and_then(|at| runs.get(at));
        let is_inside = run.is_some_and(|run| failed_in(run, task));
        if task.has_failed() && task.is_of_service() && !is_inside {
            outside.add_task(task);
        }
    }
    for event in events {
        let About::Action(action) = &event.about else { continue };
        if event.event_type == EventType::Info {
            continue;
        }
        let run = run_at(runs, event).filter(|_| action.kind == ActionKind::Service);
        match run.and_then(|at| inside.get_mut(at)) {
            Some(_) if run.and_then(|at| runs.get(at)).is_some_and(|run| repeats(action, run)) => {}
            Some(causes) => {
                causes.add_action(action, event.event_type, event.time_ms, event.place());
            }
            None => outside.add_action(action, event.event_type, event.time_ms, event.place()),
        }
    }
    for (run, causes) in runs.iter_mut().zip(inside) {
        run.causes.extend(causes.end());
        // The most frequent cause is the root of the failure; of equals, what tasks say.
        run.causes.sort_by_key(|it| (std::cmp::Reverse(it.count), !it.is_of_tasks));
    }
    let mut causes = outside.end();
    for cause in causes.iter_mut().filter(|it| it.kind == Some(ActionKind::Service)) {
        cause.resolved_ms = resolved(cause, events, tasks);
    }
    causes
}

/// True for an action that only repeats what the failed tasks of the deployment say, which are
/// counted themselves.
fn repeats(action: &Action, run: &Deployment) -> bool {
    let is_of_a_task = || {
        action.reason.as_deref().is_some_and(|it| it.starts_with("Task failed to reach RUNNING"))
    };
    &*action.name == "SERVICE_TASK_START_IMPAIRED"
        || &*action.name == "DAEMON_TASK_START_IMPAIRED" && run.failed > 0 && is_of_a_task()
}

/// When the last of its services was well again.
fn resolved(cause: &Cause, events: &[StoryEvent], tasks: &[Task]) -> Option<i64> {
    let is_placement = cause.category == "SERVICE_TASK_PLACEMENT_FAILURE";
    let well = cause.last_at.iter().map(|(place, last_ms)| {
        let started = tasks.iter().filter(|task| {
            task.has_begun
                && task.began_ms() > *last_ms
                && (is_placement || stays_up(task))
                && super::event::place(task.cluster.as_deref(), task.service.as_deref()) == *place
        });
        let steady = events.iter().find(|event| {
            let About::Action(action) = &event.about else { return false };
            &*action.name == "SERVICE_STEADY_STATE"
                && event.time_ms > *last_ms
                && event.place() == *place
        });
        let started = started.map(Task::began_ms).min();
        [started, steady.map(|event| event.time_ms)].into_iter().flatten().min()
    });
    well.reduce(|a, b| Some(a?.max(b?))).flatten()
}

/// True for a task that runs, or ran until it was stopped for a routine reason.
fn stays_up(task: &Task) -> bool {
    task.has_run && !task.has_failed()
}
