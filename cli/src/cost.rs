//! `ecs-events cost`: what events cost in a month, by four ways to keep them.

use crate::estimate::{self, Measure, Rates};
use crate::input::{Inputs, Source};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::terminal;
use crate::variables::Environment;
use clap::Args;
use ecs_event_forwarder::config::var;
use std::io;

const EXAMPLES: &str = "\
Examples:
  ecs-events cost events --events-per-month 1000000
  ecs-events cost --trim minimal --event-types WARN,ERROR last-week.jsonl
  ecs-events cost --region ap-northeast-1 --json last-week.jsonl";

/// Print what the events cost a month, with and without the policy
///
/// Compares four ways: an EventBridge rule with the log group as its target; the forwarder with this
/// policy, behind a rule that passes every ECS event; the same with the other profiles of trimming;
/// and the forwarder behind the event pattern of the policy, which EventBridge evaluates for free.
///
/// The bytes are those of the given events. They are scaled to a month by the time between the first
/// and the last event, or by --events-per-month. A query is one scan of everything that the log
/// groups keep; it is not in the total. Free tiers, alarms and cold starts are left out.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Print one JSON object instead
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    rates: Rates,
    #[command(flatten)]
    options: Options,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> io::Result<Outcome> {
    let config = match arguments.options.config(environment) {
        Ok(config) => config,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    config.warnings.iter().for_each(terminal::warning);
    let with_trim = |profile: &str| {
        let changed = arguments.options.config_with(environment, [(var::TRIM.name, profile)]);
        changed.ok().map(|config| config.policy)
    };
    let prices = match arguments.rates.prices() {
        Ok(prices) => prices,
        Err(problem) => return Ok(Outcome::bad_use(problem)),
    };
    let mut measure = Measure::new(config.policy, with_trim);
    let mut inputs = Inputs::find(&arguments.source, None);
    let progress = Progress::new(inputs.bytes_in_all(), true);
    let mut outcome = Outcome::Done;
    while let Some(chunk) = inputs.next_chunk() {
        for problem in measure.add(&chunk) {
            outcome = Outcome::Incomplete;
            progress.aside(|| terminal::error(problem));
        }
        progress.set(inputs.bytes(), measure.events());
    }
    progress.end();
    let times_a_month = match arguments.rates.times_a_month(measure.events(), measure.span_ms()) {
        Ok(times) => times,
        Err(problem) => return Ok(Outcome::bad_use(problem)),
    };
    let terms = arguments.rates.terms(prices, &config.delivery, times_a_month);
    if arguments.json {
        estimate::json(&measure, &terms)?;
    } else {
        estimate::table(&measure, &terms)?;
    }
    arguments.rates.doubt(measure.span_ms()).into_iter().for_each(terminal::warning);
    Ok(outcome)
}
