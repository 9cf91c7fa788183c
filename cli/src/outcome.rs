//! How a command ended, and its exit status.

use crate::terminal;
use std::fmt::Display;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// Something was not stored, or could not be read.
    Incomplete,
    BadUse,
    /// Time ran out, or nothing was seen.
    Unsettled,
    /// A log group could not be read.
    Unreachable,
}

impl Outcome {
    /// Returns this outcome, or the other one if this one is `Done`.
    pub(crate) fn or(self, other: Self) -> Self {
        if self == Self::Done { other } else { self }
    }

    /// Prints a problem that was found before the work began.
    pub(crate) fn bad_use(problem: impl Display) -> Self {
        terminal::error(problem);
        Self::BadUse
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Incomplete => Self::from(1),
            Outcome::BadUse => Self::from(2),
            Outcome::Unsettled => Self::from(3),
            Outcome::Unreachable => Self::from(4),
        }
    }
}
