//! The story at a glance: one row for each deployment, job and trouble, the worst first.
//!
//! Every command that shows the story shows these rows.

mod times;

use crate::story::{
    Cause, Deployment, Instance, Job, Outcome, Story, duration, place, shorten, tasks,
};
use crate::table::number;
use ecs_event_forwarder::event::EventType;
use std::collections::BTreeMap;

pub(crate) use times::Times;

/// One row of the summary.
pub(crate) struct Row {
    /// When it began, else when it ended.
    pub(crate) at_ms: Option<i64>,
    /// When a deployment began, if an event shows it.
    pub(crate) begin_ms: Option<i64>,
    /// When a deployment ended.
    pub(crate) end_ms: Option<i64>,
    /// `FAILED`, `ROLLBACK`, `ERROR`.
    pub(crate) word: &'static str,
    /// The deployment, or the place of the trouble.
    pub(crate) name: String,
    /// The whole id of a deployment.
    pub(crate) id: String,
    /// Where, as `cluster/service`.
    pub(crate) place: String,
    /// Family and revision; empty without a deployment.
    pub(crate) definition: String,
    pub(crate) took: String,
    pub(crate) text: String,
    pub(crate) tone: EventType,
    /// The ECS console's page of the service.
    pub(crate) link: Option<String>,
}

/// The rows of deployments: those that failed with their rollbacks, then the others.
pub(crate) fn deployments(story: &Story) -> Vec<Row> {
    let mut runs: Vec<_> = story.deployments.iter().enumerate().collect();
    // A rollback follows the deployment that failed, and so takes its place in the order.
    let group = |at: usize, run: &Deployment| {
        let failed = story
            .deployments
            .iter()
            .enumerate()
            .filter(|(_, other)| run.is_rollback && other.is_rolled_back_to(run));
        let gap = |other: &Deployment| {
            (other.end_ms.unwrap_or_default() - run.begin_ms.unwrap_or_default()).abs()
        };
        let closest = failed.min_by_key(|(_, other)| gap(other));
        let (at, run) = closest.unwrap_or((at, run));
        (rank(run), at)
    };
    runs.retain(|(_, run)| !run.is_replacement);
    runs.sort_by_key(|(at, run)| (group(*at, run), run.is_rollback, *at));
    let has_clusters = story.clusters().len() > 1;
    runs.into_iter().map(|(_, run)| Row::of(run, story, has_clusters)).collect()
}

fn rank(run: &Deployment) -> u8 {
    match run.outcome {
        Outcome::Failed | Outcome::RolledBack => 0,
        Outcome::Unknown | Outcome::Replaced if run.failed > 0 => 1,
        Outcome::InProgress => 2,
        Outcome::Completed => 3,
        Outcome::Unknown | Outcome::Replaced => 4,
    }
}

/// The rows of jobs, trouble and instances.
pub(crate) fn trouble(story: &Story, times: &Times) -> Vec<Row> {
    let jobs = story.jobs.iter().map(Row::of_job);
    let causes = story.trouble.iter().map(|cause| Row::of_cause(cause, &story.links, times));
    let instances = story.instances.iter().filter_map(Row::of_instance);
    let mut rows: Vec<_> = causes.chain(instances).chain(jobs).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.tone));
    rows
}

impl Row {
    fn of(run: &Deployment, story: &Story, has_clusters: bool) -> Self {
        let place = place(run.cluster.as_deref(), run.service.as_deref());
        let (word, tone) = match run.outcome {
            Outcome::Failed | Outcome::RolledBack if run.is_rollback => {
                ("ROLLBACK", EventType::Error)
            }
            Outcome::Failed | Outcome::RolledBack => ("FAILED", EventType::Error),
            _ if run.is_rollback => ("ROLLBACK", EventType::Warn),
            Outcome::Completed => ("COMPLETED", EventType::Info),
            Outcome::InProgress => ("ONGOING", EventType::Warn),
            Outcome::Replaced if run.failed > 0 => ("REPLACED", EventType::Error),
            Outcome::Replaced => ("REPLACED", EventType::Info),
            Outcome::Unknown if run.failed > 0 => ("UNKNOWN", EventType::Error),
            Outcome::Unknown => ("UNKNOWN", EventType::Info),
        };
        Self {
            at_ms: run.begin_ms.or(run.end_ms),
            begin_ms: run.begin_ms,
            end_ms: run.end_ms,
            word,
            name: shorten(&run.id),
            id: run.id.clone(),
            definition: definition(run, has_clusters),
            took: run.took_ms().map(duration).unwrap_or_default(),
            text: deployment(run),
            tone,
            link: story.links.get(&place).cloned(),
            place,
        }
    }

