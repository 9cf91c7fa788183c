//! Turns the errors of the SDK and of CloudWatch Logs into faults, and faults into failures.

use super::no_connection::{NoConnection, causes};
use crate::failure::{Caller, Failure};
use crate::log::Destination;
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;

pub(super) type Error<E> = SdkError<E, HttpResponse>;

/// The operations that the function calls. Each is also an IAM action.
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
    /// The group or the stream exists already.
    Exists,
    /// A log event of a put is invalid.
    Invalid,
    /// A permission is missing: the action, the resource, and the policy that denies it whatever
    /// the role allows. The last two are there if the service names them.
    Denied { action: String, resource: Option<String>, by: Option<String> },
    /// The time ran out. The cause is that of the last attempt that ended.
    Late { cause: Option<String> },
    /// Anything else.
    Other { operation: Operation, cause: String },
}

impl Fault {
    /// Reads the error of a call.
    pub(super) fn of<E: ProvideErrorMetadata>(operation: Operation, error: &Error<E>) -> Self {
        let other = |cause: &str| Self::Other { operation, cause: cause.to_owned() };
        match error {
            SdkError::ServiceError(service) => {
                let answer = service.err();
                if answer.message().is_some_and(is_about_key) {
                    return other(
                        "the KMS key of the log group does not exist, is disabled, or does not \
                         let CloudWatch Logs use it",
                    );
                }
                if let (Some(code), Some(message)) = (answer.code(), answer.message())
                    && matches!(code, "InvalidParameterException" | "ValidationException")
                    && holds_no_event(operation, message)
                {
                    let message: String = message.chars().take(LONGEST_MESSAGE).collect();
                    return other(&format!("{code}: {message}"));
                }
                match answer.code() {
                    Some("ResourceNotFoundException") => Self::Missing,
                    Some("ResourceAlreadyExistsException") => Self::Exists,
                    Some("InvalidParameterException") if operation == Operation::PutLogEvents => {
                        Self::Invalid
                    }
                    Some("AccessDeniedException") => denied(operation, answer.message()),
                    Some(code) => other(code),
                    None => other(&format!("HTTP status {}", service.raw().status())),
                }
            }
            SdkError::TimeoutError(_) => other("the request timed out"),
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(error) => other(&cause_of_connector(error)),
                None => other("the connection failed"),
            },
            SdkError::ResponseError(_) => other("the answer is unreadable"),
            SdkError::ConstructionFailure(_) => other("credentials or endpoint are missing"),
            _ => other("the SDK returned an unknown kind of error"),
        }
    }

    /// Returns the failure that the caller of the function sees.
    pub(super) fn failure(
        self,
        region: &str,
        destination: &Destination,
        caller: Caller,
    ) -> Failure {
        match self {
            Self::Denied { action, resource, by } => {
                let arn = resource.unwrap_or_else(|| log_group_arn(region, destination));
                Failure::AccessDenied { action, arn, denied_by: by, caller }
            }
            Self::Late { cause } => Failure::DeadlineNear { cause },
            Self::Invalid => {
                Failure::Rejected { cause: "it is invalid (InvalidParameterException)" }
            }
            Self::Missing => Failure::Undelivered {
                operation: Operation::PutLogEvents.as_str(),
                cause: "something deletes the log group or stream as soon as it is created"
                    .to_owned(),
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

/// Returns why there was no connection, or why it ended too early.
pub(super) fn cause_of_connector(error: &ConnectorError) -> String {
    let named = causes(error).find_map(<dyn std::error::Error>::downcast_ref::<NoConnection>);
    match named {
        Some(cause) => cause.to_string(),
        None if error.is_timeout() => "the request timed out".to_owned(),
        None if error.is_user() => "the request is invalid".to_owned(),
        None => "the connection failed".to_owned(),
    }
}

/// The longest part of the service's message that is kept, in characters: enough for a message about
/// a name, a tag or a key.
const LONGEST_MESSAGE: usize = 400;

/// True if the service's message cannot quote an event.
///
/// A message quotes the value that it is about. Only puts hold events, so of their messages only those
/// about a name are safe.
fn holds_no_event(operation: Operation, message: &str) -> bool {
    let is_about = |member: &str| message.contains(&format!("at '{member}'"));
    let is_about_name = is_about("logGroupName") || is_about("logStreamName");
    let is_about_events = message.contains("logEvents") || message.contains("InputLogEvent");
    operation != Operation::PutLogEvents || (is_about_name && !is_about_events)
}

/// True if the message is about the KMS key. There is no error code for this: it arrives as an invalid
/// parameter or as a denied access.
fn is_about_key(message: &str) -> bool {
    message.starts_with("The specified KMS")
}

/// Reads the message of a denied access.
///
/// IAM's messages name the action and the resource: «… is not authorized to perform:
/// logs:PutLogEvents on resource: ARN …». For tags, CloudWatch Logs names the action: «… An
/// additional permission "logs:TagResource" is required.»
///
/// See <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>.
fn denied(operation: Operation, message: Option<&str>) -> Fault {
    let word_after = |mark: &str| {
        let (_, rest) = message?.split_once(mark)?;
        rest.split_whitespace().next().map(str::to_owned)
    };
    let action = word_after("additional permission ")
        .map(|it| it.replace('"', ""))
        .or_else(|| word_after("not authorized to perform: "))
        .filter(|it| it.contains(':'));
    let by = message.and_then(|message| {
        let explicit = message.split_once("with an explicit deny in a").map(|(_, rest)| rest);
        let implicit = message.split_once("because no").map(|(_, rest)| rest);
        let (rest, how) = explicit
            .map(|rest| (rest, "explicitly denies"))
            .or(implicit.map(|rest| (rest, "does not allow")))?;
        let rest = rest.strip_prefix('n').unwrap_or(rest).trim_start();
        let (kind, policy) = POLICIES.iter().find(|(kind, _)| rest.starts_with(kind))?;
        // If merely no policy of the role allows the action, the role's owner can allow it there.
        let is_of_role = explicit.is_none() && kind.contains("based");
        (!is_of_role).then(|| format!("{policy} {how}"))
    });
    Fault::Denied {
        by,
        action: action.unwrap_or_else(|| format!("logs:{}", operation.as_str())),
        resource: word_after("on resource: ").filter(|it| it.starts_with("arn:")),
    }
}

/// The kinds of policies, as IAM's messages name them.
const POLICIES: [(&str, &str); 7] = [
    ("service control policy", "a service control policy"),
    ("resource control policy", "a resource control policy"),
    ("permissions boundary", "a permissions boundary"),
    ("session policy", "a session policy"),
    ("VPC endpoint policy", "a VPC endpoint policy"),
    ("resource-based policy", "a resource-based policy"),
    ("identity-based policy", "a policy of the role"),
];

/// The ARN with `*` for the partition and the account, which the function does not know.
fn log_group_arn(region: &str, destination: &Destination) -> String {
    format!("arn:*:logs:{region}:*:log-group:{}:*", destination.log_group)
}
