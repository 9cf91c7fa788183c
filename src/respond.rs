//! Step 10: settled entries → the answer that Lambda understands.

use crate::event::Origin;
use crate::failure::Failure;
use crate::line::{End, Entry};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse};
use serde::Serialize;

/// The answer to an invocation that does not fail.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// To an invocation with one event: the counts, and why it was dropped, if it was.
    Summary {
        /// The counts.
        #[serde(flatten)]
        counts: Summary,
        /// The name of the condition that the event does not meet.
        #[serde(rename = "dropReason", skip_serializing_if = "Option::is_none")]
        drop_reason: Option<&'static str>,
    },
    /// To an SQS batch: the records that SQS must deliver again.
    ///
    /// See <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.
    Sqs(SqsBatchResponse),
}

/// Counts; `received` is the sum of the four after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Arrivals.
    pub received: usize,
    /// Stored in CloudWatch Logs.
    pub stored: usize,
    /// Not kept by the policy.
    pub dropped: usize,
    /// The same as a stored event.
    pub duplicates: usize,
    /// Neither stored, nor dropped, nor a duplicate: the caller hears of each.
    pub failed: usize,
    /// Bytes of the events as they arrived.
    pub bytes_in: usize,
    /// Bytes of the stored messages.
    pub bytes_out: usize,
}

/// Counts settled entries by where they ended.
pub fn summary<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Summary {
    let mut summary = Summary::default();
    entries.into_iter().for_each(|entry| summary.count(entry));
    summary
}

impl Summary {
    /// Counts one settled entry.
    pub fn count(&mut self, entry: &Entry) {
        self.received += 1;
        self.bytes_in += entry.bytes_in;
        self.bytes_out += entry.bytes_out;
        match entry.end {
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
        let End::Failed(failure) = &entry.end else {
            continue;
        };
        match met.iter_mut().find(|(known, ..)| *known == failure) {
            Some((_, _, count)) => *count += 1,
            None => met.push((failure, entry, 1)),
        }
    }
    for (failure, first, count) in met {
        let (id, detail_type) = (first.printable_id(), first.detail_type);
        let error_type = failure.error_type();
        tracing::warn!(id, "detail-type" = detail_type, count, error_type, "failed: {failure}");
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
        match (&entry.end, &entry.origin) {
            (End::Failed(failure), Origin::Direct) => return Err(failure.clone()),
            (End::Failed(_), Origin::Sqs { message_id }) => {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier.clone_from(message_id);
                failures.push(failure);
            }
            (End::Stored | End::Dropped(_) | End::Duplicate, _) => {}
        }
    }
    let is_sqs = matches!(entries.first(), Some(Entry { origin: Origin::Sqs { .. }, .. }));
    if !is_sqs {
        let drop_reason = match entries {
            [Entry { end: End::Dropped(reason), .. }] => Some(reason.as_str()),
            _ => None,
        };
        return Ok(Response::Summary { counts: summary(entries), drop_reason });
    }
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures;
    Ok(Response::Sqs(response))
}
