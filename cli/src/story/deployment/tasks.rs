//! The tasks of each run.

use super::run::{Deployment, failed_in, is_named};
use crate::story::cause::Causes;
use crate::story::home::Home;
use crate::story::span::Span;
use crate::story::task::Task;
use std::collections::{HashMap, HashSet};

/// A task belongs to the last run of its deployment that had begun when it was created.
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
        let named = task.started_by.as_deref().and_then(|id| by_id.get(id)).unwrap_or(&of_daemons);
        let began = |at: &&usize| {
            runs.get(**at).is_some_and(|run| is_named(run, task) && run.spans(task.began_ms(), 0))
        };
        named.iter().rev().find(began).copied()
    };
    tasks.iter().map(belongs).collect()
}

pub(super) fn count(runs: &mut [Deployment], tasks: &[Task], belongs: &[Option<usize>]) {
    let mut causes: Vec<Causes> = runs.iter().map(|_| Causes::default()).collect();
    let mut starts: Vec<Vec<i64>> = runs.iter().map(|_| Vec::new()).collect();
    let mut definitions: HashMap<(Home<'_>, &str), (i64, &str)> = HashMap::new();
    for (task, at) in tasks.iter().zip(belongs) {
        if let (Some(id), Some(definition)) = (&task.started_by, &task.definition) {
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
        starts.extend(task.start_ms);
        run.last_ms = run.last_ms.max(task.first_ms);
        if run.task_definition.is_none() {
            run.task_definition.clone_from(&task.definition);
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

pub(super) fn tell_replacements(runs: &mut [Deployment], tasks: &[Task]) {
    type Service<'a> = (Home<'a>, &'a str);
    let mut changes: HashMap<Service<'_>, HashSet<&str>> = HashMap::new();
    for task in tasks {
        if let (Some(service), Some(id)) = (task.service.as_deref(), task.started_by.as_deref()) {
            changes.entry((task.home(), service)).or_default().insert(id);
        }
    }
    for run in runs.iter_mut().filter(|run| !run.has_events && run.failed == 0) {
        let service = run.service.as_deref().map(|service| (run.home(), service));
        let ids = service.and_then(|service| changes.get(&service));
        run.is_replacement = ids.is_none_or(|ids| ids.len() < 2);
    }
}
