//! The time window of a command, with the same options for every subcommand that reads events.

use super::moment::{FORMS, duration_ms, parse};
use crate::clock;
use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};
use jiff::tz::TimeZone;

/// The times of the events that a command reads: from `--since` on, before `--until`.
///
/// `--since` is never later than `--until`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    since_ms: Option<i64>,
    until_ms: Option<i64>,
    is_local: bool,
}

impl Window {
    /// True if no option limits it, so that every event counts.
    pub(crate) fn is_open(self) -> bool {
        self.since_ms.is_none() && self.until_ms.is_none()
    }

    /// True for the time of an event in the window.
    pub(crate) fn contains(self, time_ms: i64) -> bool {
        self.since_ms.is_none_or(|since| since <= time_ms)
            && self.until_ms.is_none_or(|until| time_ms < until)
    }

    /// Returns `--since`, in milliseconds since 1970.
    pub(crate) fn since_ms(self) -> Option<i64> {
        self.since_ms
    }

    /// Returns `--until`, in milliseconds since 1970.
    pub(crate) fn until_ms(self) -> Option<i64> {
        self.until_ms
    }

    /// Returns the zone for times without one, read and printed.
    pub(crate) fn zone(self) -> TimeZone {
        if self.is_local { TimeZone::system() } else { TimeZone::UTC }
    }
}

/// The options as clap reads them, not yet compared.
#[derive(Args)]
struct Given {
    #[arg(
        long,
        value_name = "WHEN",
        value_parser = moment,
        help = "From this time: 90m, 14:00, 2026-11-19, RFC 3339",
        long_help = since_help()
    )]
    since: Option<Moment>,
    /// Before this time
    ///
    /// Only events before this time, in the same forms as --since
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    until: Option<Moment>,
    /// Around this time, as far as --window
    ///
    /// Only events around this time, in the same forms as --since
    #[arg(long, value_name = "WHEN", value_parser = moment, conflicts_with_all = ["since", "until"])]
    around: Option<Moment>,
    /// How long before and after --around
    #[arg(
        long,
        value_name = "TIME",
        value_parser = duration,
        requires = "around",
        default_value = "15m"
    )]
    window: i64,
    /// Use this machine's time zone, not UTC
    ///
    /// For times that are given without a zone, and for times that are printed
    #[arg(long)]
    local: bool,
}

/// A time in both zones, because clap reads it before `--local` is known.
#[derive(Clone, Copy)]
struct Moment {
    utc_ms: i64,
    local_ms: i64,
}

fn since_help() -> String {
    format!(
        "Only events from this time on: {FORMS}.\n\n\
         The time of an event is its own, not the time of its log entry. Events without a readable \
         time are kept. Without this option, a log group is read from 24 hours before --until"
    )
}

fn moment(text: &str) -> Result<Moment, String> {
    let now_ms = clock::now_ms();
    Ok(Moment {
        utc_ms: parse(text, now_ms, &TimeZone::UTC)?,
        local_ms: parse(text, now_ms, &TimeZone::system())?,
    })
}

/// Reads a duration such as `15m`, in milliseconds.
///
/// # Errors
///
/// The text is not a duration; the message gives examples.
pub(crate) fn duration(text: &str) -> Result<i64, String> {
    let ms = duration_ms(text).filter(|ms| *ms > 0);
    ms.ok_or_else(|| format!("{text:?} is not a duration; write 15m, 2h or 1d"))
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
        let given = Given::from_arg_matches(matches)?;
        let ms = |it: Moment| if given.local { it.local_ms } else { it.utc_ms };
        let around = given.around.map(ms);
        let since_ms = given.since.map(ms).or(around.map(|at| at.saturating_sub(given.window)));
        let until_ms = given.until.map(ms).or(around.map(|at| at.saturating_add(given.window)));
        if since_ms.zip(until_ms).is_some_and(|(since, until)| since > until) {
            let problem = "--since is later than --until, so no event can match\n";
            return Err(Error::raw(ErrorKind::ValueValidation, problem));
        }
        Ok(Self { since_ms, until_ms, is_local: given.local })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
