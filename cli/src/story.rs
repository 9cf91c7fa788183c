//! The story: events in any order, duplicates included → deployments, tasks, instances, trouble.
//!
//! Pure: no clock, no files, nothing of the command line.

mod home;
mod shared;
mod event;
mod stop;
mod read;
mod span;
mod order;
mod link;
mod settle;
mod task;
mod cause;
mod deployment;
mod instance;
mod job;
mod stops;
mod trouble;
mod headline;
mod course;

pub(crate) use cause::Cause;
pub(crate) use course::{Line, shorten};
pub(crate) use deployment::{Deployment, Outcome, run_at};
pub(crate) use event::{About, ActionKind, StoryEvent, place, short};
pub(crate) use headline::tasks;
pub(crate) use instance::Instance;
pub(crate) use job::Job;
pub(crate) use settle::{Settled, Wait};
pub(crate) use shared::Shared;
pub(crate) use span::duration;
pub(crate) use stops::Stops;

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A story: all events in order, and the conclusions from them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Story {
    /// The story in one sentence.
    pub(crate) headline: String,
    /// Events, each counted once.
    #[serde(rename = "events")]
    pub(crate) event_count: usize,
    pub(crate) first_ms: Option<i64>,
    pub(crate) last_ms: Option<i64>,
    /// `cluster/service` of all events, and how many events each has.
    pub(crate) places: BTreeMap<String, usize>,
    /// The ECS console's page of each place that has one.
    pub(crate) links: BTreeMap<String, String>,
    /// In order of their begin.
    pub(crate) deployments: Vec<Deployment>,
    /// Standalone tasks by family.
    pub(crate) jobs: Vec<Job>,
    /// What happened outside deployments, errors first, then the most frequent.
    pub(crate) trouble: Vec<Cause>,
    pub(crate) instances: Vec<Instance>,
    /// What happened in order, equal things in one line; each event counts in one line.
    pub(crate) course: Vec<Line>,
    /// Every task that stopped, by service and reason.
    #[serde(skip)]
    pub(crate) stops: Vec<Stops>,
    /// The events in order, each once.
    #[serde(skip)]
    pub(crate) events: Vec<StoryEvent>,
}

/// What is known beside the events.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The task definitions of deployments whose tasks are not among the events, by id.
    pub(crate) definitions: HashMap<String, String>,
    /// True if the events are those of some tasks, so that they cannot show a deployment.
    pub(crate) is_of_some_tasks: bool,
}

/// Builds the story of these events.
pub(crate) fn tell(events: Vec<StoryEvent>) -> Story {
    tell_with(events, &Known::default())
}

/// Builds the story of these events, with what others told.
pub(crate) fn tell_with(events: Vec<StoryEvent>, known: &Known) -> Story {
    let events = order::order(events);
    let (mut tasks, by_arn) = task::lives(&events);
    let (mut deployments, belongs) = deployment::runs(&events, &tasks, known.is_of_some_tasks);
    for run in deployments.iter_mut().filter(|run| run.task_definition.is_none()) {
        run.task_definition = known.definitions.get(&run.id).cloned();
    }
    deployment::tell_replaced(&deployments, &mut tasks);
    let trouble = trouble::trouble(&mut deployments, &events, &tasks, &belongs);
    let instances = instance::instances(&events);
    let course = course::course(&events, &tasks, &by_arn, &instances);
    let (places, links) = places(&events);
    let jobs = job::jobs(&tasks);
    let stops = stops::stops(&tasks);
    let headline = headline::headline(&headline::Parts {
        deployments: &deployments,
        jobs: &jobs,
        trouble: &trouble,
        instances: &instances,
        has_clusters: clusters(&events).len() > 1,
    });
    Story {
        headline,
        event_count: course.iter().map(|line| line.events).sum(),
        first_ms: events.iter().find(|event| event.has_time).map(|event| event.time_ms),
        last_ms: events.iter().rfind(|event| event.has_time).map(|event| event.time_ms),
        places,
        links,
        deployments,
        jobs,
        trouble,
        instances,
        course,
        stops,
        events,
    }
}

/// How many events each `cluster/service` has, and the ECS console's page of it.
fn places(events: &[StoryEvent]) -> (BTreeMap<String, usize>, BTreeMap<String, String>) {
    let (mut places, mut links) = (BTreeMap::new(), BTreeMap::new());
    for event in events {
        let place = event.place();
        if !links.contains_key(&place)
            && let Some(link) = link::service(event)
        {
            links.insert(place.clone(), link);
        }
        *places.entry(place).or_default() += 1;
    }
    (places, links)
}

fn clusters(events: &[StoryEvent]) -> BTreeSet<&str> {
    events.iter().filter_map(|event| event.cluster.as_deref()).collect()
}

impl Story {
    /// The ECS console's page of the task that an event is about.
    pub(crate) fn link_of_task(event: &StoryEvent) -> Option<String> {
        link::task(event)
    }

    /// The name of each instance, by its ARN.
    pub(crate) fn names(&self) -> HashMap<&str, &str> {
        instance::names(&self.instances)
    }

    /// How a deployment went, in a sentence.
    pub(crate) fn sentence(&self, run: &Deployment) -> String {
        headline::sentence(run, &self.deployments, self.clusters().len() > 1)
    }

    /// The names of all clusters.
    pub(crate) fn clusters(&self) -> BTreeSet<&str> {
        clusters(&self.events)
    }

    /// The names of all services.
    pub(crate) fn services(&self) -> BTreeSet<&str> {
        self.events.iter().filter_map(|event| event.service.as_deref()).collect()
    }
}
