//! The story in one sentence, as an engineer would say it.

use super::cause::Cause;
use super::deployment::{Deployment, Outcome};
use super::event::{place, short};
use super::instance::Instance;
use super::job::Job;
use super::span::duration;
use super::stop::verb;
use ecs_event_forwarder::event::EventType;

/// The parts of a story that the sentence can mention.
pub(super) struct Parts<'a> {
    pub(super) deployments: &'a [Deployment],
    pub(super) jobs: &'a [Job],
    pub(super) trouble: &'a [Cause],
    pub(super) instances: &'a [Instance],
    /// True if the events are of several clusters, so that names need theirs.
    pub(super) has_clusters: bool,
}

/// The worst that happened; if nothing did, the last deployment.
pub(super) fn headline(story: &Parts<'_>) -> String {
    let has_clusters = story.has_clusters;
    let failed: Vec<_> =
        story.deployments.iter().filter(|it| it.has_failed() && !it.is_rollback).collect();
    let rollback_failed = story.deployments.iter().rfind(|it| it.is_rollback && it.has_failed());
    if let Some(worst) = failed.last() {
        let others = match failed.len() - 1 {
            0 => String::new(),
            1 => "; 1 other deployment failed, too".to_owned(),
            others => format!("; {others} other deployments failed, too"),
        };
        return format!("{}{others}", failure(worst, story.deployments, has_clusters));
    }
    if let Some(run) = rollback_failed {
        return format!("the rollback to {} failed", name(run, has_clusters));
    }
    let is_failing = |it: &&Deployment| {
        matches!(it.outcome, Outcome::Unknown | Outcome::Replaced) && it.failed > 0
    };
    if let Some(run) = story.deployments.iter().rfind(is_failing) {
        return failing(run, story.deployments, has_clusters);
    }
    let of = |event_type| move |it: &&Cause| it.event_type == event_type;
    let error = story.trouble.iter().find(of(EventType::Error));
    let elsewhere = error.map_or(0, |cause| cause.count);
    let is_worst =
        |it: &&Deployment| it.failed > 0 && (it.failed == it.tasks || it.failed >= elsewhere);
    let ongoing = || story.deployments.iter().filter(|it| it.outcome == Outcome::InProgress);
    if let Some(run) = ongoing().filter(is_worst).max_by_key(|it| it.failed) {
        return in_progress(run, has_clusters);
    }
    if let Some(cause) = error {
        return trouble(cause, has_clusters);
    }
    if let Some(job) = story.jobs.iter().filter(|it| it.failed > 0).max_by_key(|it| it.failed) {
        return job_words(job, has_clusters);
    }
    if let Some(run) = ongoing().next_back() {
        return in_progress(run, has_clusters);
    }
    let instances = story.instances.iter().rev().filter_map(|it| Some((it, it.trouble()?)));
    if let Some((instance, words)) = instances.max_by_key(|(it, _)| weight(it)) {
        return format!("{}: {words}", instance.name);
    }
    if let Some(cause) = story.trouble.first() {
        return trouble(cause, has_clusters);
    }
    let last = |outcome| story.deployments.iter().rfind(|it| it.outcome == outcome);
    if let Some(run) = last(Outcome::Completed) {
        return completed(run, has_clusters);
    }
    if let Some(job) = story.jobs.last() {
        return job_words(job, has_clusters);
    }
    if let Some(run) = last(Outcome::Unknown) {
        return started(run, has_clusters);
    }
    "nothing went wrong".to_owned()
}

/// How bad the trouble of an instance is.
fn weight(instance: &Instance) -> (bool, bool, i64) {
    let is_impaired = instance.impaired_ms.is_some() && instance.recovered_ms.is_none();
    let is_bad = instance.impaired_ms.is_some() || instance.registration_failed.is_some();
    // An agent that has not come back is away for the longest time.
    let away = instance.agent_lost.iter().map(|it| it.to_ms.map_or(i64::MAX, |to| to - it.from_ms));
    (is_impaired || instance.registration_failed.is_some(), is_bad, away.max().unwrap_or_default())
}