    fn of_job(job: &Job) -> Self {
        let mut parts: Vec<_> =
            job.causes.is_empty().then(|| tasks(job.tasks)).into_iter().collect();
        parts.extend((job.failed == 0 && job.stopped > 0).then(|| "none failed".to_owned()));
        parts.extend((job.running > 0).then(|| format!("{} still running", job.running)));
        parts.extend(job.causes.iter().map(|it| it.sentence(Some(job.tasks)) + &it.lived_words()));
        parts.extend(job.ran.filter(|_| job.failed == 0).map(|it| format!("ran {}", it.words())));
        let tone = job.causes.iter().map(|it| it.event_type).max();
        Self {
            at_ms: Some(job.first_ms),
            begin_ms: None,
            end_ms: None,
            word: "TASKS",
            name: job.place(),
            id: String::new(),
            place: job.place(),
            definition: String::new(),
            took: String::new(),
            text: parts.join("; "),
            tone: tone.unwrap_or(EventType::Info),
            link: None,
        }
    }

    fn of_cause(cause: &Cause, links: &BTreeMap<String, String>, times: &Times) -> Self {
        let last = (cause.first_ms != cause.last_ms).then(|| times.at(cause.last_ms));
        let last = last.map(|last| format!(", last {last}")).unwrap_or_default();
        let (what, lived) = (cause.sentence(None), cause.lived_words());
        Self {
            at_ms: Some(cause.first_ms),
            begin_ms: None,
            end_ms: None,
            word: cause.event_type.as_str(),
            name: cause.places_by_name(|place| place),
            id: String::new(),
            place: cause.places.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
            definition: String::new(),
            took: String::new(),
            text: format!("{what}{lived}{last}{}", cause.resolved_words()),
            tone: cause.event_type,
            link: cause.places.first().and_then(|place| links.get(place)).cloned(),
        }
    }

    fn of_instance(instance: &Instance) -> Option<Self> {
        let text = instance.trouble()?;
        let is_bad = instance.impaired_ms.is_some() || instance.registration_failed.is_some();
        let tone = if is_bad { EventType::Error } else { EventType::Warn };
        let cluster = place(instance.cluster.as_deref(), None);
        Some(Self {
            at_ms: Some(instance.trouble_ms()),
            begin_ms: None,
            end_ms: None,
            word: tone.as_str(),
            name: instance.cluster.clone().unwrap_or_default(),
            id: String::new(),
            place: cluster,
            definition: String::new(),
            took: String::new(),
            text: format!("instance {}: {text}", named(instance)),
            tone,
            link: None,
        })
    }
}

/// Family and revision, else the service; both where the family is called otherwise; with the
/// cluster where there are several.
fn definition(run: &Deployment, has_clusters: bool) -> String {
    let name = match (run.task_definition.as_deref(), run.service.as_deref()) {
        (Some(it), Some(service)) if it.split(':').next() != Some(service) => {
            format!("{service} ({it})")
        }
        (definition, service) => definition.or(service).unwrap_or_default().to_owned(),
    };
    let cluster = run.cluster.as_deref().filter(|_| has_clusters);
    cluster.map_or_else(|| name.clone(), |cluster| format!("{cluster}/{name}"))
}

/// The EC2 id beside the short id of the ARN.
fn named(instance: &Instance) -> String {
    let id = shorten(&instance.id);
    if instance.name == instance.id { id } else { format!("{} ({id})", instance.name) }
}

const UNKNOWN: &str = "its end is not in these events";

