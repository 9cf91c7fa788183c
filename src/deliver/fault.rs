//! What CloudWatch Logs answers when it does not do what it is asked, in our terms.

use super::network::{NoConnection, causes};
use crate::event::Failure;
use crate::log::Destination;
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::DispatchFailure;

pub(super) type Error<E> = SdkError<E, HttpResponse>;

/// The operations that are used, each of them an IAM action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    PutLogEvents,
    CreateLogStream,
    CreateLogGroup,
    PutRetentionPolicy,
}

impl Operation {
    fn as_str(self) -> &'static str {
        match self {
            Self::PutLogEvents => "PutLogEvents",
            Self::CreateLogStream => "CreateLogStream",
            Self::CreateLogGroup => "CreateLogGroup",
            Self::PutRetentionPolicy => "PutRetentionPolicy",
        }
    }
}

/// Why a call failed, after the SDK's own retries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The group or the stream is missing.
    Missing,
    /// It was there already.
    Exists,
    /// Some log event of a put is invalid.
    Invalid,
    /// A permission is missing: the action, and what it was refused on if the service says.
    Denied { action: String, resource: Option<String> },
    /// Time ran out.
    Late,
    /// Anything else.
    Other { operation: Operation, cause: String },
}

impl Fault {
    pub(super) fn of<E: ProvideErrorMetadata>(operation: Operation, error: &Error<E>) -> Self {
        let other = |cause: &str| Self::Other { operation, cause: cause.to_owned() };
        match error {
            SdkError::ServiceError(service) => {
                let said = service.err();
                if said.message().is_some_and(is_about_key) {
                    return other(
                        "the KMS key of the log group does not exist, is disabled, or does not \
                         let CloudWatch Logs use it",
                    );
                }
                match said.code() {
                    Some("ResourceNotFoundException") => Self::Missing,
                    Some("ResourceAlreadyExistsException") => Self::Exists,
                    Some("InvalidParameterException") if operation == Operation::PutLogEvents => {
                        Self::Invalid
                    }
                    Some("AccessDeniedException") => denied(operation, said.message()),
                    Some(code) => other(code),
                    None => other(&format!("HTTP status {}", service.raw().status())),
                }
            }
            SdkError::TimeoutError(_) => other("it timed out"),
            SdkError::DispatchFailure(failure) if let Some(why) = no_connection(failure) => {
                other(&why.to_string())
            }
            SdkError::DispatchFailure(failure) if failure.is_timeout() => other("it timed out"),
            SdkError::DispatchFailure(failure) if failure.is_user() => {
                other("the request is wrong")
            }
            SdkError::DispatchFailure(_) => other("the connection failed"),
            SdkError::ResponseError(_) => other("the answer cannot be read"),
            SdkError::ConstructionFailure(_) => other("there are no credentials or no endpoint"),
            _ => other("it failed in a way that this version does not know"),
        }
    }

    pub(super) fn failure(self, region: &str, destination: &Destination) -> Failure {
        match self {
            Self::Denied { action, resource } => {
                let arn = resource.unwrap_or_else(|| log_group_arn(region, destination));
                Failure::AccessDenied { action, arn }
            }
            Self::Late => Failure::DeadlineNear,
            Self::Invalid => {
                Failure::Rejected { cause: "it is invalid (InvalidParameterException)" }
            }
            Self::Missing => Failure::Undelivered {
                operation: Operation::PutLogEvents.as_str(),
                cause: "the log group or stream is deleted as soon as it is created".to_owned(),
            },
            Self::Exists => Failure::Undelivered {
                operation: Operation::PutLogEvents.as_str(),
                cause: "ResourceAlreadyExistsException".to_owned(),
            },
            Self::Other { operation, cause } => {
                Failure::Undelivered { operation: operation.as_str(), cause }
            }
        }
    }
}

fn no_connection(failure: &DispatchFailure) -> Option<&NoConnection> {
    causes(failure.as_connector_error()?).find_map(<dyn std::error::Error>::downcast_ref)
}

/// The service says it in this way, as an invalid parameter or as a denied access. It has no code
/// of its own.
fn is_about_key(message: &str) -> bool {
    message.starts_with("The specified KMS")
}

/// IAM says what it wants: «… is not authorized to perform: logs:TagResource on resource: ARN …».
fn denied(operation: Operation, message: Option<&str>) -> Fault {
    let word_after = |mark: &str| {
        let (_, rest) = message?.split_once(mark)?;
        rest.split_whitespace().next().map(str::to_owned)
    };
    let action = word_after("not authorized to perform: ").filter(|it| it.contains(':'));
    Fault::Denied {
        action: action.unwrap_or_else(|| format!("logs:{}", operation.as_str())),
        resource: word_after("on resource: ").filter(|it| it.starts_with("arn:")),
    }
}

/// Partition and account are not ours to know.
fn log_group_arn(region: &str, destination: &Destination) -> String {
    format!("arn:*:logs:{region}:*:log-group:{}:*", destination.log_group)
}
