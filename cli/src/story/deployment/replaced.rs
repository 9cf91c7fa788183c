//! Which tasks a deployment replaced, and which ones a service stopped because it scaled in.

use super::run::Deployment;
use crate::story::stop::Stop;
use crate::story::task::Task;
use std::collections::HashMap;

/// Notes for each task that the scheduler stopped whether another deployment of its service was in
/// progress. The runs are in order of their begin.
pub(crate) fn tell_replaced(runs: &[Deployment], tasks: &mut [Task]) {
    let mut by_service: HashMap<&str, Vec<&Deployment>> = HashMap::new();
    for run in runs {
        if let Some(service) = run.service.as_deref() {
            by_service.entry(service).or_default().push(run);
        }
    }
    for task in tasks {
        let is_of_scaling = task.state.stop.as_deref().is_some_and(Stop::is_of_scaling);
        let at_ms = task.state.stopping_ms.filter(|_| is_of_scaling);
        let runs = task.service.as_deref().and_then(|service| by_service.get(service));
        if let Some((at_ms, runs)) = at_ms.zip(runs) {
            task.is_replaced = is_replaced(runs, task, at_ms);
        }
    }
}

/// True if a run of another deployment was in progress. Without an end, a run lasts until the next
/// one of the service begins.
fn is_replaced(runs: &[&Deployment], task: &Task, at_ms: i64) -> bool {
    let is_begun = |run: &&&Deployment| {
        run.home().can_be(task.home()) && run.begin_ms.is_none_or(|begin| begin <= at_ms)
    };
    let begun = runs.iter().rev().filter(is_begun).enumerate();
    let mut in_progress =
        begun.filter(|(nth, run)| run.end_ms.map_or(*nth == 0, |end| at_ms <= end));
    in_progress.any(|(_, run)| task.state.started_by.as_deref() != Some(run.id.as_str()))
}
