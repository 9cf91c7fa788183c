//! The runs that deployment events and tasks report.

use super::run::{Deployment, Outcome, is_named};
use crate::story::event::{About, DeploymentStep, Step, StoryEvent};
use crate::story::home::Home;
use crate::story::task::Task;
use std::collections::HashMap;

/// The runs of each id; clusters can have the same ids.
type Runs<'a> = HashMap<&'a str, Vec<usize>>;

/// The latest run of this id in this cluster.
fn latest(of_id: &Runs<'_>, runs: &[Deployment], id: &str, home: Home<'_>) -> Option<usize> {
    let is_here = |at: &usize| runs.get(*at).is_some_and(|run| run.home().can_be(home));
    of_id.get(id)?.iter().rev().copied().find(is_here)
}

pub(super) fn of_events(events: &[StoryEvent]) -> Vec<Deployment> {
    let mut runs: Vec<Deployment> = Vec::new();
    let mut of_id = Runs::new();
    for event in events {
        let About::Deployment(step) = &event.about else { continue };
        let goes_back = goes_back(step);
        let at = latest(&of_id, &runs, &step.id, event.home());
        let present = at.and_then(|at| runs.get_mut(at));
        let is_over = present.as_ref().is_some_and(|run| run.end_ms.is_some() || goes_back);
        if let Some(run) = present.filter(|_| step.step != Step::Begun || !is_over) {
            run.learn(step, event);
        } else {
            of_id.entry(&step.id).or_default().push(runs.len());
            let new = Deployment::new(&step.id, event);
            let mut run = Deployment { is_rollback: goes_back, ..new };
            run.learn(step, event);
            runs.push(run);
        }
    }
    runs
}

/// True for a begin whose reason is a rollback: `… rolling back to deploymentId ecs-svc/1.`
fn goes_back(step: &DeploymentStep) -> bool {
    step.reason.as_deref().is_some_and(|reason| reason.contains("rolling back to "))
}

impl Deployment {
    fn learn(&mut self, step: &DeploymentStep, event: &StoryEvent) {
        self.last_ms = self.last_ms.max(event.time_ms);
        self.settle_in(event.home(), event.service.as_deref());
        if step.name.contains("_ROLLBACK_") {
            self.own_rollback_ms = self.own_rollback_ms.or(Some(event.time_ms));
        }
        let outcome = match step.step {
            Step::Begun => {
                self.begin_ms = self.begin_ms.or(Some(event.time_ms));
                return;
            }
            Step::Other | Step::RollingBack => return,
            Step::Completed => Outcome::Completed,
            Step::Failed => Outcome::Failed,
            Step::RolledBack => Outcome::RolledBack,
        };
        if self.end_ms.is_none() {
            self.end_ms = Some(event.time_ms);
            self.outcome = outcome;
            self.reason = step.reason.as_deref().map(str::to_owned);
        }
    }
}

/// Adds a run for each deployment that only tasks name, if one of them began in the data: those
/// that only stop tell of no deployment.
pub(super) fn of_tasks(runs: &mut Vec<Deployment>, tasks: &[Task]) {
    let ids: Vec<_> = runs.iter().map(|run| run.id.clone()).collect();
    let mut of_id = Runs::new();
    for (at, id) in ids.iter().enumerate() {
        of_id.entry(id).or_default().push(at);
    }
    for task in tasks {
        let Some(id) = task.state.started_by.as_deref().filter(|it| it.starts_with("ecs-svc/"))
        else {
            continue;
        };
        let at = latest(&of_id, runs, id, task.home());
        if let Some(run) = at.and_then(|at| runs.get_mut(at)) {
            run.settle_in(task.home(), task.service.as_deref());
        } else if task.has_begun {
            of_id.entry(id).or_default().push(runs.len());
            runs.push(Deployment::of_task(id, task));
        }
    }
}

impl Deployment {
    fn of_task(id: &str, task: &Task) -> Self {
        let mut run = Self { id: id.to_owned(), last_ms: task.first_ms, ..Self::default() };
        run.settle_in(task.home(), task.service.as_deref());
        run
    }
}

/// Without an event of its begin, a run began with its first task.
pub(super) fn begin_with_tasks(run: &mut Deployment, tasks: &[Task]) {
    if run.begin_ms.is_some() {
        return;
    }
    let of_run = tasks.iter().filter(|task| task.has_begun && is_named(run, task));
    let before_end = |at: &i64| run.end_ms.is_none_or(|end| *at <= end);
    run.begin_ms = of_run.map(Task::began_ms).filter(before_end).min();
}
