//! `ecs-events timeline`: the story that events tell, in order.

mod chapter;
mod story;

use crate::clock;
use crate::input::{Inputs, Source};
use crate::outcome::Outcome;
use crate::redacted::redacted;
use crate::sidecars::Sidecars;
use crate::table::{number, table, visible};
use crate::terminal;
use crate::variables::Environment;
use chapter::Chapter;
use clap::Args;
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::event::EcsEvent;
use ecs_event_forwarder::glob;
use ecs_event_forwarder::json::Json;
use ecs_event_forwarder::seen::{Identity, Seen};
use jiff::Timestamp;
use std::io;

const EXAMPLES: &str = "\
Examples:
  ecs-events timeline --service web events
  ecs-events timeline --task 44a3a78aece970d48b4a6360841fc91c events
  ecs-events timeline --cluster prod --deployment ecs-svc/9361929303285479948 events";

/// Print the story of a service, a task or a deployment, in order
///
/// Two lines for each event: when it happened, how long after the one before it, event type, and
/// what happened; then its id, durations, and the classified reason of a stop with its words.
/// An event that comes twice is told once.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Only events of this cluster; `*` stands for any text
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// Only events of this service; `*` stands for any text
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only events of this task
    #[arg(long, value_name = "ARN|ID")]
    task: Option<String>,
    /// Only events that name this deployment, as its tasks do in startedBy
    #[arg(long, value_name = "ID")]
    deployment: Option<String>,
    #[command(flatten)]
    sidecars: Sidecars,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> io::Result<Outcome> {
    let sidecars = match arguments.sidecars.patterns(environment) {
        Ok(sidecars) => sidecars,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    let mut inputs = Inputs::find(&arguments.source, None, false);
    let mut outcome = Outcome::Done;
    let mut chapters = Vec::new();
    let mut seen = Seen::default();
    while let Some(chunk) = inputs.next_chunk() {
        for problem in &chunk.unreadable {
            outcome = Outcome::Incomplete;
            terminal::error(problem);
        }
        for (arrival, place) in chunk.arrivals.iter().zip(&chunk.places) {
            let event = match &arrival.event {
                Ok(event) => event,
                Err(failure) => {
                    outcome = Outcome::Incomplete;
                    terminal::error(place.refused(failure));
                    continue;
                }
            };
            let known = classify(event, &sidecars);
            let identity = Identity::of(&known);
            if arguments.asks_for(event, &known) && !seen.has(&identity) {
                seen.remember(identity);
                let event = redacted(event);
                let known = classify(&event, &sidecars);
                chapters.push(story::chapter(&event, &known, chapters.len(), clock::now_ms()));
            }
        }
    }
    chapters.sort_by_key(|chapter| (chapter.time_ms, chapter.position));
    if chapters.is_empty() {
        terminal::note("no event is part of that story");
        return Ok(outcome);
    }
    show(&chapters)?;
    Ok(outcome)
}

impl Arguments {
    fn asks_for(&self, event: &Json, known: &EcsEvent<'_>) -> bool {
        let is = |wanted: &Option<String>, name: Option<&str>| {
            let matches = |wanted| name.is_some_and(|name| glob::matches(wanted, name));
            wanted.as_deref().is_none_or(matches)
        };
        is(&self.cluster, known.cluster.as_deref())
            && is(&self.service, known.service.as_deref())
            && self.task.as_deref().is_none_or(|task| is_of_task(event, task))
            && self.deployment.as_deref().is_none_or(|id| names(event.text(), id))
    }
}

fn is_of_task(event: &Json, task: &str) -> bool {
    let arn = event.root().get("detail").and_then(|detail| detail.get_string("taskArn"));
    let id = arn.as_deref().and_then(|arn| arn.rsplit('/').next());
    arn.as_deref() == Some(task) || id == Some(task) || id.is_none() && names(event.text(), task)
}

/// Whether the text has that word.
fn names(text: &str, word: &str) -> bool {
    let is_of_word = |char: char| char.is_ascii_alphanumeric() || char == '-';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|it| it.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|it| it.chars().next());
        !before.is_some_and(is_of_word) && !after.is_some_and(is_of_word)
    })
}

fn show(chapters: &[Chapter]) -> io::Result<()> {
    let mut rows = table(&["TIME", "AFTER>", "TYPE", "WHAT HAPPENED"]);
    let mut before_ms = None;
    for chapter in chapters {
        let after_ms = before_ms.map(|before| chapter.time_ms - before);
        before_ms = Some(chapter.time_ms);
        let time = Timestamp::from_millisecond(chapter.time_ms);
        let time = time.map(|time| time.strftime("%F %T").to_string()).unwrap_or_default();
        let after = after_ms.map_or(String::new(), |ms| format!("+{}", story::duration(ms)));
        let what = format!("{}\n  {}", visible(&chapter.headline), visible(&chapter.details));
        rows.add_row([time, after, chapter.event_type.to_owned(), what]);
    }
    terminal::show(rows.trim_fmt())?;
    let (first, last) = (chapters.first(), chapters.last());
    let span_ms = first.zip(last).map_or(0, |(first, last)| last.time_ms - first.time_ms);
    let noun = if chapters.len() == 1 { "event" } else { "events" };
    let count = number(chapters.len());
    terminal::show(format!("\n{count} {noun} in {}", story::duration(span_ms)))
}
