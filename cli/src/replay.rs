//! `ecs-events replay`: old events again, each at most once.

mod function;
mod journal;
mod key;
mod once;
mod pace;
mod send;
mod summary;
mod target;

use crate::input::{Chunk, Inputs, Source};
use crate::options::{From, Options};
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::terminal;
use crate::variables::Environment;
use clap::{Args, ValueEnum};
use ecs_event_forwarder::config::{Config, var};
use journal::Journal;
use key::Key;
use send::Sender;
use std::io::{self, ErrorKind};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use summary::{Fate, Summary, is_of_input};
use target::Target;
use tokio::runtime;

const EXAMPLES: &str = "\
Examples:
  ecs-events replay --dry-run --to cloudwatch undelivered.jsonl
  ecs-events replay --to cloudwatch --rate 500 archive
  ecs-events replay --to lambda --function ecs-event-forwarder undelivered.jsonl
  aws logs filter-log-events --log-group-name NAME --output json | ecs-events replay --to cloudwatch -

What is guaranteed:
  The journal has the ids of the events that are about to be sent, and then of those that are \
stored. A run that is interrupted, in whatever way, can be run again: what is stored is not sent \
again. CloudWatch Logs itself stores twice what is put twice, so a batch that was sent and of \
which nothing was heard (the program was killed, or the connection broke) is in doubt: a run stops \
there, and no run sends it again unless --resend-in-doubt says so. Every other event is stored \
exactly once. Times that CloudWatch Logs no longer takes become the time of the replay, or have \
failed, as FORWARDER_ON_REJECTED says; the event's own time stays in its message.";

/// Send old events again, each at most once
///
/// From dumps of dead-letter queues, archives, or the export of another log group. Prints a table of
/// what was stored where, and totals: received = stored + stored before + dropped + duplicates +
/// failed. What is stored by a run is remembered in a journal, and the next run passes over it.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Where to
    #[arg(long)]
    to: To,
    /// The name or ARN of the deployed function, for `--to lambda`
    #[arg(long, value_name = "NAME", required_if_eq("to", "lambda"))]
    function: Option<String>,
    /// The ids of what is stored; one journal for each place that is replayed to
    #[arg(long, value_name = "FILE", default_value = "replay.journal")]
    journal: PathBuf,
    /// At most so many events a second
    #[arg(long, value_name = "N")]
    rate: Option<NonZeroU32>,
    /// Send also what an earlier run sent without hearing whether it was stored
    #[arg(long)]
    resend_in_doubt: bool,
    /// Say what would be sent, send nothing, and leave the journal as it is
    #[arg(long)]
    dry_run: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    options: Options,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum To {
    /// CloudWatch Logs: filtered, trimmed and routed here, by the policy
    Cloudwatch,
    /// The deployed function, an invocation for each event: its own policy decides
    Lambda,
}

impl To {
    fn name(self) -> &'static str {
        match self {
            Self::Cloudwatch => "cloudwatch",
            Self::Lambda => "lambda",
        }
    }
}

/// Runs it.
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
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(replay(arguments, config))
}

impl Arguments {
    fn problem(&self, environment: &Environment) -> Option<String> {
        if self.to == To::Cloudwatch {
            let is_misled = self.function.is_some();
            return is_misled.then(|| "--function is for --to lambda".to_owned());
        }
        let is_given = |variable: &&var::Variable| {
            matches!(self.options.value(variable, environment).1, From::Option | From::File)
        };
        let given = var::ALL.iter().find(is_given)?;
        let name = given.name;
        Some(format!("the function has a policy of its own: {name} is for --to cloudwatch"))
    }
}

async fn replay(arguments: &Arguments, config: Config) -> io::Result<Outcome> {
    let opened = if arguments.dry_run {
        Journal::read(&arguments.journal).map(|journal| (None, journal))
    } else {
        match Target::open(arguments, config.delivery).await {
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
            return Ok(Outcome::bad_use(format!("the journal {journal} is of no use: {problem}")));
        }
    };
    let is_stopping = Arc::new(AtomicBool::new(false));
    tokio::spawn(heed_interrupts(Arc::clone(&is_stopping)));
    let mut inputs = Inputs::find(&arguments.source, None, true);
    let mut run = Run {
        sender: Sender::new(arguments, config.policy, target, journal, is_stopping),
        summary: Summary::default(),
        progress: Progress::new(inputs.bytes_in_all(), !arguments.quiet),
        has_problems: false,
    };
    while let Some(chunk) = inputs.next_chunk() {
        run.replay(chunk).await;
        run.progress.set(inputs.bytes(), run.summary.received);
        if run.sender.is_over() {
            break;
        }
    }
    run.progress.end();
    run.end(arguments)
}

struct Run {
    sender: Sender,
    summary: Summary,
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
        for ((fate, bytes), place) in fates.iter().zip(bytes).zip(&chunk.places) {
            self.summary.count(fate, bytes, place);
            if let Fate::Failed(failure) = fate
                && is_of_input(failure)
            {
                self.problem(&place.refused(failure));
            }
        }
    }

    fn problem(&mut self, text: &str) {
        self.has_problems = true;
        self.progress.aside(|| terminal::error(text));
    }

    fn end(self, arguments: &Arguments) -> io::Result<Outcome> {
        self.summary.sentences().for_each(terminal::error);
        let stop = self.sender.why_over();
        if let Some(why) = &stop {
            terminal::error(format!("{why}; the rest is for the next run"));
        }
        let is_complete = self.summary.is_complete() && stop.is_none() && !self.has_problems;
        let outcome = if is_complete { Outcome::Done } else { Outcome::Incomplete };
        match self.show(arguments) {
            // What is stored is stored, whoever looks on.
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
        if let Some(destinations) = self.summary.destinations(title) {
            terminal::show(destinations + "\n")?;
        }
        terminal::show(self.summary.totals(word))
    }
}

/// The first interrupt lets the batch at hand end; the second ends the program.
async fn heed_interrupts(is_stopping: Arc<AtomicBool>) {
    while tokio::signal::ctrl_c().await.is_ok() {
        if is_stopping.swap(true, Ordering::SeqCst) {
            std::process::exit(INTERRUPTED);
        }
        terminal::warning("stopping after this batch; once more, and it is left in doubt");
    }
}

/// As shells say it.
const INTERRUPTED: i32 = 130;
