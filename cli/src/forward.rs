//! `ecs-events forward`: the line, with a folder or CloudWatch Logs at its end.

use crate::clock;
use crate::cloudwatch::CloudWatch;
use crate::folder::{EXTENSION, Folder};
use crate::input::{Chunk, Inputs, Location, Source};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::sign_in::listen;
use crate::tally::{Failures, Names, Tally, is_of_input};
use crate::terminal;
use crate::variables::Environment;
use clap::Args;
use ecs_event_forwarder::config::Config;
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::line::{End, Line, Receipt};
use ecs_event_forwarder::log::Batch;
use ecs_event_forwarder::policy::Delivery;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  ecs-events forward events
  ecs-events forward --event-types WARN,ERROR --to problems events
  aws logs filter-log-events --log-group-name NAME --output json | ecs-events forward -
  ecs-events forward --to cloudwatch undelivered.jsonl";

/// Filter and trim events, and store what is kept
///
/// Prints a table of what was stored where, and totals: received = stored + dropped + duplicates +
/// failed.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// A folder, or `cloudwatch`
    ///
    /// In a folder, each log stream becomes a file `<log group>/<log stream>.jsonl`, with one stored
    /// message on each line. Files with the same names are overwritten; others are left alone.
    ///
    /// `cloudwatch` is CloudWatch Logs, with the region, credentials and endpoint that the AWS CLI
    /// would use (`AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL`, ...). Log groups and streams are
    /// created as the function creates them. For a folder of that name, write `./cloudwatch`.
    #[arg(long, value_name = "DIR|cloudwatch", default_value = "out")]
    to: PathBuf,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    options: Options,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> io::Result<Outcome> {
    let Config { policy, delivery, warnings, .. } = match arguments.options.config(environment) {
        Ok(config) => config,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    listen(!arguments.quiet);
    let mut target = match Target::open(arguments, delivery) {
        Ok(target) => target,
        Err(problem) => return Ok(Outcome::bad_use(problem)),
    };
    if let Some(path) = arguments.source.paths.iter().find(|path| target.holds(path)) {
        let (path, to) = (path.display(), arguments.to.display());
        return Ok(Outcome::bad_use(format!("{path} is inside the output folder, {to}")));
    }
    if !arguments.quiet {
        warnings.iter().for_each(terminal::warning);
    }
    let mut inputs = Inputs::find(&arguments.source, target.root());
    let progress = Progress::new(inputs.bytes_in_all(), !arguments.quiet);
    let mut run = Run {
        line: Line::new(policy),
        tally: Tally::default(),
        failures: Failures::default(),
        progress,
        outcome: Outcome::Done,
    };
    while let Some(chunk) = inputs.next_chunk() {
        run.forward(chunk, &mut target);
        run.progress.set(inputs.bytes(), run.tally.summary.received);
    }
    run.progress.end();
    run.failures.sentences().for_each(terminal::error);
    let shown = if arguments.quiet { Ok(()) } else { show(&run.tally, &target, &arguments.to) };
    match shown {
        // Events are stored even if nobody reads the output.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(run.outcome),
    }
}

struct Run {
    line: Line,
    tally: Tally,
    failures: Failures,
    progress: Progress,
    outcome: Outcome,
}

impl Run {
    fn forward(&mut self, chunk: Chunk, target: &mut Target) {
        for problem in &chunk.unreadable {
            self.problem(problem);
        }
        let mut plan = self.line.plan(chunk.arrivals, clock::now_ms());
        let batches = plan.take_batches();
        let receipts = target.store(&batches);
        let entries = self.line.settle(plan, receipts);
        let mut destinations = vec![None; entries.len()];
        for batch in &batches {
            for arrival in batch.arrivals() {
                if let Some(destination) = destinations.get_mut(arrival) {
                    *destination = Some(batch.destination());
                }
            }
        }
        for ((entry, location), destination) in
            entries.iter().zip(&chunk.locations).zip(destinations)
        {
            self.tally.count(entry, destination);
            if let End::Failed(failure) = entry.end() {
                self.fail(failure, location);
            }
        }
    }

    fn fail(&mut self, failure: &Failure, location: &Location) {
        if is_of_input(failure) {
            self.problem(&location.refused(failure));
        } else {
            self.outcome = Outcome::Incomplete;
            self.failures.count(failure, location);
        }
    }

    fn problem(&mut self, text: &str) {
        self.outcome = Outcome::Incomplete;
        self.progress.aside(|| terminal::error(text));
    }
}

/// The destination of batches.
enum Target {
    Folder(Folder),
    CloudWatch(CloudWatch),
}

impl Target {
    fn open(Arguments { to, .. }: &Arguments, delivery: Delivery) -> Result<Self, String> {
        if to == Path::new("cloudwatch") {
            return CloudWatch::open(delivery).map(Self::CloudWatch);
        }
        let folder = Folder::open(to).map(Self::Folder);
        folder.map_err(|error| format!("cannot write to {}: {error}", to.display()))
    }

    fn root(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder.root()),
            Self::CloudWatch(_) => None,
        }
    }

    /// True if the path is inside the folder.
    fn holds(&self, path: &Path) -> bool {
        let path = path.canonicalize().ok();
        path.zip(self.root()).is_some_and(|(path, root)| path.starts_with(root))
    }

    fn store(&mut self, batches: &[Batch]) -> Vec<Receipt> {
        match self {
            Self::Folder(folder) => batches.iter().map(|it| folder.store(it)).collect(),
            Self::CloudWatch(logs) => logs.store(batches),
        }
    }
}

fn show(tally: &Tally, target: &Target, to: &Path) -> io::Result<()> {
    let folder = to.to_string_lossy();
    let names = match target {
        Target::Folder(_) => Names::Files { folder: &folder, extension: EXTENSION },
        Target::CloudWatch(_) => Names::Logs,
    };
    if let Some(destinations) = tally.destinations("STORED IN", &names) {
        terminal::show(destinations + "\n")?;
    }
    terminal::show(tally.totals("stored"))
}
