//! The whole: plan, then do what the plan says.

use crate::decode::{Payload, decode};
use crate::deliver::{CloudWatchLogs, Receipt};
use crate::plan::{End, Entry, plan};
use crate::policy::Policy;
use crate::seen::Seen;
use futures_util::{StreamExt, stream};
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// Requests under way at once: enough for every stream of a batch, few enough for 128 MB.
const CONCURRENT_REQUESTS: usize = 8;

/// The forwarder in one execution environment.
#[derive(Debug)]
pub struct Forwarder {
    policy: Policy,
    logs: CloudWatchLogs,
    seen: Mutex<Seen>,
}

impl Forwarder {
    /// A forwarder that has seen nothing yet.
    pub fn new(policy: Policy, logs: CloudWatchLogs) -> Self {
        Self { policy, logs, seen: Mutex::default() }
    }

    /// Stores what is to be stored of a payload before `deadline`, and tells what became of each
    /// arrival, and how delivery went.
    #[expect(clippy::disallowed_methods, reason = "how long delivery takes is measured here")]
    pub async fn forward(
        &self,
        payload: Payload,
        now_ms: i64,
        deadline: Instant,
    ) -> (Vec<Entry>, Receipt) {
        let mut plan = plan(&self.policy, &self.lock(), decode(payload), now_ms);
        let batches = std::mem::take(&mut plan.batches);
        let begun = (!batches.is_empty()).then(Instant::now);
        let receipts = stream::iter(batches)
            .map(|batch| async move { self.logs.deliver(&batch, deadline).await })
            .buffer_unordered(CONCURRENT_REQUESTS);
        let mut receipt = receipts
            .fold(Receipt::default(), async |mut all, one| {
                all.add(one);
                all
            })
            .await;
        receipt.took = begun.map(|begun| begun.elapsed());
        let mut entries = plan.settle(std::mem::take(&mut receipt.undone));
        let mut seen = self.lock();
        for entry in entries.iter_mut().filter(|entry| entry.end == End::Stored) {
            // Nobody asks for it of an event that is stored.
            seen.remember(std::mem::take(&mut entry.identity));
        }
        (entries, receipt)
    }

    /// Nothing panics with the lock held; if it did, what was seen is still right.
    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