/// `web:43`, or the service beside a task definition that is called otherwise.
fn name(run: &Deployment, has_clusters: bool) -> String {
    let cluster = run.cluster.as_deref().filter(|_| has_clusters);
    let service = run.service.as_deref();
    let name = match (&run.task_definition, service) {
        (Some(it), Some(service)) if it.split(':').next() != Some(service) => {
            return format!("{} ({it})", place(cluster, Some(service)));
        }
        (Some(definition), _) => definition.clone(),
        (None, Some(service)) => service.to_owned(),
        (None, None) => run.id.clone(),
    };
    place(cluster, Some(&name))
}

/// How a deployment went.
pub(super) fn sentence(run: &Deployment, runs: &[Deployment], has_clusters: bool) -> String {
    match run.outcome {
        Outcome::Failed | Outcome::RolledBack => failure(run, runs, has_clusters),
        Outcome::Completed => completed(run, has_clusters),
        Outcome::InProgress => in_progress(run, has_clusters),
        Outcome::Replaced if run.failed > 0 => failing(run, runs, has_clusters),
        Outcome::Replaced => format!("{} was {}", name(run, has_clusters), replaced(run, runs)),
        Outcome::Unknown => format!("{}: its end is not known", name(run, has_clusters)),
    }
}

fn failure(run: &Deployment, runs: &[Deployment], has_clusters: bool) -> String {
    let cause = match run.causes.first() {
        Some(cause) if cause.is_of_tasks => format!("{}{}", verb(&cause.category), of_exit(cause)),
        Some(cause) => format!("failed: {}", cause.sentence(None)),
        None => format!("failed{}", run.reason.as_deref().map(in_words).unwrap_or_default()),
    };
    let after = run.took_ms().map(|ms| format!(" after {}", duration(ms))).unwrap_or_default();
    let back = run.rolled_back_to.as_ref().map(|id| {
        let rollback = run.rollback(runs);
        let to = rollback.and_then(|it| it.task_definition.as_ref()).unwrap_or(id);
        match rollback.map(|it| it.outcome) {
            Some(Outcome::Failed | Outcome::RolledBack) => {
                format!("{after}; the rollback to {to} failed")
            }
            Some(Outcome::InProgress) => format!("{after}; the rollback to {to} is in progress"),
            Some(Outcome::Replaced) => {
                let by = rollback.map(|it| replaced(it, runs)).unwrap_or_default();
                format!("{after}; the rollback to {to} was {by}")
            }
            Some(Outcome::Completed | Outcome::Unknown) | None => {
                format!(" and was rolled back to {to}{after}")
            }
        }
    });
    let end = back.unwrap_or_else(|| match run.outcome {
        Outcome::RolledBack => format!(" and was rolled back{after}"),
        Outcome::Failed if run.own_rollback_ms.is_some() => format!("{after}; its rollback failed"),
        Outcome::Completed
        | Outcome::Failed
        | Outcome::Replaced
        | Outcome::InProgress
        | Outcome::Unknown => {
            let failed = if run.causes.is_empty() { "" } else { " and its deployment failed" };
            format!("{failed}{after}")
        }
    });
    format!("{} {cause}{end}", name(run, has_clusters))
}

fn in_words(reason: &str) -> String {
    format!(" ({})", reason.trim_end_matches('.'))
}

/// ` with code 1`, where nothing else says why.
fn of_exit(cause: &Cause) -> String {
    let code = cause.exit_code.filter(|_| cause.category == "essential_container_exited");
    code.map(|code| format!(" with code {code}")).unwrap_or_default()
}

fn trouble(cause: &Cause, has_clusters: bool) -> String {
    let names = cause.places_by_name(if has_clusters { |place| place } else { short });
    let over = match cause.last_ms - cause.first_ms {
        0 => String::new(),
        ms if cause.resolved_ms.is_none() => format!(" within {}", duration(ms)),
        _ => String::new(),
    };
    format!("{names}: {}{over}{}", cause.sentence(None), cause.resolved_words())
}

fn job_words(job: &Job, has_clusters: bool) -> String {
    let name = if has_clusters { job.place() } else { job.name.clone() };
    match job.causes.first() {
        Some(cause) if job.failed == cause.count => {
            format!("{name}: {}", cause.sentence(Some(job.tasks)))
        }
        Some(cause) => {
            let of = format!("{} of {} failed", job.failed, tasks(job.tasks));
            let most = match cause.count {
                count if count * 2 > job.failed => "most of them".to_owned(),
                count => format!("{count} of them"),
            };
            format!("{name}: {of}, {most} {}{}", verb(&cause.category), cause.in_brackets())
        }
        None => format!("{name}: {} without a failure", tasks(job.tasks)),
    }
}

