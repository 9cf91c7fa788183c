//! Step 10: settled entries → the answer to Lambda.

use crate::event::Origin;
use crate::failure::Failure;
use crate::line::{End, Entry};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse};
use serde::Serialize;

/// The answer to an invocation that does not fail.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// The answer to an invocation with one event: the counts, and the reason if it was dropped.
    Summary {
        /// The counts.
        #[serde(flatten)]
        counts: EndCounts,
        /// The name of the condition that the event does not meet.
        #[serde(rename = "dropReason", skip_serializing_if = "Option::is_none")]
        drop_reason: Option<&'static str>,
    },
    /// The answer to an SQS batch: the records that SQS must deliver again.
    ///
    /// See <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.
    Sqs(SqsBatchResponse),
}

/// Counts of entries by where they ended. `received` is the sum of the next four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EndCounts {
    /// All entries, one for each arrival.
    pub received: usize,
    /// Entries stored in CloudWatch Logs.
    pub stored: usize,
    /// Entries that the policy did not keep.
    pub dropped: usize,
    /// Entries that repeat a stored event.
    pub duplicates: usize,
    /// All other entries. The caller hears of each.
    pub failed: usize,
    /// Bytes of the events as they arrived.
    pub bytes_in: usize,
    /// Bytes of the stored messages.
    pub bytes_out: usize,
}

/// Counts settled entries by where they ended.
pub fn end_counts<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> EndCounts {
    let mut counts = EndCounts::default();
    entries.into_iter().for_each(|entry| counts.add(entry));
    counts
}

impl EndCounts {
    /// Adds one settled entry.
    pub fn add(&mut self, entry: &Entry) {
        self.received += 1;
        self.bytes_in += entry.bytes_in();
        self.bytes_out += entry.bytes_out();
        match entry.end() {
            End::Stored => self.stored += 1,
            End::Dropped(_) => self.dropped += 1,
            End::Duplicate => self.duplicates += 1,
            End::Failed(_) => self.failed += 1,
        }
    }
}

/// Logs one warning for each kind of failure, with the first event that met it.
pub fn warn(entries: &[Entry]) {
    let mut met: Vec<(&Failure, &Entry, usize)> = Vec::new();
    for entry in entries {
        let End::Failed(failure) = entry.end() else {
            continue;
        };
        match met.iter_mut().find(|(known, ..)| *known == failure) {
            Some((_, _, count)) => *count += 1,
            None => met.push((failure, entry, 1)),
        }
    }
    for (failure, first, count) in met {
        let (id, detail_type) = (first.printable_id(), first.detail_type());
        let error_type = failure.error_type();
        tracing::warn!(
            id,
            "detail-type" = detail_type,
            count,
            error_type,
            "event failed: {failure}"
        );
    }
}

/// Returns the function's answer.
///
/// # Errors
///
/// The failure of an event that arrived alone. Lambda retries it, then sends it to the on-failure
/// queue.
pub fn respond(entries: &[Entry]) -> Result<Response, Failure> {
    let mut failures = Vec::new();
    for entry in entries {
        match (entry.end(), entry.origin()) {
            (End::Failed(failure), Origin::Direct) => return Err(failure.clone()),
            (End::Failed(_), Origin::Sqs { message_id }) => {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier.clone_from(message_id);
                failures.push(failure);
            }
            (End::Stored | End::Dropped(_) | End::Duplicate, _) => {}
        }
    }
    let is_sqs = matches!(entries.first().map(Entry::origin), Some(Origin::Sqs { .. }));
    if !is_sqs {
        let drop_reason = if let [only] = entries
            && let End::Dropped(reason) = only.end()
        {
            Some(reason.as_str())
        } else {
            None
        };
        return Ok(Response::Summary { counts: end_counts(entries), drop_reason });
    }
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures;
    Ok(Response::Sqs(response))
}
