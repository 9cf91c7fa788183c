//! The options that choose the events of the story, and those that choose what is shown.

use crate::story::{self, About, ActionKind, Deployment, Known, Story, StoryEvent, run_at, short};
use clap::Args;
use ecs_event_forwarder::event::EventType;
use ecs_event_forwarder::glob;
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;

/// The options.
#[derive(Args)]
pub(super) struct Select {
    /// Only these clusters; `*` matches any text
    #[arg(long, value_name = "NAME", value_parser = name)]
    cluster: Vec<String>,
    /// Only these services and daemons
    #[arg(long, value_name = "NAME", value_parser = name)]
    service: Vec<String>,
    /// Only these tasks; 6 characters are enough
    ///
    /// Only these tasks, by ARN, id, or the first 6 characters of an id or more
    #[arg(long, value_name = "ID", value_parser = pattern)]
    task: Vec<String>,
    /// Only these deployments and their rollbacks
    ///
    /// Only these deployments and their rollbacks, with their tasks, hooks and service actions
    #[arg(long, value_name = "ID", value_parser = deployment)]
    deployment: Vec<String>,
    /// Only these container instances
    ///
    /// Only these container instances and their tasks, by EC2 id, ARN or id
    #[arg(long, value_name = "ID", value_parser = pattern)]
    instance: Vec<String>,
    /// Show only WARN and ERROR
    ///
    /// Show only what is WARN or ERROR; the counts stay
    #[arg(long)]
    errors: bool,
    /// Show only what has this text
    ///
    /// Show only what has this text in a reason or a name, in any case; the counts stay
    #[arg(long, value_name = "TEXT")]
    grep: Vec<String>,
}

/// The events that are asked for, and the others.
pub(super) struct Chosen {
    events: Vec<StoryEvent>,
    others: Vec<StoryEvent>,
    /// What the others tell about the chosen ones.
    known: Known,
}

impl Chosen {
    /// Returns the story of the chosen events, and the others.
    pub(super) fn tell(self) -> (Story, Vec<StoryEvent>) {
        (story::tell_with(self.events, &self.known), self.others)
    }
}

/// The deployments whose events are chosen.
#[derive(Default)]
struct Runs {
    all: Vec<Deployment>,
    /// Those that are asked for, and their rollbacks.
    wanted: Vec<Deployment>,
    /// The rollbacks and replacements, of which all deployment events count.
    followers: Vec<Deployment>,
}

impl Runs {
    /// True if the event belongs to one of them.
    fn have(&self, event: &StoryEvent) -> bool {
        match &event.about {
            About::Task(task) => self.wanted.iter().any(|run| run.has_task(event, task)),
            About::Deployment(step) => self.followers.iter().any(|run| {
                *step.id == *run.id
                    && run.home().can_be(event.home())
                    && run.begin_ms.is_some_and(|begin| event.time_ms >= begin)
            }),
            About::Action(action) => match action.kind {
                ActionKind::Service | ActionKind::Hook => {
                    let run = run_at(&self.all, event).and_then(|at| self.all.get(at));
                    run.is_some_and(|run| {
                        let is_it =
                            |it: &Deployment| it.id == run.id && it.begin_ms == run.begin_ms;
                        self.wanted.iter().any(is_it)
                    })
                }
                ActionKind::Call | ActionKind::Other => false,
            },
            About::Instance(_) => false,
        }
    }
}

/// Turns an id in the short form that is printed, such as `ecs-svc/8830…`, into a glob.
#[expect(clippy::unnecessary_wraps, reason = "clap takes a parser that can fail")]
fn pattern(text: &str) -> Result<String, Infallible> {
    Ok(text.replace('…', "*"))
}

/// Reads the name of a cluster or a service, also from its ARN.
fn name(text: &str) -> Result<String, Infallible> {
    pattern(short_task(text))
}

/// Reads the id of a deployment, also from its ARN or by its digits alone.
fn deployment(text: &str) -> Result<String, Infallible> {
    let is_number = text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*' || !byte.is_ascii());
    let id = short_task(text);
    pattern(&if is_number { format!("ecs-svc/{id}") } else { id.to_owned() })
}

/// The minimum length of a prefix of a task's id.
const PREFIX: usize = 6;

