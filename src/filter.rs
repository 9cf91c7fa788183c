//! Step 3: event → keep, or drop with a reason.

mod select;

use crate::event::{EcsEvent, EventKind};
use crate::glob::Patterns;

pub use select::{FIRST_VERSIONS, PASSING_STATUSES, STEADY_NAMES, STEADY_STATUS, Select};

/// The conditions of one rule, all of which an event must meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The condition on the cluster's name.
    pub clusters: Patterns,
    /// The condition on the event type, set by ECS or derived.
    pub event_types: Patterns,
    /// The condition on the `detail-type`.
    pub detail_types: Patterns,
    /// The condition on the `eventName`, for kinds that have one.
    pub event_names: Patterns,
    /// The condition on the service's name.
    pub services: Patterns,
    /// The condition on the `lastStatus` of tasks.
    pub task_statuses: Patterns,
}

/// The filter of a policy: it keeps an event that at least one rule keeps and that is selected.
///
/// It has at least one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    first: Rule,
    others: Vec<Rule>,
    select: Select,
}

impl Filter {
    /// A filter with one or more rules.
    pub fn new(first: Rule, others: Vec<Rule>, select: Select) -> Self {
        Self { first, others, select }
    }

    /// The rules, in the order in which they are written.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The selection among the events that the rules keep.
    pub fn select(&self) -> Select {
        self.select
    }

    /// Returns the filter with each rule changed.
    pub(crate) fn map_rules(self, mut change: impl FnMut(Rule) -> Rule) -> Self {
        let first = change(self.first);
        Self { first, others: self.others.into_iter().map(change).collect(), ..self }
    }
}

/// The reason to drop an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropReason {
    /// Its `detail-type` is not wanted.
    DetailType,
    /// Its event type is not wanted.
    EventType,
    /// Its cluster is not wanted, or is unknown.
    Cluster,
    /// Its `eventName` is not wanted.
    EventName,
    /// Its service is not wanted, or it has none.
    Service,
    /// The task's `lastStatus` is not wanted.
    TaskStatus,
    /// No rule keeps it, for different reasons.
    Rules,
    /// It is not selected, although a rule keeps it.
    Select,
}

impl DropReason {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::DetailType,
        Self::EventType,
        Self::Cluster,
        Self::EventName,
        Self::Service,
        Self::TaskStatus,
        Self::Rules,
        Self::Select,
    ];

    /// Its spelling wherever it is counted or shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DetailType => "detailType",
            Self::EventType => "eventType",
            Self::Cluster => "cluster",
            Self::EventName => "eventName",
            Self::Service => "service",
            Self::TaskStatus => "taskStatus",
            Self::Rules => "rules",
            Self::Select => "select",
        }
    }
}

/// The decision on an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on.
    Keep,
    /// It ends here.
    Drop(DropReason),
}

/// Decides whether the operator wants the event.
///
/// The reason to drop it is that of every rule, or [`DropReason::Rules`] if they differ.
pub fn filter(filter: &Filter, event: &EcsEvent<'_>) -> Verdict {
    let Some(mut reason) = objection(&filter.first, event) else {
        return selected(filter.select, event);
    };
    for rule in &filter.others {
        match objection(rule, event) {
            None => return selected(filter.select, event),
            Some(same) if same == reason => {}
            Some(_) => reason = DropReason::Rules,
        }
    }
    Verdict::Drop(reason)
}

/// The decision on an event that a rule keeps.
fn selected(select: Select, event: &EcsEvent<'_>) -> Verdict {
    if select.keeps(event) { Verdict::Keep } else { Verdict::Drop(DropReason::Select) }
}

/// Returns the first condition of the rule that the event does not meet.
fn objection(rule: &Rule, event: &EcsEvent<'_>) -> Option<DropReason> {
    let is_task = event.kind == EventKind::Task;
    let conditions = [
        (rule.detail_types.hold(Some(event.kind.detail_type())), DropReason::DetailType),
        (rule.event_types.hold(Some(event.event_type.as_str())), DropReason::EventType),
        (rule.clusters.hold(event.cluster.as_deref()), DropReason::Cluster),
        (
            !carries_event_name(event) || rule.event_names.hold(event.event_name.as_deref()),
            DropReason::EventName,
        ),
        (rule.services.hold(event.service.as_deref()), DropReason::Service),
        (!is_task || rule.task_statuses.hold(event.last_status.as_deref()), DropReason::TaskStatus),
    ];
    conditions.into_iter().find(|(holds, _)| !holds).map(|(_, reason)| reason)
}

/// True if the condition on `eventName` applies to the event: to every event of a kind that carries
/// the field, and to any other event that has it.
fn carries_event_name(event: &EcsEvent<'_>) -> bool {
    match event.kind {
        EventKind::ServiceAction
        | EventKind::Deployment
        | EventKind::Hook
        | EventKind::DaemonServiceAction
        | EventKind::DaemonDeployment
        | EventKind::CloudTrail
        | EventKind::CloudTrailServiceEvent => true,
        EventKind::Task
        | EventKind::ContainerInstance
        | EventKind::ContainerInstanceHealth
        | EventKind::Other(_) => event.event_name.is_some(),
    }
}
