//! The list of sidecars, for commands that judge events and have no other policy.

use crate::variables::Environment;
use clap::Args;
use ecs_event_forwarder::config::{Problems, config, var};
use ecs_event_forwarder::glob::Patterns;

/// The option `--sidecars`.
#[derive(Args)]
pub(crate) struct Sidecars {
    /// Containers that never make a task a problem, unless it has no other container
    /// [env: `FORWARDER_SIDECARS`]
    #[arg(long, value_name = "NAMES")]
    sidecars: Option<String>,
}

impl Sidecars {
    /// Returns the patterns of the option, else of the variable, else the default ones.
    ///
    /// # Errors
    ///
    /// The list is not valid.
    pub(crate) fn patterns(&self, environment: &Environment) -> Result<Patterns, Problems> {
        let value = self.sidecars.as_ref().or_else(|| environment.get(var::SIDECARS.name));
        let variable = value.map(|value| (var::SIDECARS.name.to_owned(), value.clone()));
        Ok(config(variable)?.policy.sidecars)
    }
}
