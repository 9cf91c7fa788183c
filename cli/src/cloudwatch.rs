//! CloudWatch Logs as the destination, with the user's own credentials.

use crate::sign_in::sign_in;
use ecs_event_forwarder::deliver::{CloudWatchLogs, logs_client};
use ecs_event_forwarder::line::Receipt;
use ecs_event_forwarder::log::Batch;
use ecs_event_forwarder::policy::Delivery;
use futures_util::{StreamExt, stream};
use std::time::Duration;
use tokio::runtime::{self, Runtime};
use tokio::time::Instant;

/// The time for several batches together, long enough for a throttled account to recover.
const PATIENCE: Duration = Duration::from_mins(5);
const CONCURRENT_REQUESTS: usize = 8;

/// CloudWatch Logs, signed in.
pub(crate) struct CloudWatch {
    runtime: Runtime,
    logs: CloudWatchLogs,
}

impl CloudWatch {
    /// Signs in.
    ///
    /// # Errors
    ///
    /// There is no region, or there are no credentials; the message names which.
    pub(crate) fn open(delivery: Delivery) -> Result<Self, String> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
        let config = runtime.block_on(sign_in())?.logs()?;
        let logs = CloudWatchLogs::new(logs_client(config), delivery).for_person();
        Ok(Self { runtime, logs })
    }

    /// Stores batches, and returns a receipt for each.
    #[expect(clippy::disallowed_methods, reason = "delivery takes its deadline as an argument")]
    pub(crate) fn store(&self, batches: &[Batch]) -> Vec<Receipt> {
        self.runtime.block_on(async {
            let deadline = Instant::now() + PATIENCE;
            let receipts = stream::iter(batches)
                .map(|batch| async move {
                    let delivered = self.logs.deliver(batch, deadline).await;
                    Receipt::new(batch, delivered.failed)
                })
                .buffer_unordered(CONCURRENT_REQUESTS);
            receipts.collect().await
        })
    }
}
