//! `ecs-events config`: the effective policy, or every problem with it.

mod sam;

use crate::options::{From, Options};
use crate::outcome::Outcome;
use crate::policy_file;
use crate::table::{columns, table};
use crate::terminal;
use crate::variables::Environment;
use clap::Args;
use ecs_event_forwarder::config::var::{self, Variable};
use ecs_event_forwarder::filter::Select;
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, pattern};
use ecs_event_forwarder::policy::Policy;
use std::collections::BTreeMap;
use std::io;

const EXAMPLES: &str = "\
Examples:
  ecs-events config
  FORWARDER_TRIM=minimal ecs-events config --clusters 'prod-*,!prod-test'
  ecs-events config --toml --event-types WARN,ERROR >policy.toml
  ecs-events config --sam --policy policy.toml";

/// Print the effective policy, or every problem with it
///
/// Prints each variable of the function, its value, and where the value comes from.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Print a policy file instead; defaults are comments
    #[arg(long, conflicts_with = "sam")]
    toml: bool,
    /// Print the `sam deploy` that gives the function this policy, quoted for a shell
    ///
    /// The command has every parameter of the policy, because SAM keeps the old value of a parameter
    /// that is left out. The event pattern is empty if the template's own is enough.
    #[arg(long)]
    sam: bool,
    #[command(flatten)]
    options: Options,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> io::Result<Outcome> {
    let options = &arguments.options;
    let config = match options.config(environment) {
        Ok(config) => config,
        Err(problems) => return Ok(Outcome::bad_use(problems)),
    };
    if arguments.toml || arguments.sam {
        config.warnings.iter().for_each(terminal::warning);
        let text = if arguments.sam {
            match event_pattern(&config.policy, options, environment) {
                Ok(pattern) => sam::deploy(&values(options, environment), &pattern),
                Err(problem) => return Ok(Outcome::bad_use(problem)),
            }
        } else {
            policy_file::write(&given(options, environment))
        };
        terminal::show(text.trim_end())?;
        return Ok(Outcome::Done);
    }
    let longest = var::ALL.iter().map(|variable| variable.name.len()).max();
    let value_columns = columns().saturating_sub(longest.unwrap_or(0) + FROM_COLUMNS);
    let mut policy = table(&["VARIABLE", "VALUE", "FROM"]);
    for variable in var::ALL {
        let (value, from) = options.value(variable, environment);
        let value = if value.is_empty() { "-" } else { value };
        let from = match from {
            From::Option => "option",
            From::File => "file",
            From::Environment => "environment",
            From::Default => "default",
        };
        policy.add_row([variable.name, &fold(value, value_columns), from]);
    }
    terminal::show(policy.trim_fmt())?;
    terminal::show(format!("\n{}: {}.", var::SELECT.name, config.policy.filter().select()))?;
    if options.value(&var::RULES, environment).1 != From::Default {
        terminal::show(format!("\n{} replaces the six lists above it.", var::RULES.name))?;
    }
    config.warnings.iter().for_each(terminal::warning);
    Ok(Outcome::Done)
}

/// Returns the values that differ from the default, by variable name.
fn given(options: &Options, environment: &Environment) -> BTreeMap<&'static str, String> {
    let value = |variable: &'static Variable| {
        let (value, _) = options.value(variable, environment);
        (value != variable.default).then(|| (variable.name, value.to_owned()))
    };
    var::ALL.iter().filter_map(value).collect()
}

/// Returns the value of every variable.
fn values(options: &Options, environment: &Environment) -> Vec<(&'static str, String)> {
    let value = |variable: &'static Variable| options.value(variable, environment).0.to_owned();
    var::ALL.iter().map(|variable| (variable.name, value(variable))).collect()
}

/// The number of cluster names that fit into the template's own pattern.
const CLUSTERS_IN_TEMPLATE: usize = 40;

/// Returns the text of the parameter `EventPattern`. It is empty if the template's own pattern
/// filters just as well.
///
/// # Errors
///
/// No pattern for this policy is short enough for a rule.
fn event_pattern(
    policy: &Policy,
    options: &Options,
    environment: &Environment,
) -> Result<String, String> {
    let is_given = |variable| options.value(variable, environment).1 != From::Default;
    // The template's own pattern ignores these.
    let finer = [&var::EVENT_NAMES, &var::SERVICES, &var::TASK_STATUSES, &var::RULES];
    let clusters = options.value(&var::CLUSTERS, environment).0.split(',').count();
    let is_finer = finer.into_iter().any(is_given)
        || options.value(&var::SELECT, environment).0 == Select::Lifecycle.as_str()
        || clusters > CLUSTERS_IN_TEMPLATE;
    if !is_finer {
        return Ok(String::new());
    }
    let pattern = pattern(policy, DEFAULT_BYTES).text;
    if pattern.len() > DEFAULT_BYTES {
        return Err(format!("the shortest event pattern has {} bytes", pattern.len()));
    }
    Ok(pattern)
}

/// The width of the last column and of the space between columns.
const FROM_COLUMNS: usize = 15;

/// Breaks a text into lines, after commas, slashes and spaces.
fn fold(text: &str, columns: usize) -> String {
    let mut folded = String::new();
    let mut line = 0;
    for part in text.split_inclusive([',', '/', ' ']) {
        let length = part.chars().count();
        if line > 0 && line + length > columns {
            folded.push('\n');
            line = 0;
        }
        folded.push_str(part);
        line += length;
    }
    folded
}
