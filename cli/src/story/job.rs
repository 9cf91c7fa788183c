//! Standalone tasks, which no service keeps: scheduled ones, batches, `run-task`.

use super::cause::{Cause, Causes};
use super::event::place;
use super::span::Span;
use super::task::Task;
use serde::Serialize;
use std::collections::BTreeMap;

/// The standalone tasks of one family.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Job {
    /// The family, or the group that the tasks were given.
    pub(crate) name: String,
    pub(crate) cluster: Option<String>,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    pub(crate) tasks: usize,
    pub(crate) running: usize,
    pub(crate) stopped: usize,
    pub(crate) failed: usize,
    pub(crate) ran: Option<Span>,
    pub(crate) causes: Vec<Cause>,
}

impl Job {
    /// `cluster/name`.
    pub(crate) fn place(&self) -> String {
        place(self.cluster.as_deref(), Some(&self.name))
    }
}

/// The name of the job that a standalone task belongs to.
pub(super) fn name(task: &Task) -> &str {
    let family = task.state.definition.as_deref().and_then(|it| it.split(':').next());
    let group = task.state.group.as_deref().map(|it| it.strip_prefix("family:").unwrap_or(it));
    group.or(family).or(task.state.started_by.as_deref()).unwrap_or("no family")
}

/// A job while its tasks are counted, with how long they ran.
type Open = (Job, Causes, Vec<i64>);

/// All jobs, in order of their names.
pub(super) fn jobs(tasks: &[Task]) -> Vec<Job> {
    let mut jobs: BTreeMap<(Option<&str>, &str), Open> = BTreeMap::new();
    for task in tasks.iter().filter(|task| !task.is_of_service()) {
        let name = name(task);
        let new = || Job {
            name: name.to_owned(),
            cluster: task.cluster.as_deref().map(str::to_owned),
            first_ms: task.began_ms(),
            last_ms: task.began_ms(),
            tasks: 0,
            running: 0,
            stopped: 0,
            failed: 0,
            ran: None,
            causes: Vec::new(),
        };
        let entry = jobs.entry((task.cluster.as_deref(), name));
        let (job, causes, ran) = entry.or_insert_with(|| (new(), Causes::default(), Vec::new()));
        job.tasks += 1;
        job.stopped += usize::from(task.state.stop.is_some());
        job.running += usize::from(task.has_run && task.state.stop.is_none());
        job.first_ms = job.first_ms.min(task.began_ms());
        job.last_ms = job.last_ms.max(task.state.stopping_ms.unwrap_or(task.first_ms));
        ran.extend(task.state.run_ms);
        if task.has_failed() {
            job.failed += 1;
            causes.add_task(task);
        }
    }
    let end = |(job, causes, ran): Open| Job { causes: causes.end(), ran: Span::of(ran), ..job };
    jobs.into_values().map(end).collect()
}