impl Select {
    /// Splits the events into those that are asked for and the others. There can be millions, so
    /// none is copied, unless a deployment is asked for: what belongs to it is found in the story.
    pub(super) fn choose(&self, mut events: Vec<StoryEvent>) -> Chosen {
        let is_here = |event: &StoryEvent| {
            any(&self.cluster, |glob| is(glob, event.cluster.as_deref()))
                && any(&self.service, |glob| is(glob, event.service.as_deref()))
        };
        let here: Vec<&StoryEvent> = events.iter().filter(|event| is_here(event)).collect();
        let instances = self.instances(&here);
        let runs = self.runs(&here);
        let is_chosen = |event: &StoryEvent| {
            is_here(event)
                && any(&self.task, |task| is_of_task(event, task))
                && (self.instance.is_empty() || self.is_on(event, &instances))
                && (any(&self.deployment, |id| is_of_deployment(event, id)) || runs.have(event))
        };
        let others = events.extract_if(.., |event| !is_chosen(event)).collect();
        let of_run = |run: &Deployment| Some((run.id.clone(), run.task_definition.clone()?));
        let definitions = runs.all.iter().filter_map(of_run).collect();
        let is_of_some_tasks = !self.task.is_empty() || !self.instance.is_empty();
        Chosen { events, others, known: Known { definitions, is_of_some_tasks } }
    }

    /// Returns the ARNs of the chosen instances. Only some of their events have the EC2 id.
    fn instances(&self, events: &[&StoryEvent]) -> HashSet<Arc<str>> {
        let mut arns = HashSet::new();
        for event in events.iter().filter(|_| !self.instance.is_empty()) {
            let About::Instance(it) = &event.about else { continue };
            let names = [Some(it.id()), Some(&*it.arn), it.ec2.as_deref()];
            let is_wanted = |glob: &String| names.iter().any(|name| is(glob, *name));
            if self.instance.iter().any(is_wanted) {
                arns.insert(it.arn.clone());
            }
        }
        arns
    }

    /// True if the event is about one of these instances, or one that is asked for by its id or ARN.
    fn is_on(&self, event: &StoryEvent, arns: &HashSet<Arc<str>>) -> bool {
        let has = |arn: &Arc<str>| {
            let is_named = |wanted: &String| **wanted == **arn || wanted == short(arn);
            arns.contains(arn) || self.instance.iter().any(is_named)
        };
        match &event.about {
            About::Task(task) => task.instance.as_ref().is_some_and(has),
            About::Instance(it) => has(&it.arn),
            About::Action(action) => action.names.as_ref().is_some_and(has),
            About::Deployment(_) => false,
        }
    }

    /// The deployments that are asked for, and those that followed them.
    fn runs(&self, events: &[&StoryEvent]) -> Runs {
        let mut runs = Runs::default();
        if self.deployment.is_empty() {
            return runs;
        }
        runs.all = story::tell(events.iter().copied().cloned().collect()).deployments;
        let is_wanted =
            |run: &&Deployment| self.deployment.iter().any(|glob| glob::matches(glob, &run.id));
        for wanted in runs.all.iter().filter(is_wanted) {
            let rollback = wanted.rollback(&runs.all);
            runs.wanted.extend([Some(wanted), rollback].into_iter().flatten().cloned());
            runs.followers.extend(rollback.or_else(|| wanted.replacement(&runs.all)).cloned());
        }
        runs
    }

    /// The clusters that are asked for.
    pub(super) fn clusters(&self) -> &[String] {
        &self.cluster
    }

    /// The services that are asked for.
    pub(super) fn services(&self) -> &[String] {
        &self.service
    }

    /// The deployments that are asked for.
    pub(super) fn deployments(&self) -> &[String] {
        &self.deployment
    }

    /// Returns a filter pattern for CloudWatch Logs that loses no chosen event.
    ///
    /// Events about a task hold its id; part of an id is no term. The hooks and service actions of a
    /// deployment, and its rollback with its tasks, do not hold the deployment's id.
    ///
    /// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>.
    pub(super) fn filter_pattern(&self) -> Option<String> {
        let ids: Vec<_> = self.task.iter().map(|id| short_task(id)).collect();
        match ids.as_slice() {
            [] => None,
            ids if !ids.iter().all(|id| is_task_id(id)) => None,
            [id] => Some(format!("\"{id}\"")),
            ids => Some(ids.iter().map(|id| format!("?\"{id}\"")).collect::<Vec<_>>().join(" ")),
        }
    }

    /// True if this is shown.
    pub(super) fn shows(&self, event_type: EventType, texts: &[&str]) -> bool {
        let has = |wanted: &String| {
            let wanted = wanted.to_lowercase();
            texts.iter().any(|text| text.to_lowercase().contains(&wanted))
        };
        (!self.errors || event_type != EventType::Info) && any(&self.grep, has)
    }

