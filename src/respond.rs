//! Step 10: what became of the arrivals → what Lambda understands.

use crate::event::{Failure, Origin};
use crate::plan::{End, Entry};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse};
use serde::Serialize;

/// The answer to an invocation that does not fail.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// To an invocation with one event: what became of it.
    Summary(Summary),
    /// To an SQS batch: the records that are to come again.
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
    /// Not wanted.
    pub dropped: usize,
    /// Stored before.
    pub duplicates: usize,
    /// Neither stored nor dropped.
    pub undone: usize,
    /// Bytes of the events as they came.
    pub bytes_in: usize,
    /// Bytes of the messages stored.
    pub bytes_out: usize,
}

/// Adds up what became of arrivals.
pub fn summary<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Summary {
    let mut summary = Summary::default();
    for entry in entries {
        summary.received += 1;
        summary.bytes_in += entry.bytes_in;
        match entry.end {
            End::Stored => {
                summary.stored += 1;
                summary.bytes_out += entry.bytes_out;
            }
            End::Dropped(_) => summary.dropped += 1,
            End::Duplicate(_) => summary.duplicates += 1,
            End::Undone(_) => summary.undone += 1,
        }
    }
    summary
}

/// One line for each failure, with the first event that met it: someone should look.
pub fn warn(entries: &[Entry]) {
    let mut met: Vec<(&Failure, &Entry, usize)> = Vec::new();
    for entry in entries {
        let End::Undone(failure) = &entry.end else {
            continue;
        };
        match met.iter_mut().find(|(known, ..)| *known == failure) {
            Some((_, _, count)) => *count += 1,
            None => met.push((failure, entry, 1)),
        }
    }
    for (failure, first, count) in met {
        let (id, detail_type) = (first.identity.printable_id(), first.detail_type);
        let error_type = failure.error_type();
        tracing::warn!(id, "detail-type" = detail_type, count, error_type, "undone: {failure}");
    }
}

/// The answer of the function.
///
/// # Errors
///
/// The failure of an event that came alone: Lambda tries again, then its on-failure queue has it.
pub fn respond(entries: &[Entry]) -> Result<Response, Failure> {
    let mut failures = Vec::new();
    for entry in entries {
        match (&entry.end, &entry.origin) {
            (End::Undone(failure), Origin::Direct) => return Err(failure.clone()),
            (End::Undone(_), Origin::Sqs { message_id }) => {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier.clone_from(message_id);
                failures.push(failure);
            }
            (End::Stored | End::Dropped(_) | End::Duplicate(_), _) => {}
        }
    }
    let is_sqs = matches!(entries.first(), Some(Entry { origin: Origin::Sqs { .. }, .. }));
    if !is_sqs {
        return Ok(Response::Summary(summary(entries)));
    }
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures;
    Ok(Response::Sqs(response))
}
