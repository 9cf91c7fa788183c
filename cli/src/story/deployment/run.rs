//! One run of a deployment, from begin to end.

use crate::story::cause::Cause;
use crate::story::event::{StoryEvent, TaskState};
use crate::story::home::Home;
use crate::story::span::Span;
use crate::story::task::Task;
use serde::Serialize;

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Deployment {
    pub(crate) id: String,
    #[serde(skip)]
    pub(crate) account: Option<String>,
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
    /// The next deployment of the service, if it began and no event shows the end of this one.
    pub(crate) replaced_by: Option<String>,
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
    /// When the next deployment of the service began, if no event shows the end of this one.
    #[serde(skip)]
    pub(crate) next_ms: Option<i64>,
    /// The time of the first event of its rollback under its own id, as daemons roll back.
    #[serde(skip)]
    pub(crate) own_rollback_ms: Option<i64>,
    /// False if there are only events of its tasks.
    pub(crate) has_events: bool,
    /// True if only tasks tell of it that replace others of the same deployment, as far as anyone
    /// can see. Then no failure belongs to it: that is trouble outside deployments.
    pub(crate) is_replacement: bool,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Completed,
    Failed,
    /// Failed, and another deployment ran again in its place. While the rollback is in progress,
    /// and after it has failed, the outcome is `Failed`.
    RolledBack,
    /// Another deployment of the service began before it ended.
    Replaced,
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

/// A task that stops so soon after the end still belongs to the run.
const AFTERMATH_MS: i64 = 60 * 1000;

/// The event of a begin can come so long after the first tasks were created: half a minute was seen.
const LATE_MS: i64 = 60 * 1000;

impl Deployment {
    pub(super) fn new(id: &str, event: &StoryEvent) -> Self {
        let mut run = Self {
            id: id.to_owned(),
            outcome: Outcome::InProgress,
            last_ms: event.time_ms,
            has_events: true,
            ..Self::default()
        };
        run.settle_in(event.home(), event.service.as_deref());
        run
    }

    /// How long it took, if both ends are known.
    pub(crate) fn took_ms(&self) -> Option<i64> {
        Some(self.end_ms? - self.begin_ms?)
    }

    /// True if it failed, whether or not it was rolled back.
    pub(crate) fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed | Outcome::RolledBack)
    }

    pub(crate) fn home(&self) -> Home<'_> {
        Home { account: self.account.as_deref(), cluster: self.cluster.as_deref() }
    }

    /// Learns its cluster and service from what knows them.
    pub(super) fn settle_in(&mut self, home: Home<'_>, service: Option<&str>) {
        let learn = |mine: &mut Option<String>, new: Option<&str>| {
            if mine.is_none() {
                *mine = new.map(str::to_owned);
            }
        };
        learn(&mut self.account, home.account);
        learn(&mut self.cluster, home.cluster);
        learn(&mut self.service, service);
    }

    pub(crate) fn is_of_same_service(&self, other: &Self) -> bool {
        self.service == other.service && self.home().can_be(other.home())
    }

    /// True if this run was rolled back to the other one's deployment.
    pub(crate) fn is_rolled_back_to(&self, other: &Self) -> bool {
        self.rolled_back_to.as_deref() == Some(&other.id) && self.is_of_same_service(other)
    }

    /// The next run of the service, if no event shows the end of this one.
    pub(crate) fn replacement<'a>(&self, all: &'a [Self]) -> Option<&'a Self> {
        let id = self.replaced_by.as_deref()?;
        all.iter()
            .find(|it| it.id == id && it.begin_ms == self.next_ms && it.is_of_same_service(self))
    }

    /// The rollback that followed this run: the one that began closest to its end.
    pub(crate) fn rollback<'a>(&self, all: &'a [Self]) -> Option<&'a Self> {
        let rollbacks = all.iter().filter(|it| it.is_rollback && self.is_rolled_back_to(it));
        rollbacks.min_by_key(|it| {
            (it.begin_ms.unwrap_or(it.last_ms) - self.end_ms.unwrap_or(self.last_ms)).abs()
        })
    }

    /// True if this moment lies between begin and end.
    pub(super) fn spans(&self, at_ms: i64, after_ms: i64) -> bool {
        self.begin_ms.is_none_or(|begin| begin <= at_ms) && self.ends_after(at_ms - after_ms)
    }

    /// True if it is not over before this moment.
    fn ends_after(&self, at_ms: i64) -> bool {
        self.end_ms.or(self.next_ms).is_none_or(|end| at_ms <= end)
    }

    /// True if the event of its begin came soon after this moment.
    pub(super) fn begins_late(&self, at_ms: i64) -> bool {
        self.begin_ms.is_some_and(|begin| (at_ms..=at_ms + LATE_MS).contains(&begin))
    }

    /// True if a task with this event is one of the deployment's, and was created during the run.
    pub(crate) fn has_task(&self, event: &StoryEvent, task: &TaskState) -> bool {
        let at_ms = task.created_ms.unwrap_or(event.time_ms);
        self.home().can_be(event.home())
            && self.is_named(task.started_by.as_deref(), task.group.as_deref())
            && (self.spans(at_ms, 0) || self.begins_late(at_ms))
    }

    /// True if a task that was started by this, and is of this group, names the deployment or is one
    /// of the daemon that it deploys.
    fn is_named(&self, started_by: Option<&str>, group: Option<&str>) -> bool {
        let daemon = group.and_then(|group| group.strip_prefix("daemon:"));
        let is_of_daemon = daemon.is_some() && daemon == self.service.as_deref();
        started_by == Some(self.id.as_str()) || is_of_daemon && !self.id.starts_with("ecs-svc/")
    }
}

/// True if the task names the deployment, or is one of the daemon that it deploys.
pub(super) fn is_named(run: &Deployment, task: &Task) -> bool {
    run.home().can_be(task.home())
        && run.is_named(task.state.started_by.as_deref(), task.state.group.as_deref())
}

/// True if the failure of a task of this run is part of the run, and not of the time after it.
pub(crate) fn failed_in(run: &Deployment, task: &Task) -> bool {
    let aftermath_ms = if run.outcome == Outcome::Completed { 0 } else { AFTERMATH_MS };
    let is_in_time = |at: i64| run.ends_after(at - aftermath_ms);
    !run.is_replacement && task.has_failed() && task.state.stopping_ms.is_none_or(is_in_time)
}

/// The run that a service action of this moment is part of.
pub(crate) fn run_at(runs: &[Deployment], event: &StoryEvent) -> Option<usize> {
    runs.iter().rposition(|run| {
        run.has_events
            && run.service.is_some()
            && run.service.as_deref() == event.service.as_deref()
            && run.cluster.as_deref() == event.cluster.as_deref()
            && run.home().can_be(event.home())
            && run.spans(event.time_ms, 0)
            && run.begin_ms.is_some()
    })
}
