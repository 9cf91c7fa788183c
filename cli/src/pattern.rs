//! `ecs-events pattern`: the EventBridge event pattern that follows from the policy.

use crate::options::Options;
use crate::outcome::Outcome;
use crate::table::number;
use crate::terminal;
use crate::variables::Environment;
use clap::Args;
use ecs_event_forwarder::pattern::{Condition, DEFAULT_BYTES, MOST_BYTES, pattern};
use serde_json::Value;
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  ecs-events pattern --event-types WARN,ERROR
  ecs-events pattern --policy policy.toml --compact
  ecs-events pattern --clusters 'prod-*' --max-bytes 4096 >pattern.json";

/// Print the policy as an event pattern for the EventBridge rule
///
/// The pattern matches every event that the policy keeps, so EventBridge drops unwanted events
/// free of charge. Standard error names each condition that a pattern cannot express, or for which
/// --max-bytes leaves no room: the function still applies it.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Print the pattern on one line
    #[arg(long)]
    compact: bool,
    /// Maximum size of the compact pattern; EventBridge accepts 2048, or 4096 after a quota increase
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT_BYTES as u64,
        value_parser = clap::value_parser!(u64).range(1..=MOST_BYTES as u64))]
    max_bytes: u64,
    #[command(flatten)]
    options: Options,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> io::Result<Outcome> {
    let policy = match arguments.options.config(environment) {
        Ok(config) => config.policy,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    let most_bytes = usize::try_from(arguments.max_bytes).unwrap_or(MOST_BYTES);
    let pattern = pattern(&policy, most_bytes);
    let bytes = pattern.text.len();
    if bytes > most_bytes {
        return Ok(Outcome::bad_use(format!("the shortest pattern has {} bytes", number(bytes))));
    }
    let mut out = terminal::lines();
    if arguments.compact {
        writeln!(out, "{}", pattern.text)?;
    } else {
        let value: Value = serde_json::from_str(&pattern.text)?;
        writeln!(out, "{value:#}")?;
    }
    out.flush()?;
    terminal::note(format!("{} bytes of {}", number(bytes), number(most_bytes)));
    if !pattern.given_up.is_empty() {
        let given_up = list(&pattern.given_up);
        terminal::note(format!("left out to save space, so the function decides: {given_up}"));
    }
    if !pattern.approximate.is_empty() {
        let approximate = list(&pattern.approximate);
        terminal::note(format!(
            "expressed only in part, so the function decides the rest: {approximate}"
        ));
    }
    if pattern.given_up.is_empty() && pattern.approximate.is_empty() {
        terminal::note("the pattern expresses the whole policy");
    }
    Ok(Outcome::Done)
}

fn list(conditions: &[Condition]) -> String {
    conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
