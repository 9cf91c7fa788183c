//! Deployments: one run from begin to end each. A rollback is a run of its own, under the id of
//! the deployment that it goes back to.

use super::cause::{Cause, Causes};
use super::event::{About, ActionKind, DeploymentStep, Step, StoryEvent};
use super::span::Span;
use super::task::Task;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// One run of a deployment.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Deployment {
    pub(crate) id: String,
    pub(crate) cluster: Option<String>,
    pub(crate) service: Option<String>,
    /// Family and revision of its tasks, as `web:42`.
    pub(crate) task_definition: Option<String>,
    pub(crate) begin_ms: Option<i64>,
    pub(crate) end_ms: Option<i64>,
    pub(crate) outcome: Outcome,
    /// True if it goes back after another deployment has failed.
    pub(crate) is_rollback: bool,
    /// The deployment that it was rolled back to.
    pub(crate) rolled_back_to: Option<String>,
    /// ECS's words when it ended.
    pub(crate) reason: Option<String>,
    /// Tasks created, those of them that reached RUNNING, and those that failed.
    pub(crate) tasks: usize,
    pub(crate) running: usize,
    pub(crate) failed: usize,
    /// How long tasks took to start.
    pub(crate) started_in: Option<Span>,
    /// Why tasks failed or could not be placed, the root cause first.
    pub(crate) causes: Vec<Cause>,
    /// The events of its hooks, in order.
    pub(crate) hooks: Vec<Hook>,
    /// The time of its last event.
    pub(crate) last_ms: i64,
    /// False if there are only events of its tasks.
    pub(crate) has_events: bool,
    /// True if only tasks tell of it that replace others of the same deployment, as far as anyone
    /// can see: none failed, and no other deployment of the service is in the data.
    pub(crate) is_replacement: bool,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Completed,
    Failed,
    /// Failed, and another deployment ran again in its place.
    RolledBack,
    InProgress,
    /// No event shows how it ended.
    #[default]
    Unknown,
}

/// An event of a hook.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Hook {
    pub(crate) at_ms: i64,
    pub(crate) name: String,
    pub(crate) stage: Option<String>,
    /// How long it held the deployment up: until the next event of a hook, or the end.
    pub(crate) waited_ms: Option<i64>,
}

/// A rollback and the failure before it lie so close together.
const CLOSE_MS: i64 = 5 * 60 * 1000;

/// A task that stops so soon after the end still belongs to the run.
const AFTERMATH_MS: i64 = 60 * 1000;

impl Deployment {
    fn new(id: &str, event: &StoryEvent) -> Self {
        Self {
            id: id.to_owned(),
            cluster: event.cluster.clone(),
            service: event.service.clone(),
            outcome: Outcome::InProgress,
            last_ms: event.time_ms,
            has_events: true,
            ..Self::default()
        }
    }

    /// How long it took, if both ends are known.
    pub(crate) fn took_ms(&self) -> Option<i64> {
        Some(self.end_ms? - self.begin_ms?)
    }

    /// True if it failed, whether or not it was rolled back.
    pub(crate) fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed | Outcome::RolledBack)
    }

    fn is_of_same_service(&self, other: &Self) -> bool {
        self.service == other.service
            && (self.cluster == other.cluster || self.cluster.is_none() || other.cluster.is_none())
    }

    /// True if this moment lies between begin and end.
    fn spans(&self, at_ms: i64, after_ms: i64) -> bool {
        self.begin_ms.is_none_or(|begin| begin <= at_ms)
            && self.end_ms.is_none_or(|end| at_ms <= end + after_ms)
    }
}

/// The runs that deployment events and tasks tell of, in order of their begin, and for each task
/// the run that it belongs to.
pub(super) fn runs(events: &[StoryEvent], tasks: &[Task]) -> (Vec<Deployment>, Vec<Option<usize>>) {
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
    supersede(&mut runs);
    let belongs = assign(&runs, tasks);
    count(&mut runs, tasks, &belongs);
    tell_replacements(&mut runs, tasks);
    add_hooks(&mut runs, events);
    (runs, belongs)
}

