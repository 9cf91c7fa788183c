//! The line on a laptop: wiring, no decisions.

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

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use ecs_event_forwarder::config::var;
use outcome::Outcome;
use std::io::ErrorKind;
use std::process::ExitCode;
use variables::Environment;

const EXAMPLES: &str = "\
Examples:
  ecs-events preview events
  ecs-events forward --event-types WARN,ERROR events
  ecs-events config --trim minimal

Exit codes: 0 done, 1 something was not stored or could not be read, 2 bad use or bad configuration.";

/// Filter and trim Amazon ECS events as the Lambda function does, on a laptop
///
/// The policy comes from the FORWARDER_* variables of the function, and from an option for each.
#[derive(Parser)]
#[command(name = "ecs-events", version, after_help = EXAMPLES)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Forward(forward::Arguments),
    Preview(preview::Arguments),
    Replay(replay::Arguments),
    Report(report::Arguments),
    Cost(cost::Arguments),
    Diff(diff::Arguments),
    Pattern(pattern::Arguments),
    Timeline(timeline::Arguments),
    Config(config::Arguments),
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
    let matches = command.get_matches();
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
        Command::Timeline(arguments) => timeline::run(&arguments),
        Command::Config(arguments) => config::run(&arguments, &environment),
        Command::ConsoleRule(arguments) => console_rule::run(&arguments),
        Command::Completions(arguments) => manual::completions(&arguments, CommandLine::command()),
        Command::Man(arguments) => manual::manual(&arguments, CommandLine::command()),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        // Whoever read the output has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            terminal::error(format!("cannot write: {error}"));
            Outcome::Incomplete.into()
        }
    }
}

/// The variables of the policy. What is not Unicode is for the policy to refuse.
#[expect(clippy::disallowed_methods, reason = "the environment is read here and nowhere else")]
fn environment() -> Environment {
    let variables = std::env::vars_os().map(|(name, value)| {
        (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
    });
    variables.filter(|(name, _)| name.starts_with(var::PREFIX)).collect()
}
