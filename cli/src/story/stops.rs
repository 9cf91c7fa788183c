//! Why tasks stopped, by service.

use super::cause::Causes;
use super::event::place;
use super::job;
use super::span::Span;
use super::stop::verb;
use super::task::Task;
use ecs_event_forwarder::event::EventType;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The tasks of one service, or of one job, that stopped for the same reason.
#[derive(Clone, Debug)]
pub(crate) struct Stops {
    /// `cluster/service`, or `cluster/job`.
    pub(crate) place: String,
    /// `cluster/service` of a service's tasks; the cluster of a job's.
    pub(crate) service: String,
    /// What the tasks did: `ran out of memory (container web, exit 137)`.
    pub(crate) why: String,
    pub(crate) event_type: EventType,
    pub(crate) tasks: usize,
    /// How long the tasks lived.
    pub(crate) lived: Option<Span>,
}

/// The tasks of one place that stopped, while they are counted.
#[derive(Default)]
struct Open {
    failed: Causes,
    routine: BTreeMap<&'static str, (usize, Option<Span>)>,
}

/// Every task that stopped, counted once: errors first, then the most frequent reasons.
pub(super) fn stops(tasks: &[Task]) -> Vec<Stops> {
    // A job can have the name of a service.
    let mut places: BTreeMap<[String; 2], Open> = BTreeMap::new();
    for task in tasks {
        let Some(stop) = &task.state.stop else { continue };
        let service = place(task.cluster.as_deref(), task.service.as_deref());
        let name = if task.is_of_service() {
            service.clone()
        } else {
            place(task.cluster.as_deref(), Some(job::name(task)))
        };
        let open = places.entry([name, service]).or_default();
        if task.has_failed() {
            open.failed.add_task(task);
            continue;
        }
        let (count, lived) = open.routine.entry(stop.routine(task.is_replaced)).or_default();
        *count += 1;
        let known = lived.map(|it| [it.min_ms, it.max_ms]);
        *lived = Span::of(known.into_iter().flatten().chain(task.lived_ms()));
    }
    let mut stops: Vec<_> = places.into_iter().flat_map(|(names, open)| open.end(&names)).collect();
    stops.sort_by_key(|it| Reverse((it.event_type, it.tasks)));
    stops
}

impl Open {
    fn end(self, [place, service]: &[String; 2]) -> Vec<Stops> {
        let Self { failed, routine } = self;
        let failed = failed.end().into_iter().map(|cause| {
            let why = format!("{}{}", verb(&cause.category), cause.in_brackets());
            (why, cause.event_type, cause.count, cause.lived)
        });
        let routine = routine
            .into_iter()
            .map(|(why, (count, lived))| (why.to_owned(), EventType::Info, count, lived));
        let stops = failed.chain(routine).map(|(why, event_type, tasks, lived)| Stops {
            place: place.clone(),
            service: service.clone(),
            why,
            event_type,
            tasks,
            lived,
        });
        stops.collect()
    }
}
