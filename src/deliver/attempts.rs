//! Keeps the cause of the last failed attempt, so that a call that runs out of time can name it.

use super::fault::{Fault, cause_of_connector};
use aws_sdk_cloudwatchlogs::config::interceptors::FinalizerInterceptorContextRef;
use aws_sdk_cloudwatchlogs::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_cloudwatchlogs::error::{BoxError, ProvideErrorMetadata};
use aws_sdk_cloudwatchlogs::operation::create_log_group::CreateLogGroupError;
use aws_sdk_cloudwatchlogs::operation::create_log_stream::CreateLogStreamError;
use aws_sdk_cloudwatchlogs::operation::put_log_events::PutLogEventsError;
use aws_sdk_cloudwatchlogs::operation::put_retention_policy::PutRetentionPolicyError;
use std::cell::RefCell;
use tokio::time::{Instant, timeout_at};

tokio::task_local! {
    static LAST_CAUSE: RefCell<Option<String>>;
}

/// Makes a call. If the time runs out, the fault carries the cause of the last attempt that ended.
pub(super) fn before<T>(
    deadline: Instant,
    call: impl Future<Output = T>,
) -> impl Future<Output = Result<T, Fault>> {
    // On the heap: otherwise each caller's future would hold several copies of it.
    let call = Box::pin(call);
    LAST_CAUSE.scope(RefCell::default(), async move {
        let done = timeout_at(deadline, call).await;
        done.map_err(|_| Fault::Late { cause: LAST_CAUSE.with(RefCell::take) })
    })
}

/// An interceptor that remembers the cause of each failed attempt.
#[derive(Debug)]
pub(super) struct RememberCause;

impl Intercept for RememberCause {
    fn name(&self) -> &'static str {
        "RememberCause"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(cause) = cause(context) {
            // Outside a call of this module nobody reads it, so there is nothing to set.
            let _ = LAST_CAUSE.try_with(|last| last.replace(Some(cause)));
        }
        Ok(())
    }
}

fn cause(context: &FinalizerInterceptorContextRef<'_>) -> Option<String> {
    let error = context.output_or_error()?.err()?;
    if error.is_timeout_error() {
        return Some("no answer came in time".to_owned());
    }
    if let Some(error) = error.as_connector_error() {
        return Some(cause_of_connector(error));
    }
    if error.is_response_error() {
        return Some("the answer is unreadable".to_owned());
    }
    let operation = error.as_operation_error()?;
    let code = operation.downcast_ref::<PutLogEventsError>().map(ProvideErrorMetadata::code);
    let code = code
        .or_else(|| {
            operation.downcast_ref::<CreateLogStreamError>().map(ProvideErrorMetadata::code)
        })
        .or_else(|| operation.downcast_ref::<CreateLogGroupError>().map(ProvideErrorMetadata::code))
        .or_else(|| {
            operation.downcast_ref::<PutRetentionPolicyError>().map(ProvideErrorMetadata::code)
        });
    code?.map(str::to_owned).or_else(|| {
        let status = context.response()?.status();
        Some(format!("HTTP status {status}"))
    })
}
