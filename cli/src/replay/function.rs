//! The deployed function as the destination: it decides, stores and answers.

use super::once::Once;
use crate::sign_in::in_words;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_sdk_lambda::config::{Builder, StalledStreamProtectionConfig};
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use ecs_event_forwarder::deliver::why_unsent;
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::filter::DropReason;
use ecs_event_forwarder::line::End;
use serde::Deserialize;
use std::time::Duration;

/// An invocation takes at most fifteen minutes, and the SDK must not give up earlier.
const ATTEMPT: Duration = Duration::from_mins(16);
const CONNECT: Duration = Duration::from_secs(5);
/// Enough for a throttled function to recover.
const ATTEMPTS: u32 = 12;
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

/// The outcome of an invocation.
pub(super) enum Answer {
    /// The end of the event, and the number of stored bytes.
    Ended(End, usize),
    /// Nobody knows whether it is stored.
    InDoubt(Failure),
}

/// A function that can be invoked.
pub(super) struct Function {
    client: Client,
    name: String,
}

/// The counts in the function's answer to one event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    stored: usize,
    dropped: usize,
    duplicates: usize,
    bytes_out: usize,
    #[serde(default)]
    drop_reason: Option<String>,
}

/// The function's answer when it fails.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Diagnosis {
    error_type: String,
}

impl Function {
    pub(super) fn new(config: Builder, name: String, once: Once) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .read_timeout(ATTEMPT)
            .operation_attempt_timeout(ATTEMPT)
            .build();
        let retries =
            RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(LONGEST_BACKOFF);
        let config = config
            .timeout_config(timeouts)
            .retry_config(retries)
            .retry_classifier(once)
            // No bytes arrive while the function works.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        Self { client: Client::from_conf(config.build()), name }
    }

    /// Invokes it with one event.
    pub(super) async fn invoke(&self, event: &str) -> Answer {
        let call = self.client.invoke().function_name(&self.name).payload(Blob::new(event));
        match call.send().await {
            Ok(output) => read(&output),
            Err(error) => self.failed(&error),
        }
    }

    fn failed<E: ProvideErrorMetadata>(
        &self,
        error: &SdkError<E, aws_smithy_runtime_api::client::orchestrator::HttpResponse>,
    ) -> Answer
    where
        SdkError<E, aws_smithy_runtime_api::client::orchestrator::HttpResponse>:
            std::error::Error + 'static,
    {
        let name = &self.name;
        let failed = |failure| Answer::Ended(End::Failed(failure), 0);
        let undelivered = |cause| Failure::Undelivered { operation: "Invoke", cause };
        let status = error.raw_response().map(|response| response.status().as_u16());
        match (error.code(), status) {
            (Some("ResourceNotFoundException"), _) => {
                failed(undelivered(format!("there is no function {name} in this region")))
            }
            (Some("AccessDeniedException"), _) => {
                let cause = format!("your credentials must allow lambda:InvokeFunction on {name}");
                failed(undelivered(cause))
            }
            (Some(code), Some(..500 | 503)) => failed(undelivered(code.to_owned())),
            (Some(code), _) => Answer::InDoubt(undelivered(code.to_owned())),
            (None, Some(status)) => Answer::InDoubt(undelivered(format!("HTTP status {status}"))),
            (None, None) if matches!(error, SdkError::ConstructionFailure(_)) => {
                failed(undelivered(in_words(error)))
            }
            (None, None) if let Some(cause) = why_unsent(error) => failed(undelivered(cause)),
            (None, None) => {
                let cause = if matches!(error, SdkError::TimeoutError(_)) {
                    "the request timed out"
                } else if matches!(error, SdkError::DispatchFailure(_)) {
                    "the connection failed"
                } else {
                    "the answer is unreadable"
                };
                Answer::InDoubt(undelivered(cause.to_owned()))
            }
        }
    }
}

/// Reads the function's answer. An error of the forwarder itself means that the event failed; after
/// another error, such as a timeout, nobody knows whether it is stored.
fn read(output: &InvokeOutput) -> Answer {
    let payload = output.payload().map(AsRef::as_ref).unwrap_or_default();
    let failed = |cause| Failure::Undelivered { operation: "the function", cause };
    if let Some(unhandled) = output.function_error() {
        let diagnosis: Option<Diagnosis> = serde_json::from_slice(payload).ok();
        return match diagnosis {
            Some(Diagnosis { error_type }) if error_type.starts_with("Forwarder.") => {
                Answer::Ended(End::Failed(failed(error_type)), 0)
            }
            Some(Diagnosis { error_type }) if is_name(&error_type) => {
                Answer::InDoubt(failed(error_type))
            }
            _ => Answer::InDoubt(failed(unhandled.to_owned())),
        };
    }
    match serde_json::from_slice(payload) {
        Ok(Counts { stored: 1, bytes_out, .. }) => Answer::Ended(End::Stored, bytes_out),
        Ok(Counts { dropped: 1, drop_reason, .. }) => {
            let is_named = |it: &DropReason| Some(it.as_str()) == drop_reason.as_deref();
            let end = match DropReason::ALL.into_iter().find(is_named) {
                Some(reason) => End::Dropped(reason),
                None => End::Failed(failed(OF_ANOTHER_VERSION.to_owned())),
            };
            Answer::Ended(end, 0)
        }
        Ok(Counts { duplicates: 1, .. }) => Answer::Ended(End::Duplicate, 0),
        _ => Answer::InDoubt(failed("it does not answer like the forwarder".to_owned())),
    }
}

const OF_ANOTHER_VERSION: &str = "it dropped the event for a reason that this \
    version of ecs-events does not know";

/// True for a name. Any other text could quote the event.
fn is_name(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}
