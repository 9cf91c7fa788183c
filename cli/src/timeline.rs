//! `ecs-events timeline`: what happened, how the deployments went, and why.

mod text;
mod select;
mod from;
mod summary;
mod course;
mod markdown;
mod arrived;
mod page;
mod nothing;
mod live;

use crate::input::{Inputs, LeftOut, Source};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::story::{Shared, StoryEvent};
use crate::terminal;
use crate::variables::Environment;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};
use ecs_event_forwarder::policy::Policy;
use live::Live;
use nothing::{hidden, nothing};
use page::{Form, Page};
use select::Select;
use std::io;

const EXAMPLES: &str = "\
Examples:
  ecs-events timeline --service web events
  ecs-events timeline --cluster prod --service web --since 2h
  ecs-events timeline --cluster prod --service web --follow --until-settled

Exit codes: 0 found, 1 nothing found or an event could not be read, 2 bad use,
4 a log group could not be read. See --until-settled for its own.";

/// Print what happened, how deployments went and why
///
/// The summary comes first: each deployment with its outcome and the cause of a failure, then
/// trouble outside deployments. Then come the events in order, with equal ones on one line. An event
/// that comes twice counts once. One without a readable time comes last, with ? for its time.
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
    live: Live,
    #[command(flatten)]
    options: Options,
}

/// The source; with `--cluster`, no path is needed.
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
    let page = Page { select, policy: &policy, zone: source.zone(), form: arguments.form() };
    if arguments.live.follow {
        return live::follow(&arguments.live, &source, &page);
    }
    let (events, left_out, outcome) = read(&source, &policy);
    let (mut story, others) = select.choose(events).tell();
    if page.count(&story) == 0 {
        terminal::note(if story.event_count > 0 {
            hidden(select, &story, source.zone())
        } else {
            nothing(select, others, left_out, source.zone())
        });
        return Ok(outcome.or(Outcome::Incomplete));
    }
    page.print(&mut story)?;
    Ok(outcome)
}

impl Arguments {
    fn form(&self) -> Form {
        match (self.json, self.markdown, self.events) {
            (true, ..) => Form::Json,
            (_, true, _) => Form::Markdown,
            (.., true) => Form::Events,
            // The events were printed while they arrived.
            (false, false, false) if self.live.follow => Form::Summary,
            (false, false, false) => Form::Course,
        }
    }
}

/// Reads all events; what cannot be read is reported, and the rest is read all the same.
fn read(source: &Source, policy: &Policy) -> (Vec<StoryEvent>, LeftOut, Outcome) {
    let mut inputs = Inputs::find(source, None);
    let progress = Progress::new(inputs.bytes_in_all(), true);
    let mut outcome = Outcome::Done;
    let mut events = Vec::new();
    let mut shared = Shared::default();
    let mut left_out = LeftOut::default();
    while let Some(chunk) = inputs.next_chunk() {
        left_out = left_out.and(chunk.left_out);
        if chunk.has_lost_group {
            outcome = Outcome::Unreachable;
        }
        for problem in &chunk.unreadable {
            outcome = outcome.or(Outcome::Incomplete);
            progress.aside(|| terminal::error(problem));
        }
        for (arrival, location) in chunk.arrivals.iter().zip(&chunk.locations) {
            match arrived::event(arrival, policy, &mut shared) {
                Ok(event) => events.push(event),
                Err(failure) => {
                    outcome = outcome.or(Outcome::Incomplete);
                    progress.aside(|| terminal::error(location.refused(&failure)));
                }
            }
        }
        progress.set(inputs.bytes(), events.len());
    }
    progress.end();
    (events, left_out, outcome)
}
