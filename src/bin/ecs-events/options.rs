//! The policy's options: one for each variable of the function, and each wins over its variable.

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use ecs_event_forwarder::config::var::{self, Variable};
use ecs_event_forwarder::config::{self, Config, Problems};
use std::collections::BTreeMap;

/// The environment, as far as the policy goes.
pub(crate) type Environment = BTreeMap<String, String>;

const HEADING: &str = "Policy";

/// The options that are given, by the names of their variables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options(BTreeMap<&'static str, String>);

/// Where the value of a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Option,
    Environment,
    Default,
}

impl Options {
    /// The configuration that options and environment make.
    ///
    /// # Errors
    ///
    /// Every problem, under the name of the option if there is one.
    pub(crate) fn config(&self, environment: &Environment) -> Result<Config, Problems> {
        let mut variables = environment.clone();
        variables.extend(self.0.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        config::config(variables).map_err(|Problems(mut problems)| {
            for problem in &mut problems {
                if self.0.contains_key(problem.name.as_str()) {
                    problem.name = format!("--{} ({})", option(&problem.name), problem.name);
                }
            }
            Problems(problems)
        })
    }

    /// The value of a variable, and where it comes from.
    pub(crate) fn value<'a>(
        &'a self,
        variable: &Variable,
        environment: &'a Environment,
    ) -> (&'a str, From) {
        let option = self.0.get(variable.name).map(|value| (value, From::Option));
        let from_environment = environment.get(variable.name);
        let given = option.or(from_environment.map(|value| (value, From::Environment)));
        given
            .map(|(value, from)| (value.trim(), from))
            .filter(|(value, _)| !value.is_empty())
            .unwrap_or((variable.default, From::Default))
    }
}

/// The option of a variable: `event-types` for `FORWARDER_EVENT_TYPES`.
fn option(variable: &str) -> String {
    let name = variable.strip_prefix(var::PREFIX).unwrap_or(variable);
    name.to_ascii_lowercase().replace('_', "-")
}

impl Args for Options {
    fn augment_args(command: Command) -> Command {
        var::ALL.iter().fold(command.next_help_heading(HEADING), |command, variable| {
            let Variable { name, default, meaning } = variable;
            let default = match *default {
                "" => String::new(),
                default => format!(" [default: {default}]"),
            };
            let argument = Arg::new(*name).long(option(name)).value_name("VALUE");
            let argument = argument.help(format!("{meaning}{default}"));
            command.arg(argument.long_help(format!("{meaning}\n[env: {name}]{default}")))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Options {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut options = Self::default();
        options.update_from_arg_matches(matches)?;
        Ok(options)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for variable in var::ALL {
            let value = matches.get_one::<String>(variable.name);
            self.0.extend(value.map(|value| (variable.name, value.clone())));
        }
        Ok(())
    }
}
