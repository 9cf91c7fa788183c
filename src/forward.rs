//! The whole: plan, then do what the plan says.

use crate::decode::{Payload, decode};
use crate::deliver::CloudWatchLogs;
use crate::event::Arrival;
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
    /// arrival.
    pub async fn forward(&self, payload: Payload, now_ms: i64, deadline: Instant) -> Vec<Entry> {
        self.forward_arrivals(decode(payload), now_ms, deadline).await
    }

    /// The same for arrivals that are decoded already.
    pub async fn forward_arrivals(
        &self,
        arrivals: Vec<Arrival>,
        now_ms: i64,
        deadline: Instant,
    ) -> Vec<Entry> {
        let mut plan = plan(&self.policy, &self.lock(), arrivals, now_ms);
        let batches = std::mem::take(&mut plan.batches);
        let receipts = stream::iter(batches)
            .map(|batch| async move { self.logs.deliver(&batch, deadline).await })
            .buffer_unordered(CONCURRENT_REQUESTS);
        let undone: Vec<_> = receipts.map(|receipt| receipt.undone).concat().await;
        let entries = plan.settle(undone);
        let mut seen = self.lock();
        for entry in entries.iter().filter(|entry| entry.end == End::Stored) {
            seen.remember(entry.identity.clone());
        }
        entries
    }

    /// Nothing panics with the lock held; if it did, what was seen is still right.
    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
