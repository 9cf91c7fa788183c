//! `ecs-events timeline`: what happened, how the deployments went, and why.

mod text;
mod select;
mod from;
mod lacking;
mod summary;
mod course;
mod markdown;

use crate::input::{Inputs, Source};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::redacted::redacted;
use crate::story::{self, Fact, Line, Story};
use crate::table::{columns, number};
use crate::variables::Environment;
use crate::{clock, terminal};
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};
use ecs_event_forwarder::classify::classify;
use ecs_event_forwarder::glob::Patterns;
use jiff::tz::TimeZone;
use select::Select;
use serde::Serialize;
use std::collections::HashMap;
use std::io::{self, IsTerminal};
use summary::Row;
use text::Times;

const EXAMPLES: &str = "\
Examples:
  ecs-events timeline --service web events
  ecs-events timeline --task 44a3a78a --events events
  ecs-events timeline --deployment ecs-svc/9361929303285479948 --markdown events
  ecs-events timeline --cluster prod --service web --since 2h

Exit codes: 0 found, 1 nothing found or an event could not be read, 2 bad use, 4 a log group could not
be read.";

/// Print what happened, how deployments went and why
///
/// The summary comes first: each deployment with its outcome and the cause of a failure, then
/// trouble outside deployments. The course of events follows, equal things in one line. An event that comes twice counts once.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Anywhere,
    #[command(flatten)]
    select: Select,
    /// Show every event in a line
    #[arg(long)]
    events: bool,
    /// Print the story as JSON
    #[arg(long, conflicts_with_all = ["events", "markdown"])]
    json: bool,
    /// Print the story as Markdown, for a post-mortem
    #[arg(long, conflicts_with = "events")]
    markdown: bool,
    #[command(flatten)]
    options: Options,
}

/// The source, which `--cluster` can stand for.
struct Anywhere(Source);

impl Args for Anywhere {
    fn augment_args(command: Command) -> Command {
        let command = Source::augment_args(command);
        command.mut_arg("paths", |paths| paths.required_unless_present("cluster"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Anywhere {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Source::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// The version of what `--json` prints: a field may be added to it, none changes.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Versioned<'a> {
    version: u32,
    #[serde(flatten)]
    story: &'a Story,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> io::Result<Outcome> {
    let select = &arguments.select;
    let policy = match arguments.options.config(environment) {
        Ok(config) => config.policy,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    let source = match from::resolve(&arguments.source.0, select, &policy) {
        Ok(source) => source,
        Err(problem) => return Ok(Outcome::bad_use(problem)),
    };
    let (facts, outcome) = read(&source, &policy.sidecars);
    let mut story = story::tell(select.choose(&facts));
    let names: HashMap<String, String> =
        story.instances.iter().map(|it| (it.id.clone(), it.name.clone())).collect();
    let names: HashMap<&str, &str> =
        names.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let has = |fact: &Fact| {
        let place = fact.place();
        select.shows(fact.event_type, &[&place, &fact.words(&names), &fact.id])
    };
    let count = story.facts.iter().filter(|fact| has(fact)).count();
    if count == 0 {
        terminal::note(nothing(select, facts, source.zone()));
        return Ok(if outcome == Outcome::Done { Outcome::Incomplete } else { outcome });
    }
    if arguments.json {
        let shows = |line: &Line| select.shows(line.event_type, &[&line.place, &line.what]);
        story.course.retain(shows);
        terminal::show(json(&story))?;
        return Ok(outcome);
    }
    let shows = |row: &Row| select.shows(row.tone, &[&row.name, &row.definition, &row.text]);
    let times = Times::of(&story, source.zone());
    let mut deployments = summary::deployments(&story);
    let mut trouble = summary::trouble(&story, &times);
    deployments.retain(shows);
    trouble.retain(shows);
    let lines = story.course.iter();
    let lines = lines.filter(|it| select.shows(it.event_type, &[&it.place, &it.what]));
    let lines: Vec<&Line> = lines.collect();
    if arguments.markdown {
        deployments.extend(trouble);
        terminal::show(markdown::page(&story, &deployments, &lines, &times).trim_end())?;
        return Ok(outcome);
    }
    let width = columns();
    let mut title = summary::title(&story, &times);
    if select.hides() {
        title.push(format!("{} shown", number(count)));
    }
    terminal::show(text::spread(&title, width))?;
    terminal::show(text::beside("", 0, &story.headline, width, 0))?;
    if let Some(warning) = lacking::warning(&policy, &story) {
        terminal::show(text::beside("", 0, &warning, width, 0))?;
    }
    section(&summary::page(&deployments, &times, width))?;
    section(&summary::page(&trouble, &times, width))?;
    if arguments.events {
        let facts: Vec<&Fact> = story.facts.iter().filter(|fact| has(fact)).collect();
        // What is read by another program is not cut.
        let width = Some(width).filter(|_| io::stdout().is_terminal());
        section(&course::events(&facts, &story, &times, width))?;
    } else {
        section(&course::lines(&lines, &story, &times, width))?;
    }
    Ok(outcome)
}

/// Reads all events; what cannot be read is reported, and the rest is read all the same.
fn read(source: &Source, sidecars: &Patterns) -> (Vec<Fact>, Outcome) {
    let mut inputs = Inputs::find(source, None, false);
    let mut outcome = Outcome::Done;
    let mut facts = Vec::new();
    let now_ms = clock::now_ms();
    while let Some(chunk) = inputs.next_chunk() {
        if chunk.has_lost_group {
            outcome = Outcome::Unreachable;
        }
        for problem in &chunk.unreadable {
            outcome = outcome.or(Outcome::Incomplete);
            terminal::error(problem);
        }
        for (arrival, place) in chunk.arrivals.iter().zip(&chunk.places) {
            match &arrival.event {
                Ok(event) => {
                    let event = redacted(event);
                    facts.push(Fact::of(&event, &classify(&event, sidecars), now_ms));
                }
                Err(failure) => {
                    outcome = outcome.or(Outcome::Incomplete);
                    terminal::error(place.refused(failure));
                }
            }
        }
    }
    (facts, outcome)
}

/// An empty line and some others; nothing at all without them.
fn section(lines: &[String]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    terminal::show(format!("\n{}", lines.join("\n")))
}

fn json(story: &Story) -> String {
    let story = Versioned { version: VERSION, story };
    serde_json::to_string_pretty(&story).expect("a story has only names as keys")
}

/// Why nothing is shown, and what there is instead.
fn nothing(select: &Select, facts: Vec<Fact>, zone: TimeZone) -> String {
    let nearest = select.nearest(&facts);
    let story = story::tell(facts);
    if story.events == 0 {
        return "nothing found: there was no event to read".to_owned();
    }
    let noun = if story.events == 1 { "event" } else { "events" };
    let read =
        format!("{} {noun} read, {}", number(story.events), Times::of(&story, zone).span(&story));
    let why = match nearest.as_slice() {
        [] => "none of them has all of that".to_owned(),
        nearest => nearest.join("; "),
    };
    format!("nothing found in {read}: {why}")
}
