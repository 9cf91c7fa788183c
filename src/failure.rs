//! Why an arrival failed: the texts and error types that operators see.

use std::fmt;

/// Why an arrival failed.
///
/// Neither its `Debug` nor its text ever holds event content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is not JSON.
    UnreadablePayload {
        /// The byte at which it stops being JSON, if known.
        offset: Option<usize>,
    },
    /// It is JSON, but not in a form that the function accepts.
    UnknownPayload,
    /// The policy does not accept its `source`.
    ForeignSource,
    /// CloudWatch Logs refused a request because a permission is missing.
    AccessDenied {
        /// The IAM action, such as `logs:PutLogEvents`.
        action: String,
        /// The ARN of the resource.
        arn: String,
        /// The other policy that denies the action, whatever the role allows, with its verb: `a
        /// permissions boundary does not allow`.
        denied_by: Option<String>,
        /// The owner of the credentials.
        caller: Caller,
    },
    /// CloudWatch Logs did not accept it, even after the SDK's retries.
    Undelivered {
        /// The API operation that failed.
        operation: &'static str,
        /// The error code of the service, or the reason why the request did not reach it.
        cause: String,
    },
    /// Time ran out before it was delivered.
    DeadlineNear {
        /// The reason why the last attempt failed, if one ended in time.
        cause: Option<String>,
    },
    /// CloudWatch Logs accepted the request but rejected this event.
    Rejected {
        /// The reason, in CloudWatch Logs' terms.
        cause: &'static str,
    },
}

/// The owner of the credentials that sign the requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// The function's role.
    #[default]
    Role,
    /// The person who runs the command line.
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
    /// The `errorType` that the caller of an invocation sees. It is an interface for alarms.
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
                write!(f, "the payload is not JSON: parsing fails at byte {offset}")
            }
            Self::UnreadablePayload { offset: None } => f.write_str("the payload is not JSON"),
            Self::UnknownPayload => f.write_str(
                "the payload is not an EventBridge event (with detail-type and source), \
                 an SQS batch or a Lambda on-failure record",
            ),
            Self::ForeignSource => f.write_str(
                "the event's source is not in FORWARDER_SOURCES; add it to accept such events",
            ),
            Self::AccessDenied { action, arn, denied_by: None, caller } => {
                write!(f, "{} must allow {action} on {arn}", caller.name())
            }
            Self::AccessDenied { action, arn, denied_by: Some(policy), caller } => {
                let name = caller.name();
                write!(
                    f,
                    "{policy} {action} on {arn}: change that policy, because {name} cannot \
                     override it"
                )
            }
            Self::Undelivered { operation, cause } => write!(f, "{operation} failed: {cause}"),
            Self::DeadlineNear { cause } => {
                f.write_str(
                    "the invocation ran out of time before CloudWatch Logs accepted the event",
                )?;
                cause.iter().try_for_each(|cause| write!(f, "; the last attempt failed: {cause}"))
            }
            Self::Rejected { cause } => {
                write!(f, "CloudWatch Logs rejected the event: {cause}")
            }
        }
    }
}

impl std::error::Error for Failure {}