fn in_progress(run: &Deployment, has_clusters: bool) -> String {
    let failed = run.causes.first().map(|cause| format!(", {}", cause.sentence(Some(run.tasks))));
    let failed = failed.unwrap_or_default();
    let running = match run.running {
        running if running == run.tasks => format!("{} started", tasks(running)),
        running => format!("{running} of {} started", tasks(run.tasks)),
    };
    let waits = run.hooks.last().filter(|it| it.waited_ms.is_none() && it.is_awaiting());
    let stage = waits.and_then(|it| it.stage.as_ref());
    let waits = stage.map(|stage| format!(", a hook waits at {stage}")).unwrap_or_default();
    let what =
        if run.is_rollback || run.own_rollback_ms.is_some() { "rolled back" } else { "deployed" };
    let to = if run.is_rollback { " to" } else { "" };
    format!("{} is being {what}{to}: {running}{failed}{waits}", name(run, has_clusters))
}

/// A run whose end is unknown, and whose tasks are well: `3 tasks of web:8 started in 29–31 s`.
fn started(run: &Deployment, has_clusters: bool) -> String {
    let many = match run.running {
        0 => return format!("{}: its end is not known", name(run, has_clusters)),
        running if running == run.tasks => tasks(running),
        running => format!("{running} of {}", tasks(run.tasks)),
    };
    let took = run.started_in.map(|it| format!(" in {}", it.words())).unwrap_or_default();
    format!("{many} of {} started{took}", name(run, has_clusters))
}

/// A run whose end is unknown or its replacement, and whose tasks fail.
fn failing(run: &Deployment, runs: &[Deployment], has_clusters: bool) -> String {
    let causes = run.causes.iter().filter(|cause| cause.is_of_tasks);
    let causes: Vec<_> = causes.map(|cause| cause.sentence(Some(run.tasks))).collect();
    let end = match run.outcome {
        Outcome::Replaced => format!("; {}", replaced(run, runs)),
        Outcome::Completed
        | Outcome::Failed
        | Outcome::RolledBack
        | Outcome::InProgress
        | Outcome::Unknown => String::new(),
    };
    format!("{}: {}{end}", name(run, has_clusters), causes.join(", "))
}

/// `replaced by web:44, which completed`.
fn replaced(run: &Deployment, runs: &[Deployment]) -> String {
    let Some(next) = run.replacement(runs) else { return "replaced".to_owned() };
    let end = match next.outcome {
        Outcome::Completed => ", which completed",
        Outcome::Failed => ", which failed",
        Outcome::RolledBack => ", which was rolled back",
        Outcome::Replaced => ", which was replaced, too",
        Outcome::InProgress => ", which is in progress",
        Outcome::Unknown => "",
    };
    let name = next.task_definition.as_ref().unwrap_or(&next.id);
    format!("replaced by {name}{end}")
}

fn completed(run: &Deployment, has_clusters: bool) -> String {
    let took = run.took_ms().map(|ms| format!(" in {}", duration(ms))).unwrap_or_default();
    let what = if run.is_rollback { "was rolled back to" } else { "was deployed" };
    let longest = run.waits().max_by_key(|(_, ms)| *ms);
    let hook = longest.map(|(hook, ms)| {
        let stage = hook.stage.as_ref().map(|stage| format!(" at {stage}")).unwrap_or_default();
        format!(", {}{} of it for a hook{stage}", run.at_most(hook), duration(ms))
    });
    let failed = match run.failed {
        0 => String::new(),
        failed => format!(", though {failed} of {} failed", tasks(run.tasks)),
    };
    format!("{} {what}{took}{}{failed}", name(run, has_clusters), hook.unwrap_or_default())
}

/// `1 task`, `3 tasks`.
pub(crate) fn tasks(count: usize) -> String {
    if count == 1 { "1 task".to_owned() } else { format!("{count} tasks") }
}