/// How a deployment went, in words.
fn deployment(run: &Deployment) -> String {
    let mut parts = Vec::new();
    let is_explained = !run.causes.is_empty();
    if run.is_rollback {
        let word = match run.outcome {
            Outcome::Completed => "completed",
            Outcome::Failed | Outcome::RolledBack => "failed",
            Outcome::InProgress => "in progress",
            Outcome::Replaced => "not completed",
            Outcome::Unknown => UNKNOWN,
        };
        parts.push(word.to_owned());
    } else if run.outcome == Outcome::Unknown && run.failed == 0 {
        parts.push(UNKNOWN.to_owned());
    } else if run.outcome == Outcome::Completed && run.begin_ms.is_none() {
        parts.push("it began before these events".to_owned());
    }
    if !is_explained && run.tasks > 0 {
        let started = run.started_in.map(|it| format!(", started in {}", it.words()));
        parts.push(format!("{}{}", tasks(run.tasks), started.unwrap_or_default()));
    }
    let of = Some(run.tasks).filter(|tasks| *tasks > 0);
    parts.extend(run.causes.iter().map(|it| it.sentence(of) + &it.lived_words()));
    if run.has_failed() && !is_explained {
        parts.extend(run.reason.as_ref().map(|it| it.trim_end_matches('.').to_owned()));
    }
    if run.outcome == Outcome::InProgress {
        parts.extend(match run.tasks {
            _ if run.own_rollback_ms.is_some() => Some("the rollback is in progress".to_owned()),
            0 if run.is_rollback => None,
            0 => Some("in progress".to_owned()),
            all if all == run.running => Some("all of them started".to_owned()),
            all => Some(format!("{} of {} started", run.running, tasks(all))),
        });
    } else if run.outcome == Outcome::Failed && run.own_rollback_ms.is_some() {
        parts.push("the rollback failed".to_owned());
    }
    if let Some(by) = run.replaced_by.as_ref().filter(|_| run.outcome == Outcome::Replaced) {
        parts.push(format!("replaced by {}", shorten(by)));
    }
    for hook in run.hooks.iter().filter(|it| it.is_awaiting()) {
        let stage = hook.stage.as_ref().map(|it| format!(" at {it}")).unwrap_or_default();
        parts.push(match hook.waited_ms {
            Some(ms) => format!("waited {}{} for a hook{stage}", run.at_most(hook), duration(ms)),
            None => format!("a hook waits{stage}"),
        });
    }
    parts.join("; ")
}

/// What, when and how much, for the first line.
pub(crate) fn title(story: &Story, times: &Times) -> Vec<String> {
    let clusters = story.clusters();
    let place = match (story.clusters().len(), story.services().len(), story.places.len()) {
        (1, 1, 1) => story.places.keys().next().cloned().unwrap_or_default(),
        (0, ..) => "no cluster".to_owned(),
        (1..=3, ..) => clusters.into_iter().collect::<Vec<_>>().join(", "),
        (clusters, ..) => format!("{clusters} clusters"),
    };
    let count = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        _ => format!("{} {word}s", number(count)),
    };
    let rollbacks = story.deployments.iter().filter(|run| run.is_rollback).count();
    let mut counts = match deployed(story, |_| true) {
        0 if rollbacks > 0 => vec![count(rollbacks, "rollback")],
        0 => vec!["no deployment".to_owned()],
        all => vec![count(all, "deployment")],
    };
    for (word, is_it) in [
        ("rolled back", Outcome::RolledBack),
        ("failed", Outcome::Failed),
        ("replaced", Outcome::Replaced),
        ("in progress", Outcome::InProgress),
        ("unknown", Outcome::Unknown),
    ] {
        let many = deployed(story, |run| run.outcome == is_it);
        counts.extend((many > 0).then(|| format!("{many} {word}")));
    }
    vec![place, times.span(story), count(story.event_count, "event"), counts.join(", ")]
}

/// Deployments of that kind; a rollback belongs to the one before it.
fn deployed(story: &Story, is_it: impl Fn(&Deployment) -> bool) -> usize {
    story
        .deployments
        .iter()
        .filter(|run| !run.is_rollback && !run.is_replacement && is_it(run))
        .count()
}