fn of_events(events: &[StoryEvent]) -> Vec<Deployment> {
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
fn of_tasks(runs: &mut Vec<Deployment>, tasks: &[Task]) {
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
fn begin_with_tasks(run: &mut Deployment, tasks: &[Task]) {
    if run.begin_ms.is_some() {
        return;
    }
    let of_run = tasks.iter().filter(|task| task.has_begun && is_named(run, task));
    let before_end = |at: &i64| run.end_ms.is_none_or(|end| *at <= end);
    run.begin_ms = of_run.map(Task::began_ms).filter(before_end).min();
}

/// True if the task names the deployment, or is one of the daemon that it deploys.
fn is_named(run: &Deployment, task: &Task) -> bool {
    if task.started_by.as_deref() == Some(run.id.as_str()) {
        return true;
    }
    let daemon = task.group.as_deref().and_then(|group| group.strip_prefix("daemon:"));
    daemon.is_some() && !run.id.starts_with("ecs-svc/") && daemon == run.service.as_deref()
}

/// Finds the failed deployment of each rollback: the one of the same service that ended closest to
/// the rollback's begin, or, if none has ended, the last that began before it.
fn pair(runs: &mut [Deployment]) {
    for at in 0..runs.len() {
        let Some(rollback) = runs.get(at).filter(|run| run.is_rollback).cloned() else { continue };
        let Some(begin_ms) = rollback.begin_ms else { continue };
        let candidates = runs.iter_mut().enumerate().filter(|(other, run)| {
            *other != at && run.id != rollback.id && run.is_of_same_service(&rollback)
        });
        let close = |run: &Deployment| {
            let gap = (run.end_ms? - begin_ms).abs();
            (run.has_failed() && run.rolled_back_to.is_none() && gap <= CLOSE_MS).then_some(gap)
        };
        let open = |run: &Deployment| {
            let began_before = begin_ms - run.begin_ms?;
            let is_open = run.end_ms.is_none() && run.has_events && began_before >= 0;
            is_open.then_some(CLOSE_MS + 1 + began_before)
        };
        let distance = |run: &Deployment| close(run).or_else(|| open(run));
        let failed = candidates.filter_map(|(_, run)| Some((distance(run)?, run)));
        if let Some((_, failed)) = failed.min_by_key(|(distance, _)| *distance) {
            failed.outcome = Outcome::RolledBack;
            failed.end_ms = failed.end_ms.or(Some(begin_ms));
            failed.rolled_back_to = Some(rollback.id);
        }
    }
}

/// A run without an end is in progress only if no later one of the service has begun.
fn supersede(runs: &mut [Deployment]) {
    for at in (0..runs.len()).rev() {
        let (before, later) = runs.split_at_mut(at + 1);
        let Some(run) = before.last_mut().filter(|it| it.outcome == Outcome::InProgress) else {
            continue;
        };
        let next = later.iter().filter(|it| it.has_events && it.is_of_same_service(run));
        let mut next = next.filter(|it| it.begin_ms > run.begin_ms);
        if next.next().is_some() {
            run.outcome = Outcome::Unknown;
        }
    }
}

/// A task belongs to the last run of its deployment that had begun when it was created.
fn assign(runs: &[Deployment], tasks: &[Task]) -> Vec<Option<usize>> {
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

fn count(runs: &mut [Deployment], tasks: &[Task], belongs: &[Option<usize>]) {
    let mut causes: Vec<Causes> = runs.iter().map(|_| Causes::default()).collect();
    let mut starts: Vec<Vec<i64>> = runs.iter().map(|_| Vec::new()).collect();
    let mut definitions: HashMap<&str, (i64, &str)> = HashMap::new();
    for (task, at) in tasks.iter().zip(belongs) {
        if let (Some(id), Some(definition)) = (&task.started_by, &task.definition) {
            let known = definitions.entry(id).or_insert((task.began_ms(), definition));
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
        let of_id = || definitions.get(run.id.as_str()).map(|(_, it)| (*it).to_owned());
        run.task_definition = run.task_definition.take().or_else(of_id);
    }
}

fn tell_replacements(runs: &mut [Deployment], tasks: &[Task]) {
    type Service<'a> = (Option<&'a str>, &'a str);
    let mut changes: HashMap<Service<'_>, HashSet<&str>> = HashMap::new();
    for task in tasks {
        if let (Some(service), Some(id)) = (task.service.as_deref(), task.started_by.as_deref()) {
            changes.entry((task.cluster.as_deref(), service)).or_default().insert(id);
        }
    }
    for run in runs.iter_mut().filter(|run| !run.has_events && run.failed == 0) {
        let service = run.service.as_deref().map(|service| (run.cluster.as_deref(), service));
        let ids = service.and_then(|service| changes.get(&service));
        run.is_replacement = ids.is_none_or(|ids| ids.len() < 2);
    }
}

/// True if the task's failure is part of the run, and not of the time after it.
pub(super) fn failed_in(run: &Deployment, task: &Task) -> bool {
    let aftermath_ms = if run.outcome == Outcome::Completed { 0 } else { AFTERMATH_MS };
    task.has_failed() && task.stopping_ms.is_none_or(|at| run.spans(at, aftermath_ms))
}

/// The run that a service action of this moment is part of.
pub(super) fn run_at(runs: &[Deployment], event: &StoryEvent) -> Option<usize> {
    runs.iter().rposition(|run| {
        run.has_events
            && run.service.is_some()
            && run.service == event.service
            && run.cluster == event.cluster
            && run.spans(event.time_ms, 0)
            && run.begin_ms.is_some()
    })
}

fn add_hooks(runs: &mut Vec<Deployment>, events: &[StoryEvent]) {
    for event in events {
        let About::Action(action) = &event.about else { continue };
        if action.kind != ActionKind::Hook {
            continue;
        }
        let named = action.deployment.as_deref().unwrap_or("hooks");
        let by_id = runs.iter().rposition(|run| run.id == named);
        let at = by_id.or_else(|| run_at(runs, event)).unwrap_or_else(|| {
            runs.push(Deployment {
                begin_ms: Some(event.time_ms),
                ..Deployment::new(named, event)
            });
            runs.len() - 1
        });
        let Some(run) = runs.get_mut(at) else { continue };
        run.last_ms = run.last_ms.max(event.time_ms);
        if let Some(before) = run.hooks.last_mut() {
            before.waited_ms = Some(event.time_ms - before.at_ms);
        }
        let waited_ms = run.end_ms.map(|end| end - event.time_ms).filter(|ms| *ms >= 0);
        run.hooks.push(Hook {
            at_ms: event.time_ms,
            name: action.name.clone(),
            stage: action.reason.clone(),
            waited_ms,
        });
    }
}
