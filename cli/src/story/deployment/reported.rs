//! The runs that deployment events and tasks report.

use super::run::{Deployment, Outcome, is_named};
use crate::story::event::{About, DeploymentStep, Step, StoryEvent};
use crate::story::task::Task;
use std::collections::HashMap;

pub(super) fn of_events(events: &[StoryEvent]) -> Vec<Deployment> {
    let mut runs: Vec<Deployment> = Vec::new();
    let mut latest: HashMap<&str, usize> = HashMap::new();
    for event in events {
        let About::Deployment(step) = &event.about else { continue };
        let goes_back = back_to(step).is_some();
        let present = latest.get(step.id.as_str()).and_then(|at| runs.get(*at));
        let is_over = present.is_some_and(|run| run.end_ms.is_some() || goes_back);
        let is_new = present.is_none() || step.step == Step::Begun && is_over;
        if is_new {
            latest.insert(&step.id, runs.len());
            runs.push(Deployment { is_rollback: goes_back, ..Deployment::new(&step.id, event) });
        }
        let run = latest.get(step.id.as_str()).and_then(|at| runs.get_mut(*at));
        run.expect("it was there, or is new").learn(step, event);
    }
    runs
}

/// The deployment that a reason goes back to: `… rolling back to deploymentId ecs-svc/1.`
fn back_to(step: &DeploymentStep) -> Option<&str> {
    let (_, id) = step.reason.as_deref()?.split_once("rolling back to deploymentId ")?;
    id.split_whitespace().next().map(|id| id.trim_end_matches('.'))
}

impl Deployment {
    fn learn(&mut self, step: &DeploymentStep, event: &StoryEvent) {
        self.last_ms = self.last_ms.max(event.time_ms);
        self.cluster = self.cluster.take().or_else(|| event.cluster.clone());
        self.service = self.service.take().or_else(|| event.service.clone());
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
            self.reason.clone_from(&step.reason);
        }
    }
}

/// Adds a run for each deployment that only tasks name, if one of them began in the data: those
/// that only stop tell of no deployment.
pub(super) fn of_tasks(runs: &mut Vec<Deployment>, tasks: &[Task]) {
    let mut latest: HashMap<String, usize> = HashMap::new();
    for (at, run) in runs.iter().enumerate() {
        latest.insert(run.id.clone(), at);
    }
    for task in tasks {
        let Some(id) = task.started_by.as_deref().filter(|it| it.starts_with("ecs-svc/")) else {
            continue;
        };
        if let Some(run) = latest.get(id).and_then(|at| runs.get_mut(*at)) {
            run.cluster = run.cluster.take().or_else(|| task.cluster.clone());
            run.service = run.service.take().or_else(|| task.service.clone());
        } else if task.has_begun {
            latest.insert(id.to_owned(), runs.len());
            runs.push(Deployment::of_task(id, task));
        }
    }
}

impl Deployment {
    fn of_task(id: &str, task: &Task) -> Self {
        Self {
            id: id.to_owned(),
            cluster: task.cluster.clone(),
            service: task.service.clone(),
            last_ms: task.first_ms,
            ..Self::default()
        }
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
