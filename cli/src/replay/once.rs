//! A request that may have arrived is not sent again.

use aws_sdk_lambda::config::retry::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::RetryClassifierPriority;
use ecs_event_forwarder::deliver::why_unsent;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Stops the SDK from repeating a put or an invocation that may have succeeded, and remembers that
/// there was one.
#[derive(Clone, Debug, Default)]
pub(super) struct Once {
    is_in_doubt: Arc<AtomicBool>,
    is_unsent: Arc<AtomicBool>,
}

impl Once {
    /// Returns true if, since the last call, a request got no answer and may have arrived.
    pub(super) fn take_doubt(&self) -> bool {
        self.is_in_doubt.swap(false, Ordering::SeqCst)
    }

    /// Returns true if the last attempt since the last call had no connection.
    pub(super) fn take_unsent(&self) -> bool {
        self.is_unsent.swap(false, Ordering::SeqCst)
    }
}

impl ClassifyRetry for Once {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            self.is_unsent.store(false, Ordering::SeqCst);
            return RetryAction::NoActionIndicated;
        };
        let target = context.request().and_then(|request| request.headers().get("x-amz-target"));
        let is_creation = target.is_some_and(|target| !target.ends_with(".PutLogEvents"));
        let status = context.response().map(|response| response.status().as_u16());
        let connector = error.as_connector_error();
        let is_unsent = status.is_none() && connector.is_some_and(|it| why_unsent(it).is_some());
        self.is_unsent.store(is_unsent, Ordering::SeqCst);
        // A throttled or rejected request has no effect.
        let is_refused = status.is_some_and(|status| {
            error.is_operation_error() && (status < 500 || status == UNAVAILABLE)
        });
        if is_creation || is_refused || is_unsent {
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
