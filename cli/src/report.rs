//! `ecs-events report`: what happened, and what the policy makes of it, as one HTML page.

mod bytes;
mod bar;
mod table;
mod struck;
mod telling;
mod measure;
mod flame;
mod over_time;
mod happened;
mod volumes;
mod sample;
mod costs;
mod page;
mod target;

use crate::dollars::Prices;
use crate::estimate::{Measure as Costs, Rates, ways};
use crate::input::{Inputs, Source};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::sign_in::listen;
use crate::story;
use crate::terminal;
use crate::variables::Environment;
use crate::visible::escaped;
use clap::Args;
use costs::Priced;
use ecs_event_forwarder::config::Config;
use ecs_event_forwarder::policy::{Delivery, Policy};
use ecs_event_forwarder::trim::Profile;
use measure::Measure;
use std::io;
use std::path::PathBuf;
use target::Target;
use telling::Telling;

const EXAMPLES: &str = "\
Examples:
  ecs-events report events
  ecs-events report --from-log-group GROUP --around 14:00 -o incident.html
  ecs-events report --trim minimal --force -o minimal.html events";

/// Write a web page: what happened, and where the bytes go
///
/// One HTML file that needs no network. It opens with the story that `timeline` tells: the verdict in
/// one sentence, how each deployment went, why tasks stopped, what else went wrong, and the course of
/// events. Then come the bytes by kind, cluster, service and field, what each profile keeps, and what
/// that costs. The page shows names and reasons from the events: share it as you would share them.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// The file to write, or - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,
    /// Overwrite the file if it exists
    #[arg(long)]
    force: bool,
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
    let target = match Target::new(&arguments.output, arguments.force) {
        Ok(target) => target,
        Err(problem) => return Ok(Outcome::bad_use(problem)),
    };
    let Config { policy, delivery, warnings, .. } = match arguments.options.config(environment) {
        Ok(config) => config,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    let prices = match arguments.rates.prices() {
        Ok(prices) => prices,
        Err(problem) => return Ok(Outcome::bad_use(problem)),
    };
    listen(!arguments.quiet);
    if !arguments.quiet {
        warnings.iter().for_each(terminal::warning);
    }
    let (mut measure, costs) = arguments.read(policy, environment);
    let ways = arguments.price(&costs, &delivery, prices);
    let story = story::tell(measure.take_events());
    let telling = Telling::new(&story, measure.policy(), arguments.source.zone());
    let page = escaped(&page::page(&telling, &measure, &ways).into_string());
    if let Err(problem) = target.write(&page)? {
        return Ok(Outcome::bad_use(problem));
    }
    if let Some(name) = target.name().filter(|_| !arguments.quiet) {
        let (headline, totals) = (telling.headline(), measure.tally.totals("kept"));
        let warning = telling.warning.map(|it| format!("\n{it}")).unwrap_or_default();
        terminal::show(format!("{name}: {headline}{warning}\n\n{totals}"))?;
    }
    Ok(if measure.has_problems { Outcome::Incomplete } else { Outcome::Done })
}

impl Arguments {
    /// Reads all events; what cannot be read is reported, and the rest is read all the same.
    fn read(&self, policy: Policy, environment: &Environment) -> (Measure, Costs) {
        let profiles = PROFILES.into_iter().filter_map(|profile| {
            let change = [("FORWARDER_TRIM", profile.as_str())];
            // With fields that one profile keeps anyway, another can be a contradiction.
            let config = self.options.config_with(environment, change).ok()?;
            Some((profile.as_str(), config.policy))
        });
        let profiles: Vec<_> = profiles.collect();
        let with_trim = |trim: &str| profiles.iter().find(|(name, _)| *name == trim);
        let with_trim = |trim: &str| with_trim(trim).map(|(_, policy)| policy.clone());
        let mut costs = Costs::new(policy.clone(), with_trim);
        let mut measure = Measure::new(policy, profiles.clone());
        let mut inputs = Inputs::find(&self.source, None);
        let progress = Progress::new(inputs.bytes_in_all(), !self.quiet);
        while let Some(chunk) = inputs.next_chunk() {
            for problem in measure.look_at(&chunk) {
                progress.aside(|| terminal::error(problem));
            }
            // The same problems again.
            let _ = costs.add(&chunk);
            progress.set(inputs.bytes(), measure.tally.summary.received);
        }
        progress.end();
        (measure, costs)
    }

    /// The cost of each way to keep the events, or the reason why there is no estimate.
    fn price(&self, costs: &Costs, delivery: &Delivery, prices: Prices) -> Priced {
        let times_a_month = self.rates.times_a_month(costs.events(), costs.span_ms());
        let ways = times_a_month.map(|times_a_month| {
            let terms = self.rates.terms(prices, delivery, times_a_month);
            (ways(costs, &terms), terms)
        });
        if ways.is_ok() && !self.quiet {
            self.rates.doubt(costs.span_ms()).into_iter().for_each(terminal::warning);
        }
        ways
    }
}
