//! The command line `ecs-events`: wiring, no decisions.

// Words.
mod visible;
mod terminal;
mod outcome;
mod clock;
mod times;
mod table;
mod progress;
// What the commands share.
mod variables;
mod policy_file;
mod options;
mod sign_in;
mod cloudwatch;
mod input;
mod redacted;
mod dollars;
mod rehearsal;
mod estimate;
mod tally;
mod story;
mod glance;
mod lacking;
mod folder;
// Commands.
mod forward;
mod preview;
mod replay;
mod report;
mod cost;
mod diff;
mod pattern;
mod timeline;
mod manual;
mod config;
mod console_rule;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use ecs_event_forwarder::config::var;
use outcome::Outcome;
use std::io::ErrorKind;
use std::process::ExitCode;
use variables::Environment;

const EXAMPLES: &str = "\
Examples:
  ecs-events timeline --service web events
  ecs-events preview --event-types WARN,ERROR events
  ecs-events cost --from-log-group GROUP --since 7d

Exit codes: 0 done, 1 something was not stored or could not be read, 2 bad use or bad configuration.";

/// Find out what happened in Amazon ECS, and choose which of its events to keep
///
/// Reads events from files, standard input or CloudWatch Logs. The policy decides which events are
/// kept. It comes from the function's FORWARDER_* variables; an option for each overrides it.
#[derive(Parser)]
#[command(name = "ecs-events", version, after_help = EXAMPLES)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Timeline(timeline::Arguments),
    Report(report::Arguments),
    Preview(preview::Arguments),
    Cost(cost::Arguments),
    Diff(diff::Arguments),
    Pattern(pattern::Arguments),
    Config(config::Arguments),
    Forward(forward::Arguments),
    Replay(replay::Arguments),
    ConsoleRule(console_rule::Arguments),
    Completions(manual::Completions),
    Man(manual::Manual),
}

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        // Its message may quote an event.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        terminal::error(format!("this is a bug, at {place}"));
    }));
    let command = CommandLine::command().term_width(table::columns().min(100));
    let matches = command.try_get_matches().unwrap_or_else(|error| with_tip(error).exit());
    let command = CommandLine::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let environment = environment();
    let outcome = match command.command {
        Command::Forward(arguments) => forward::run(&arguments, &environment),
        Command::Preview(arguments) => preview::run(&arguments, &environment),
        Command::Replay(arguments) => replay::run(&arguments, &environment),
        Command::Report(arguments) => report::run(&arguments, &environment),
        Command::Cost(arguments) => cost::run(&arguments, &environment),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Pattern(arguments) => pattern::run(&arguments, &environment),
        Command::Timeline(arguments) => timeline::run(&arguments, &environment),
        Command::Config(arguments) => config::run(&arguments, &environment),
        Command::ConsoleRule(arguments) => console_rule::run(&arguments),
        Command::Completions(arguments) => manual::completions(&arguments, CommandLine::command()),
        Command::Man(arguments) => manual::manual(&arguments, CommandLine::command()),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        // The reader of the output has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            terminal::error(format!("cannot write: {error}"));
            Outcome::Incomplete.into()
        }
    }
}

/// Adds a tip to the error that no events are named; other errors stay as they are.
fn with_tip(mut error: clap::Error) -> clap::Error {
    let lacks_path = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(lacking)) => lacking.iter().any(|it| it.starts_with("<PATH>")),
        _ => false,
    };
    if lacks_path {
        let tip = "name a file or folder, - for standard input, or a group with --from-log-group";
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

/// Reads the variables of the policy, which refuses those that are not Unicode.
#[expect(clippy::disallowed_methods, reason = "the environment is read here and nowhere else")]
fn environment() -> Environment {
    let variables = std::env::vars_os().map(|(name, value)| {
        (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
    });
    variables.filter(|(name, _)| name.starts_with(var::PREFIX)).collect()
}
