//! Why an arrival failed: the texts and error types that operators see.

use std::fmt;

/// Why an arrival failed.
///
/// Neither its `Debug` nor its text ever holds event content, only kinds and positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is not JSON.
    UnreadablePayload {
        /// Where it stops to be JSON, in bytes, if that is known.
        offset: Option<usize>,
    },
    /// It is JSON, but none of the shapes that the function takes.
    UnknownPayload,
    /// Its `source` is not accepted.
    ForeignSource,
    /// CloudWatch Logs refused for want of a permission.
    AccessDenied {
        /// The IAM action, as `logs:PutLogEvents`.
        action: String,
        /// The ARN that it was refused on.
        arn: String,
        /// What another policy says, whatever the role allows: `a permissions boundary does not allow`.
        denied_by: Option<String>,
        /// Whose permissions were asked for.
        caller: Caller,
    },
    /// CloudWatch Logs did not take it, even after the SDK's retries.
    Undelivered {
        /// The API operation that failed.
        operation: &'static str,
        /// The error code of the service, or what went wrong on the way.
        cause: String,
    },
    /// Time ran out before it was delivered.
    DeadlineNear {
        /// Why the last attempt that ended failed, if one did.
        cause: Option<String>,
    },
    /// CloudWatch Logs takes the request but not this event.
    Rejected {
        /// Why, in CloudWatch Logs' terms.
        cause: &'static str,
    },
}

/// Whose credentials sign the requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// The function's role.
    #[default]
    Role,
    /// The credentials of whoever runs the command line.
    Person,
}

impl Caller {
    fn name(self) -> &'static str {
        match self {
            Self::Role => "the function's role",
            Self::Person => "your credentials",
        }
    }
}

impl Failure {
    /// The `errorType` that the caller of an invocation sees; an interface for alarms.
    pub fn error_type(&self) -> &'static str {
        match self {
            Self::UnreadablePayload { .. } => "Forwarder.UnreadablePayload",
            Self::UnknownPayload => "Forwarder.UnknownPayload",
            Self::ForeignSource => "Forwarder.ForeignSource",
            Self::AccessDenied { .. } => "Forwarder.AccessDenied",
            Self::Undelivered { .. } => "Forwarder.Undelivered",
            Self::DeadlineNear { .. } => "Forwarder.DeadlineNear",
            Self::Rejected { .. } => "Forwarder.Rejected",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnreadablePayload { offset: Some(offset) } => {
                write!(f, "the payload is not JSON: byte {offset} cannot stand there")
            }
            Self::UnreadablePayload { offset: None } => f.write_str("the payload is not JSON"),
            Self::UnknownPayload => f.write_str(
                "the payload is none of: an EventBridge event (detail-type and source), \
                 an SQS batch, a Lambda on-failure record",
            ),
            Self::ForeignSource => f.write_str(
                "the event's source is not accepted; FORWARDER_SOURCES lists those that are",
            ),
            Self::AccessDenied { action, arn, denied_by: None, caller } => {
                write!(f, "{} must allow {action} on {arn}", caller.name())
            }
            Self::AccessDenied { action, arn, denied_by: Some(policy), caller } => {
                let name = caller.name();
                write!(f, "{policy} {action} on {arn}: no permission of {name} helps")
            }
            Self::Undelivered { operation, cause } => write!(f, "{operation} failed: {cause}"),
            Self::DeadlineNear { cause } => {
                let said =
                    "the invocation's time ran out before CloudWatch Logs had taken the event";
                f.write_str(said)?;
                cause.iter().try_for_each(|cause| write!(f, "; the last attempt failed: {cause}"))
            }
            Self::Rejected { cause } => {
                write!(f, "CloudWatch Logs does not take this event: {cause}")
            }
        }
    }
}

impl std::error::Error for Failure {}
