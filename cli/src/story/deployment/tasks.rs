//! The tasks of each run.

use super::run::{Deployment, failed_in, is_named};
use crate::story::cause::Causes;
use crate::story::home::Home;
use crate::story::span::Span;
use crate::story::task::Task;
use std::collections::{HashMap, HashSet};

/// A task belongs to the last run of its deployment that had begun when it was created. If none had,
/// it belongs to the one that begins soon after, because the event of a begin can come late, or else
/// to the first one, unless that is a rollback, which keeps older tasks.
pub(super) fn assign(runs: &[Deployment], tasks: &[Task]) -> Vec<Option<usize>> {
    let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut of_daemons = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        by_id.entry(&run.id).or_default().push(at);
        if !run.id.starts_with("ecs-svc/") {
            of_daemons.push(at);
        }
    }
    let belongs = |task: &Task| {
        let named =
            task.state.started_by.as_deref().and_then(|id| by_id.get(id)).unwrap_or(&of_daemons);
        let named: Vec<_> = named
            .iter()
            .filter_map(|at| Some((*at, runs.get(*at)?)))
            .filter(|(_, run)| is_named(run, task))
            .collect();
        let at_ms = task.began_ms();
        let began = named.iter().rfind(|(_, run)| run.spans(at_ms, 0));
        let begins = || named.iter().find(|(_, run)| run.has_events && run.begins_late(at_ms));
        let first = || {
            let first = named.first().filter(|(_, run)| run.has_events && !run.is_rollback);
            first.filter(|(_, run)| run.begin_ms.is_some_and(|begin| at_ms < begin))
        };
        began.or_else(begins).or_else(first).map(|(at, _)| *at)
    };
    tasks.iter().map(belongs).collect()
}

pub(super) fn count(runs: &mut [Deployment], tasks: &[Task], belongs: &[Option<usize>]) {
    let mut causes: Vec<Causes> = runs.iter().map(|_| Causes::default()).collect();
    let mut starts: Vec<Vec<i64>> = runs.iter().map(|_| Vec::new()).collect();
    let mut definitions: HashMap<(Home<'_>, &str), (i64, &str)> = HashMap::new();
    for (task, at) in tasks.iter().zip(belongs) {
        if let (Some(id), Some(definition)) = (&task.state.started_by, &task.state.definition) {
            let known =
                definitions.entry((task.home(), id)).or_insert((task.began_ms(), definition));
            *known = (*known).min((task.began_ms(), definition));
        }
        let Some(at) = *at else { continue };
        let (Some(run), Some(causes), Some(starts)) =
            (runs.get_mut(at), causes.get_mut(at), starts.get_mut(at))
        else {
            continue;
        };
        run.tasks += 1;
        run.running += usize::from(task.has_run);
        starts.extend(task.state.start_ms);
        run.last_ms = run.last_ms.max(task.first_ms);
        if run.task_definition.is_none() {
            run.task_definition = task.state.definition.as_deref().map(str::to_owned);
        }
        if failed_in(run, task) {
            run.failed += 1;
            causes.add_task(task);
        }
    }
    for ((run, causes), starts) in runs.iter_mut().zip(causes).zip(starts) {
        run.causes = causes.end();
        run.started_in = Span::of(starts);
        let of_id = definitions.get(&(run.home(), run.id.as_str())).map(|(_, it)| (*it).to_owned());
        run.task_definition = run.task_definition.take().or(of_id);
    }
}

/// Tells runs that only tasks report from tasks that replace others of the same deployment. A run
/// is such a replacement if
///
/// - another deployment of the service has events, so that this one would have them, too, or
/// - no other deployment of the service is in the data, and the deployment had tasks before it, or
///   none of its tasks failed.
pub(super) fn tell_replacements(
    runs: &mut [Deployment],
    tasks: &[Task],
    belongs: &[Option<usize>],
) {
    type Service<'a> = (Home<'a>, &'a str);
    let mut changes: HashMap<Service<'_>, HashSet<&str>> = HashMap::new();
    let mut oldest: HashMap<(Home<'_>, &str), i64> = HashMap::new();
    for task in tasks {
        let Some(id) = task.state.started_by.as_deref() else { continue };
        if let Some(service) = task.service.as_deref() {
            changes.entry((task.home(), service)).or_default().insert(id);
        }
        if !task.has_begun {
            let first = oldest.entry((task.home(), id)).or_insert_with(|| task.began_ms());
            *first = (*first).min(task.began_ms());
        }
    }
    let mut has_failed = vec![false; runs.len()];
    for (task, at) in tasks.iter().zip(belongs) {
        if let Some(failed) = at.and_then(|at| has_failed.get_mut(at)) {
            *failed |= task.has_failed();
        }
    }
    let mut with_events: HashMap<Option<String>, Vec<Deployment>> = HashMap::new();
    for run in runs.iter().filter(|run| run.has_events) {
        with_events.entry(run.service.clone()).or_default().push(run.clone());
    }
    for (run, has_failed) in runs.iter_mut().zip(has_failed).filter(|(run, _)| !run.has_events) {
        let service = run.service.as_deref().map(|service| (run.home(), service));
        let ids = service.and_then(|service| changes.get(&service));
        let is_alone = ids.is_none_or(|ids| ids.len() < 2);
        let first = oldest.get(&(run.home(), run.id.as_str()));
        let had_tasks = first.is_some_and(|first| Some(*first) < run.begin_ms);
        let of_service = with_events.get(&run.service);
        let others_have_events =
            of_service.is_some_and(|all| all.iter().any(|it| it.is_of_same_service(run)));
        run.is_replacement = others_have_events || is_alone && (had_tasks || !has_failed);
    }
}