    /// What is shown, in words: `WARN or ERROR`, `event with \"text\"`.
    pub(super) fn shown_words(&self) -> String {
        let what = if self.errors { "WARN or ERROR" } else { "event" };
        if self.grep.is_empty() {
            return what.to_owned();
        }
        let texts = self.grep.iter().map(|text| format!("\"{text}\""));
        format!("{what} with {}", texts.collect::<Vec<_>>().join(" or "))
    }

    /// True if some events of the story are not shown.
    pub(super) fn hides(&self) -> bool {
        self.errors || !self.grep.is_empty()
    }

    /// Why nothing was found: the nearest names to those that were asked for.
    pub(super) fn nearest(&self, events: &[StoryEvent]) -> Vec<String> {
        let clusters: HashSet<_> = events.iter().filter_map(|it| it.cluster.as_deref()).collect();
        let services: HashSet<_> = events.iter().filter_map(|it| it.service.as_deref()).collect();
        let mut tasks = HashSet::new();
        let mut deployments = HashSet::new();
        let mut instances = HashSet::new();
        for event in events {
            match &event.about {
                About::Task(task) => {
                    tasks.insert(task.id());
                    deployments.extend(task.started_by.as_deref());
                    instances.extend(task.instance.as_deref().map(short));
                }
                About::Instance(it) => {
                    instances.extend([it.ec2.as_deref().unwrap_or(it.id())]);
                }
                About::Deployment(step) => {
                    deployments.insert(&*step.id);
                }
                About::Action(_) => {}
            }
        }
        [
            ("cluster", &self.cluster, clusters),
            ("service", &self.service, services),
            ("task", &self.task, tasks),
            ("deployment", &self.deployment, deployments),
            ("instance", &self.instance, instances),
        ]
        .into_iter()
        .flat_map(|(what, wanted, names)| {
            let missing = wanted.iter().filter(|wanted| {
                let is_prefix = |name: &str| what == "task" && begins(name, wanted);
                let has = |name: &&str| is(wanted, Some(name)) || is_prefix(name);
                !names.iter().any(has)
            });
            missing.map(|wanted| sentence(what, wanted, &names)).collect::<Vec<_>>()
        })
        .collect()
    }
}

/// The id of a task's ARN; other ids are whole.
fn short_task(id: &str) -> &str {
    if id.starts_with("arn:") { short(id) } else { id }
}

/// True for the whole id of a task: 32 digits, or 36 with hyphens as ECS made them until 2018.
fn is_task_id(id: &str) -> bool {
    matches!(id.len(), 32 | 36) && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// `no service wbe; there are web, worker`.
fn sentence(what: &str, wanted: &str, names: &HashSet<&str>) -> String {
    const MOST: usize = 5;
    let mut names: Vec<_> = names.iter().copied().collect();
    let distance = |name: &str| strsim::osa_distance(short(name), short(wanted));
    names.sort_by(|a, b| (distance(a), *a).cmp(&(distance(b), *b)));
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    let list = names.join(", ");
    match (names.len(), more) {
        (0, _) => format!("no {what} {wanted}; the events name none"),
        (1, _) => format!("no {what} {wanted}; there is {list}"),
        (_, 0) => format!("no {what} {wanted}; there are {list}"),
        (_, more) => format!("no {what} {wanted}; there are {list} and {more} more"),
    }
}

/// True without a wish, or if one of them holds.
fn any(wishes: &[String], holds: impl Fn(&String) -> bool) -> bool {
    wishes.is_empty() || wishes.iter().any(holds)
}

fn is(glob: &str, name: Option<&str>) -> bool {
    name.is_some_and(|name| glob::matches(glob, name))
}

fn begins(id: &str, wanted: &str) -> bool {
    wanted.len() >= PREFIX && id.starts_with(wanted)
}

fn is_of_task(event: &StoryEvent, wanted: &str) -> bool {
    match &event.about {
        About::Task(task) => {
            is(wanted, Some(&task.arn)) || is(wanted, Some(task.id())) || begins(task.id(), wanted)
        }
        About::Action(action) => {
            let is_named = |id: &str| is(short(wanted), Some(id)) || begins(id, wanted);
            action.names.as_deref().map(short).is_some_and(is_named)
        }
        About::Instance(_) | About::Deployment(_) => false,
    }
}

fn is_of_deployment(event: &StoryEvent, wanted: &str) -> bool {
    match &event.about {
        About::Task(task) => is(wanted, task.started_by.as_deref()),
        About::Deployment(step) => is(wanted, Some(&step.id)),
        About::Action(action) => is(wanted, action.deployment.as_deref()),
        About::Instance(_) => false,
    }
}
