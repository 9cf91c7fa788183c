//! Where a replay sends events.

use super::arguments::{Arguments, To};
use super::function::Function;
use super::journal::Header;
use super::once::Once;
use crate::cloudwatch;
use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::config::Builder;
use ecs_event_forwarder::deliver::{CloudWatchLogs, logs_client};
use ecs_event_forwarder::event::Failure;
use ecs_event_forwarder::line::Receipt;
use ecs_event_forwarder::log::Batch;
use ecs_event_forwarder::policy::Delivery;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::Instant;

/// For a batch: time for a throttled account to recover.
const PATIENCE: Duration = Duration::from_mins(5);

/// A destination of a replay.
pub(super) enum Target {
    Logs(CloudWatchLogs, Once),
    Function(Function),
}

impl Target {
    /// Signs in. Returns the target, and the journal header that names it.
    ///
    /// # Errors
    ///
    /// There is no region, or there are no credentials; the message names which.
    pub(super) async fn open(
        arguments: &Arguments,
        delivery: Delivery,
    ) -> Result<(Self, Header), String> {
        cloudwatch::listen(!arguments.quiet);
        let config = cloudwatch::sign_in().await?;
        let header = header(arguments, &config);
        let once = Once::default();
        let target = match (&arguments.to, &arguments.function) {
            (To::Lambda, Some(name)) => Self::Function(Function::new(&config, name.clone(), once)),
            (To::Cloudwatch | To::Lambda, _) => {
                let config = Builder::from(&config).retry_classifier(once.clone());
                Self::Logs(CloudWatchLogs::new(logs_client(config), delivery), once)
            }
        };
        Ok((target, header))
    }
}

fn header(arguments: &Arguments, config: &SdkConfig) -> Header {
    Header {
        replay: Header::VERSION,
        to: arguments.to.name().to_owned(),
        region: config.region().map(ToString::to_string).unwrap_or_default(),
        function: arguments.function.clone(),
    }
}

/// Puts a batch, at most once. Returns its receipt, and the failed arrivals that may be stored after
/// all, because nothing was heard.
#[expect(clippy::disallowed_methods, reason = "delivery takes its deadline as an argument")]
pub(super) async fn put(
    logs: &CloudWatchLogs,
    once: &Once,
    batch: &Batch,
) -> (Receipt, HashSet<usize>) {
    once.take_doubt();
    let delivered = logs.deliver(batch, Instant::now() + PATIENCE).await;
    let is_in_doubt = once.take_doubt();
    let may_be_stored = |failure: &Failure| match failure {
        Failure::AccessDenied { .. } | Failure::Rejected { .. } => false,
        // The last request was given up.
        Failure::DeadlineNear { .. } => true,
        Failure::Undelivered { .. }
        | Failure::UnreadablePayload { .. }
        | Failure::UnknownPayload
        | Failure::ForeignSource => is_in_doubt,
    };
    let receipt = Receipt::new(batch, delivered.failed);
    let in_doubt = receipt.failed().iter().filter(|(_, failure)| may_be_stored(failure));
    let in_doubt = in_doubt.map(|(arrival, _)| *arrival).collect();
    (receipt, in_doubt)
}
