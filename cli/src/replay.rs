//! `ecs-events replay`: sends old events again, each at most once.

mod arguments;
mod key;
mod journal;
mod interrupt;
mod pace;
mod once;
mod parcel;
mod function;
mod target;
mod totals;
mod send;

use crate::input::{Chunk, Inputs};
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::sign_in::listen;
use crate::tally::is_of_input;
use crate::terminal;
use crate::variables::Environment;
pub(crate) use arguments::Arguments;
use arguments::To;
use ecs_event_forwarder::config::Config;
use ecs_event_forwarder::config::{self, var};
use ecs_event_forwarder::policy::Policy;
use interrupt::Interrupt;
use journal::Journal;
use send::Sender;
use std::io::{self, ErrorKind};
use target::{Target, header};
use tokio::runtime;
use totals::{Fate, Totals};

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> io::Result<Outcome> {
    let config = match arguments.options.config(environment) {
        Ok(config) => config,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    if let Some(problem) = arguments.problem(environment) {
        return Ok(Outcome::bad_use(problem));
    }
    if !arguments.quiet && arguments.to == To::Cloudwatch {
        config.warnings.iter().for_each(terminal::warning);
    }
    listen(!arguments.quiet);
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(replay(arguments, environment, config))
}

async fn replay(
    arguments: &Arguments,
    environment: &Environment,
    config: Config,
) -> io::Result<Outcome> {
    let Config { policy, delivery, .. } = config;
    let opened = if arguments.dry_run {
        let header = header(arguments, environment);
        Journal::read(&arguments.journal, &header).map(|journal| (None, journal))
    } else {
        match Target::open(arguments, environment, delivery).await {
            Ok((target, header)) => {
                let journal = Journal::open(&arguments.journal, &header);
                journal.map(|journal| (Some(target), journal))
            }
            Err(problem) => return Ok(Outcome::bad_use(problem)),
        }
    };
    let (target, journal) = match opened {
        Ok(opened) => opened,
        Err(problem) => {
            let journal = arguments.journal.display();
            return Ok(Outcome::bad_use(format!("cannot use the journal {journal}: {problem}")));
        }
    };
    let policy = if arguments.to == To::Lambda { keeps_everything() } else { policy };
    let mut interrupt = Interrupt::listen()?;
    let mut inputs = Inputs::find(&arguments.source, None);
    let mut run = Run {
        sender: Sender::new(arguments, policy, target, journal, interrupt.clone()),
        totals: Totals::default(),
        progress: Progress::new(inputs.bytes_in_all(), !arguments.quiet),
        has_problems: false,
    };
    while !run.sender.is_over() {
        let chunk = tokio::select! {
            () = interrupt.comes() => None,
            chunk = inputs.chunk() => chunk,
        };
        let Some(chunk) = chunk else {
            break;
        };
        run.replay(chunk).await;
        run.progress.set(inputs.bytes(), run.totals.received);
    }
    run.progress.end();
    run.end(arguments)
}

/// Returns a policy that keeps every event whole, because the function decides.
fn keeps_everything() -> Policy {
    let variables = [(&var::SOURCES, "*"), (&var::DETAIL_TYPES, "*"), (&var::TRIM, "full")];
    let variables = variables.map(|(variable, value)| (variable.name.to_owned(), value.to_owned()));
    config::config(variables).expect("these are valid values").policy
}

struct Run {
    sender: Sender,
    totals: Totals,
    progress: Progress,
    has_problems: bool,
}

impl Run {
    async fn replay(&mut self, chunk: Chunk) {
        for problem in &chunk.unreadable {
            self.problem(problem);
        }
        let bytes: Vec<_> = chunk.arrivals.iter().map(|arrival| arrival.bytes).collect();
        let fates = self.sender.send(chunk.arrivals).await;
        for ((fate, bytes), location) in fates.iter().zip(bytes).zip(&chunk.locations) {
            self.totals.count(fate, bytes, location);
            if let Fate::Failed(failure) = fate
                && is_of_input(failure)
            {
                self.problem(&location.refused(failure));
            }
        }
    }

    fn problem(&mut self, text: &str) {
        self.has_problems = true;
        self.progress.aside(|| terminal::error(text));
    }

    fn end(self, arguments: &Arguments) -> io::Result<Outcome> {
        self.totals.sentences().for_each(terminal::error);
        let stop = self.sender.why_over();
        if let Some(why) = &stop {
            terminal::error(format!("{why}; run the command again to send the rest"));
        }
        let is_complete = self.totals.is_complete() && stop.is_none() && !self.has_problems;
        let outcome = if is_complete { Outcome::Done } else { Outcome::Incomplete };
        match self.show(arguments) {
            // The events are stored even if nobody reads the output.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
            _ => Ok(outcome),
        }
    }

    fn show(&self, arguments: &Arguments) -> io::Result<()> {
        if arguments.quiet {
            return Ok(());
        }
        let (title, word) = match (arguments.dry_run, arguments.to) {
            (true, To::Cloudwatch) => ("WOULD BE STORED IN", "to store"),
            (true, To::Lambda) => ("", "to send"),
            (false, _) => ("STORED IN", "stored"),
        };
        if let Some(destinations) = self.totals.destinations(title) {
            terminal::show(destinations + "\n")?;
        }
        terminal::show(self.totals.rows(word))
    }
}
