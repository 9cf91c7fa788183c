//! The options of `ecs-events replay`.

use crate::input::Source;
use crate::options::{From, Options};
use crate::variables::Environment;
use clap::{Args, ValueEnum};
use ecs_event_forwarder::config::var;
use std::num::NonZeroU32;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  ecs-events replay --dry-run --to cloudwatch undelivered.jsonl
  ecs-events replay --to cloudwatch --rate 500 archive
  ecs-events replay --to lambda --function ecs-event-forwarder undelivered.jsonl
  aws logs filter-log-events --log-group-name NAME --output json | ecs-events replay --to cloudwatch -";

const GUARANTEES: &str = "\
What is guaranteed:
  The journal holds the ids of events that are about to be sent, and then of those that are stored. \
It belongs to one account, Region, endpoint, function and log group; a run that goes elsewhere \
refuses it. An interrupted run can be repeated: stored events are not sent again. CloudWatch Logs \
stores twice what it is sent twice. So a batch that was sent but not answered (the program was \
killed, or the connection broke) is in doubt: a run stops there, and no run sends the batch again \
without --resend-in-doubt. Every other event is stored exactly once, and so is an event that \
EventBridge delivered under two ids. A batch for which there was no connection was not sent, and the \
next run sends it. An event that is too old for CloudWatch Logs gets the time of the replay, or \
fails, as FORWARDER_ON_REJECTED says; its own time stays in the message.";

/// Send old events again, each at most once
///
/// Reads dumps of dead-letter queues, archives, or the export of another log group. Prints a table of
/// what was stored where, and totals: received = stored + stored before + dropped + duplicates +
/// failed. A journal remembers what a run stored, and the next run skips it.
#[derive(Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{GUARANTEES}"))]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) source: Source,
    /// Where to send them
    #[arg(long)]
    pub(super) to: To,
    /// The name or ARN of the deployed function, for `--to lambda`
    #[arg(long, value_name = "NAME", required_if_eq("to", "lambda"))]
    pub(super) function: Option<String>,
    /// The ids of stored events; use one journal for each destination
    #[arg(long, value_name = "FILE", default_value = "replay.journal")]
    pub(super) journal: PathBuf,
    /// Maximum number of events per second
    #[arg(long, value_name = "N", value_parser = rate)]
    pub(super) rate: Option<NonZeroU32>,
    /// Also send what an earlier run sent without learning whether it was stored
    #[arg(long)]
    pub(super) resend_in_doubt: bool,
    /// Print what would be sent, send nothing, and leave the journal unchanged
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) options: Options,
}

/// The destination of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum To {
    /// CloudWatch Logs: filtered, trimmed and routed here, by the policy
    Cloudwatch,
    /// The deployed function, an invocation for each event: its own policy decides
    Lambda,
}

impl To {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Cloudwatch => "cloudwatch",
            Self::Lambda => "lambda",
        }
    }
}

fn rate(text: &str) -> Result<NonZeroU32, String> {
    let rate = text.replace(',', "").parse().ok().and_then(NonZeroU32::new);
    rate.ok_or_else(|| "expected a whole number of events per second, at least 1".to_owned())
}

impl Arguments {
    /// Describes options that contradict each other, if there are any.
    pub(super) fn problem(&self, environment: &Environment) -> Option<String> {
        if self.to == To::Cloudwatch {
            let is_misled = self.function.is_some();
            return is_misled.then(|| "--function requires --to lambda".to_owned());
        }
        let is_given = |variable: &&var::Variable| {
            matches!(self.options.value(variable, environment).1, From::Option | From::File)
        };
        let given = var::ALL.iter().find(is_given)?;
        let name = given.name;
        Some(format!("the function applies its own policy; {name} requires --to cloudwatch"))
    }
}
