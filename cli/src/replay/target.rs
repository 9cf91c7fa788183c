//! Where a replay sends events.

use super::function::Function;
use super::journal::Header;
use super::once::Once;
use super::{Arguments, To};
use crate::cloudwatch;
use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::config::Builder;
use ecs_event_forwarder::deliver::{CloudWatchLogs, logs_client};
use ecs_event_forwarder::event::Failure;
use ecs_event_forwarder::log::Batch;
use ecs_event_forwarder::policy::Delivery;
use std::time::Duration;
use tokio::time::Instant;

/// For a batch: a throttled account comes to rest.
const PATIENCE: Duration = Duration::from_mins(5);

/// Somewhere that can be sent to.
pub(super) enum Target {
    Logs(CloudWatchLogs, Once),
    Function(Function),
}

/// What came of a batch.
pub(super) struct Receipt {
    /// The arrivals that were not stored, and whether that is certain.
    pub(super) undone: Vec<(usize, Failure, bool)>,
}

impl Target {
    /// Signs in, and says where it is.
    ///
    /// # Errors
    ///
    /// There is no region, or there are no credentials; a sentence says which.
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

/// Puts a batch, at most once.
#[expect(clippy::disallowed_methods, reason = "delivery takes its deadline as an argument")]
pub(super) async fn put(logs: &CloudWatchLogs, once: &Once, batch: &Batch) -> Receipt {
    once.take_doubt();
    let receipt = logs.deliver(batch, Instant::now() + PATIENCE).await;
    let is_in_doubt = once.take_doubt();
    let undone = receipt.undone.into_iter().map(|(arrival, failure)| {
        let is_certain = match failure {
            Failure::AccessDenied { .. } | Failure::Rejected { .. } => true,
            // The last request was given up.
            Failure::DeadlineNear => false,
            Failure::Undelivered { .. }
            | Failure::UnreadablePayload { .. }
            | Failure::UnknownPayload
            | Failure::ForeignSource => !is_in_doubt,
        };
        (arrival, failure, is_certain)
    });
    Receipt { undone: undone.collect() }
}
