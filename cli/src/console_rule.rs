//! `ecs-events console-rule`: name of the rule that the ECS console's event capture creates.

use crate::outcome::Outcome;
use crate::terminal;
use clap::Args;
use sha2::{Digest, Sha256};
use std::io;

const EXAMPLES: &str = "\
Examples:
  ecs-events console-rule arn:aws:ecs:us-east-1:123456789012:cluster/prod
  aws events describe-rule --name \"$(ecs-events console-rule CLUSTER_ARN)\"";

/// Print the name of the ECS console's capture rule (unofficial)
///
/// The console recognises its capture by this name alone. AWS does not document the name and may
/// change it. If the rule is enabled for a cluster that this function serves, every event is stored
/// twice.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// ARN of the cluster, spelled as ECS spells it
    cluster_arn: String,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let arn = arguments.cluster_arn.as_str();
    let Some(name) = cluster_name(arn) else {
        return Ok(Outcome::bad_use(format!(
            "{arn:?} is not the ARN of a cluster, such as arn:aws:ecs:us-east-1:123456789012:cluster/prod"
        )));
    };
    terminal::show(rule_name(arn, name))?;
    Ok(Outcome::Done)
}

fn cluster_name(arn: &str) -> Option<&str> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", partition, "ecs", region, account, resource] = parts[..] else { return None };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_known = partition.starts_with("aws") && !region.is_empty() && is_account;
    let name = resource.strip_prefix("cluster/").filter(|_| is_known)?;
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    ((1..=255).contains(&name.len()) && name.bytes().all(is_of_name)).then_some(name)
}

fn rule_name(arn: &str, name: &str) -> String {
    let first: String = name.chars().take(6).collect();
    // The ARN as a JSON string.
    let hash = Sha256::digest(format!("\"{arn}\""));
    format!("EventsToLogs-{first}-{}", bs58::encode(hash).into_string())
}
