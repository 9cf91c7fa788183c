//! `--since` and `--until`, the same for every subcommand that reads events.

use super::moment::{FORMS, parse};
use crate::clock;
use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

/// The times of the events that a command looks at: from `--since` on, before `--until`.
///
/// `--since` is never later than `--until`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    since_ms: Option<i64>,
    until_ms: Option<i64>,
}

impl Window {
    /// True if neither option was given, so that every event counts.
    pub(crate) fn is_open(self) -> bool {
        self == Self::default()
    }

    /// True for the time of an event in the window.
    pub(crate) fn contains(self, time_ms: i64) -> bool {
        self.since_ms.is_none_or(|since| since <= time_ms)
            && self.until_ms.is_none_or(|until| time_ms < until)
    }

    /// `--since`, in milliseconds since 1970.
    pub(crate) fn since_ms(self) -> Option<i64> {
        self.since_ms
    }

    /// `--until`, in milliseconds since 1970.
    pub(crate) fn until_ms(self) -> Option<i64> {
        self.until_ms
    }
}

/// The options as clap reads them, not yet compared.
#[derive(Args)]
struct Given {
    #[arg(
        long,
        value_name = "WHEN",
        value_parser = moment,
        help = "Only events from this time on, for example 90m, 14:00, 2026-11-19 or 2026-11-19T14:00:00Z",
        long_help = since_help()
    )]
    since: Option<i64>,
    /// Only events before this time, in the same forms as --since
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    until: Option<i64>,
}

fn since_help() -> String {
    format!(
        "Only events from this time on: {FORMS}.\n\n\
         The time of an event is its own, not the time of its log entry. Events without a readable \
         time are kept. A log group is read from 24 hours before --until unless this option is given"
    )
}

/// Milliseconds since 1970.
fn moment(text: &str) -> Result<i64, String> {
    parse(text, clock::now_ms())
}

impl Args for Window {
    fn augment_args(command: Command) -> Command {
        Given::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Given::augment_args_for_update(command)
    }
}

impl FromArgMatches for Window {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let Given { since, until } = Given::from_arg_matches(matches)?;
        if since.zip(until).is_some_and(|(since, until)| since > until) {
            let problem = "--since is later than --until, so that no event can match\n";
            return Err(Error::raw(ErrorKind::ValueValidation, problem));
        }
        Ok(Self { since_ms: since, until_ms: until })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
