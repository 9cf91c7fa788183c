//! The whole line: plan, deliver, settle.

use crate::decode::{Payload, decode};
use crate::deliver::{CloudWatchLogs, Delivered};
use crate::line::{Entry, Line, Receipt};
use crate::policy::Policy;
use futures_util::{StreamExt, stream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// The most requests in flight at once: enough for every stream in a batch, few enough for 128 MB.
const CONCURRENT_REQUESTS: usize = 8;

/// The forwarder in one execution environment.
#[derive(Debug)]
pub struct Forwarder {
    line: Mutex<Line>,
    logs: CloudWatchLogs,
}

impl Forwarder {
    /// A forwarder that has stored nothing yet.
    pub fn new(policy: Policy, logs: CloudWatchLogs) -> Self {
        Self { line: Mutex::new(Line::new(policy)), logs }
    }

    /// Forwards a payload before `deadline`. Returns one entry for each arrival, and the record of the
    /// delivery.
    #[expect(clippy::disallowed_methods, reason = "the duration of delivery is measured here")]
    pub async fn forward(
        &self,
        payload: Payload,
        now_ms: i64,
        deadline: Instant,
    ) -> (Vec<Entry>, Delivered) {
        let mut plan = self.line().plan(decode(payload), now_ms);
        let batches = plan.take_batches();
        let mut receipts = Vec::with_capacity(batches.len());
        let mut delivered = Delivered::default();
        let begun = (!batches.is_empty()).then(Instant::now);
        let deliver = |batch| async move {
            let delivered = self.logs.deliver(&batch, deadline).await;
            (batch, delivered)
        };
        let mut answers = stream::iter(batches).map(deliver).buffer_unordered(CONCURRENT_REQUESTS);
        while let Some((batch, mut one)) = answers.next().await {
            receipts.push(Receipt::new(&batch, std::mem::take(&mut one.failed)));
            delivered.add(one);
        }
        delivered.took = begun.map(|begun| begun.elapsed());
        (self.line().settle(plan, receipts), delivered)
    }

    /// Locks the line. No code panics while it holds the lock; if it did, the memory would still be
    /// right.
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
