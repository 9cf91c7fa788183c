//! The story: events in any order, duplicates included → deployments, tasks, instances, trouble.
//!
//! Pure: no clock, no files, nothing of the command line.

mod fact;
mod stop;
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
pub(crate) use deployment::{Deployment, Outcome};
pub(crate) use fact::{About, Fact, place, short};
pub(crate) use headline::tasks;
pub(crate) use instance::Instance;
pub(crate) use job::Job;
pub(crate) use settle::{Settled, Wait};
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
    pub(crate) events: usize,
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
    pub(crate) facts: Vec<Fact>,
}

/// Builds the story of these events.
pub(crate) fn tell(facts: Vec<Fact>) -> Story {
    let facts = order::order(facts);
    let (tasks, by_arn) = task::lives(&facts);
    let (mut deployments, belongs) = deployment::runs(&facts, &tasks);
    let trouble = trouble::trouble(&mut deployments, &facts, &tasks, &belongs);
    let instances = instance::instances(&facts);
    let course = course::course(&facts, &tasks, &by_arn, &instances);
    let (places, links) = places(&facts);
    let jobs = job::jobs(&tasks);
    let stops = stops::stops(&tasks);
    let headline = headline::headline(&headline::Parts {
        deployments: &deployments,
        jobs: &jobs,
        trouble: &trouble,
        instances: &instances,
        has_clusters: clusters(&facts).len() > 1,
    });
    Story {
        headline,
        events: course.iter().map(|line| line.events).sum(),
        first_ms: facts.first().map(|fact| fact.time_ms),
        last_ms: facts.last().map(|fact| fact.time_ms),
        places,
        links,
        deployments,
        jobs,
        trouble,
        instances,
        course,
        stops,
        facts,
    }
}

/// How many events each `cluster/service` has, and the ECS console's page of it.
fn places(facts: &[Fact]) -> (BTreeMap<String, usize>, BTreeMap<String, String>) {
    let (mut places, mut links) = (BTreeMap::new(), BTreeMap::new());
    for fact in facts {
        let place = fact.place();
        if !links.contains_key(&place)
            && let Some(link) = link::service(fact)
        {
            links.insert(place.clone(), link);
        }
        *places.entry(place).or_default() += 1;
    }
    (places, links)
}

fn clusters(facts: &[Fact]) -> BTreeSet<&str> {
    facts.iter().filter_map(|fact| fact.cluster.as_deref()).collect()
}

impl Story {
    /// The ECS console's page of the task that an event is about.
    pub(crate) fn link_of_task(fact: &Fact) -> Option<String> {
        link::task(fact)
    }

    /// The name of each instance, by the short id of its ARN.
    pub(crate) fn names(&self) -> HashMap<&str, &str> {
        self.instances.iter().map(|it| (it.id.as_str(), it.name.as_str())).collect()
    }

    /// How a deployment went, in a sentence.
    pub(crate) fn sentence(&self, run: &Deployment) -> String {
        headline::sentence(run, &self.deployments, self.clusters().len() > 1)
    }

    /// The names of all clusters.
    pub(crate) fn clusters(&self) -> BTreeSet<&str> {
        clusters(&self.facts)
    }

    /// The names of all services.
    pub(crate) fn services(&self) -> BTreeSet<&str> {
        self.facts.iter().filter_map(|fact| fact.service.as_deref()).collect()
    }
}
