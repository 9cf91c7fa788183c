//! `ecs-events report`: what events hold and what the policy makes of them, as one HTML page.

mod bytes;
mod charts;
mod costs;
mod measure;
mod page;
mod scroll;
mod struck;

use crate::estimate::{Measure as Costs, Rates, ways};
use crate::input::{Inputs, Source};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::terminal;
use crate::variables::Environment;
use crate::visible::escaped;
use clap::Args;
use ecs_event_forwarder::config::Config;
use ecs_event_forwarder::trim::Profile;
use measure::Measure;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  ecs-events report events
  ecs-events report --trim minimal -o minimal.html events";

/// Write a web page: where the bytes go, and what the policy saves
///
/// One HTML file that needs no network: bytes by kind, cluster, service and field, what each profile
/// keeps, what that costs, events over time, why tasks stopped, deployments, the most frequent event names, and one event
/// before and after. It shows names and reasons from the events: share it like the events.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// The file to write; an existing one is overwritten
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    rates: Rates,
    #[command(flatten)]
    options: Options,
}

const PROFILES: [Profile; 3] = [Profile::Full, Profile::Lean, Profile::Minimal];

/// Runs it.
pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> io::Result<Outcome> {
    let Config { policy, delivery, warnings, .. } = match arguments.options.config(environment) {
        Ok(config) => config,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    if !arguments.quiet {
        warnings.iter().for_each(terminal::warning);
    }
    let profiles = PROFILES.into_iter().filter_map(|profile| {
        let change = [("FORWARDER_TRIM", profile.as_str())];
        // With fields that one profile keeps anyway, another can be a contradiction.
        let config = arguments.options.config_with(environment, change).ok()?;
        Some((profile.as_str(), config.policy))
    });
    let profiles: Vec<_> = profiles.collect();
    let prices = match arguments.rates.prices() {
        Ok(prices) => prices,
        Err(problem) => return Ok(Outcome::bad_use(problem)),
    };
    let with_trim = |trim: &str| profiles.iter().find(|(name, _)| *name == trim);
    let with_trim = |trim: &str| with_trim(trim).map(|(_, policy)| policy.clone());
    let mut costs = Costs::new(policy.clone(), with_trim);
    let mut measure = Measure::new(policy, profiles.clone());
    let mut inputs = Inputs::find(&arguments.source, None);
    let progress = Progress::new(inputs.bytes_in_all(), !arguments.quiet);
    while let Some(chunk) = inputs.next_chunk() {
        for problem in measure.look_at(&chunk) {
            progress.aside(|| terminal::error(problem));
        }
        // The same problems again.
        let _ = costs.add(&chunk);
        progress.set(inputs.bytes(), measure.tally.summary.received);
    }
    progress.end();
    let times_a_month = arguments.rates.times_a_month(costs.events(), costs.span_ms());
    let ways = times_a_month.map(|times_a_month| {
        let terms = arguments.rates.terms(prices, &delivery, times_a_month);
        (ways(&costs, &terms), terms)
    });
    if ways.is_ok() && !arguments.quiet {
        arguments.rates.doubt(costs.span_ms()).into_iter().for_each(terminal::warning);
    }
    let page = escaped(&page::page(&measure, &ways).into_string());
    let output = arguments.output.display();
    let written = File::create(&arguments.output).and_then(|mut it| it.write_all(page.as_bytes()));
    if let Err(error) = written {
        return Ok(Outcome::bad_use(format!("cannot write {output}: {error}")));
    }
    if !arguments.quiet {
        terminal::show(format!("{output}\n\n{}", measure.tally.totals("kept")))?;
    }
    Ok(if measure.has_problems { Outcome::Incomplete } else { Outcome::Done })
}
