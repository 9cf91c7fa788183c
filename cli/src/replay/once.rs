//! A request that may have arrived is not sent again.

use aws_sdk_lambda::config::retry::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::RetryClassifierPriority;
use std::error::Error;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Forbids the SDK to try again after a put or an invocation that may have been done, and remembers
/// that there was one.
#[derive(Clone, Debug, Default)]
pub(super) struct Once {
    is_in_doubt: Arc<AtomicBool>,
}

impl Once {
    /// Whether there was such a request since this was last asked.
    pub(super) fn take_doubt(&self) -> bool {
        self.is_in_doubt.swap(false, Ordering::SeqCst)
    }
}

impl ClassifyRetry for Once {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        let target = context.request().and_then(|request| request.headers().get("x-amz-target"));
        let is_creation = target.is_some_and(|target| !target.ends_with(".PutLogEvents"));
        let status = context.response().map(|response| response.status().as_u16());
        // What is throttled or refused is not done, nor what could not be connected.
        let is_refused = match status {
            Some(status) => error.is_operation_error() && (status < 500 || status == UNAVAILABLE),
            None => error.as_connector_error().is_some_and(|error| is_connection_refused(error)),
        };
        if is_creation || is_refused {
            return RetryAction::NoActionIndicated;
        }
        self.is_in_doubt.store(true, Ordering::SeqCst);
        RetryAction::RetryForbidden
    }

    fn name(&self) -> &'static str {
        "Once"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

const UNAVAILABLE: u16 = 503;

fn is_connection_refused(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if kind == Some(ErrorKind::ConnectionRefused) {
            return true;
        }
        cause = error.source();
    }
    false
}
