//! The policy's options, one for each variable of the function. An option overrides its variable.

use crate::policy_file::{self, PolicyFile};
use crate::variables::{Environment, variable_key};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use ecs_event_forwarder::config::var::{self, Variable};
use ecs_event_forwarder::config::{self, Config, Problems};
use std::collections::BTreeMap;

const HEADING: &str = "Policy";

/// The options that are given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// By the names of their variables.
    given: BTreeMap<&'static str, String>,
    /// A policy file, which replaces the environment.
    file: Option<PolicyFile>,
}

/// The origin of a variable's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Option,
    File,
    Environment,
    Default,
}

impl Options {
    /// Returns the configuration that options and environment give.
    ///
    /// # Errors
    ///
    /// Every problem, under the name of the option if there is one.
    pub(crate) fn config(&self, environment: &Environment) -> Result<Config, Problems> {
        self.config_with(environment, [])
    }

    /// Returns the same with some variables changed.
    ///
    /// # Errors
    ///
    /// As for [`Self::config`].
    pub(crate) fn config_with<const N: usize>(
        &self,
        environment: &Environment,
        changes: [(&str, &str); N],
    ) -> Result<Config, Problems> {
        let file = self.file.as_ref();
        let mut variables = file.map_or(environment, |file| &file.variables).clone();
        let given = self.given.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        variables.extend(given);
        variables.extend(changes.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let of_file = file.map(|file| file.problems.clone()).unwrap_or_default();
        match config::config(variables) {
            Ok(config) if of_file.is_empty() => Ok(config),
            Ok(_) => Err(Problems(of_file)),
            Err(Problems(mut problems)) => {
                for problem in &mut problems {
                    if self.given.contains_key(problem.name.as_str()) {
                        problem.name = format!("--{} ({})", option(&problem.name), problem.name);
                    } else if file.is_some_and(|file| file.variables.contains_key(&problem.name)) {
                        let key = variable_key(&problem.name);
                        problem.name = format!("{key} in the policy file ({})", problem.name);
                    }
                }
                problems.splice(0..0, of_file);
                Err(Problems(problems))
            }
        }
    }

    /// Returns the value of a variable, and where it comes from.
    pub(crate) fn value<'a>(
        &'a self,
        variable: &Variable,
        environment: &'a Environment,
    ) -> (&'a str, From) {
        let option = self.given.get(variable.name).map(|value| (value, From::Option));
        let (below, from) = match &self.file {
            Some(file) => (&file.variables, From::File),
            None => (environment, From::Environment),
        };
        let given = option.or(below.get(variable.name).map(|value| (value, from)));
        given
            .map(|(value, from)| (value.trim(), from))
            .filter(|(value, _)| !value.is_empty())
            .unwrap_or((variable.default, From::Default))
    }
}

/// Returns the option of a variable: `event-types` for `FORWARDER_EVENT_TYPES`.
fn option(variable: &str) -> String {
    variable_key(variable).replace('_', "-")
}

const POLICY: &str = "policy";
/// `-h` fits a screen: `--help` lists the option of each variable.
const POLICY_HELP: &str = "\
policy file, in TOML; or an option for each FORWARDER_* variable, such as --event-types WARN,ERROR: see --help";
const POLICY_LONG_HELP: &str = "\
policy file, in TOML: each variable without its prefix, such as `event_types = [\"WARN\", \"ERROR\"]`; \
`ecs-events config --toml` prints one. The file replaces the environment; options override it";

impl Args for Options {
    fn augment_args(command: Command) -> Command {
        let policy =
            Arg::new(POLICY).long(POLICY).value_name("FILE").value_parser(policy_file::read);
        let policy = policy.help(POLICY_HELP).long_help(POLICY_LONG_HELP);
        let command = command.next_help_heading(HEADING).arg(policy);
        var::ALL.iter().fold(command, |command, variable| {
            let Variable { name, default, meaning } = variable;
            let default = match *default {
                "" => String::new(),
                default => format!(" [default: {default}]"),
            };
            let argument = Arg::new(*name).long(option(name)).value_name("VALUE");
            let argument = argument.help(format!("{meaning}{default}")).hide_short_help(true);
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
            self.given.extend(value.map(|value| (variable.name, value.clone())));
        }
        if let Some(file) = matches.get_one::<PolicyFile>(POLICY) {
            self.file = Some(file.clone());
        }
        Ok(())
    }
}
