//! Faults, and the rules for the calls that meet them.

use std::sync::Arc;
use std::time::Duration;

use super::chaos::Chaos;
use super::gate::Barrier;
use super::input::Input;
use super::limits::Rejected;
use super::operation::Operation;
use super::refusal::Refusal;
use crate::{ACCOUNT, REGION};

/// A fault in a call.
#[derive(Clone, Debug)]
pub enum Fault {
    /// 400 `ThrottlingException`. Nothing is done.
    Throttle,
    /// 503 `ServiceUnavailableException`. Nothing is done.
    ServiceUnavailable,
    /// 500 `InternalFailure`. Nothing is done.
    InternalFailure,
    /// 502 with a page of HTML, as proxies answer. Nothing is done.
    BadGateway,
    /// The connection is reset. Nothing is done.
    ResetBefore,
    /// The call is done, then the connection is reset.
    ResetAfter,
    /// The call is done, then half of the answer is sent and the connection closes.
    HalfAnswer,
    /// There is never an answer. Nothing is done.
    Hang,
    /// The call is done at once, and answered after this time.
    Slow(Duration),
    /// 400 `AccessDeniedException` in IAM's words. Nothing is done.
    AccessDenied,
    /// The same for another action that the call needs, such as `logs:TagResource` for a tagged group.
    AccessDeniedTo(&'static str),
    /// The same, but the message names neither the action nor the resource. Nothing is done.
    AccessDeniedTersely,
    /// 400 with this type and this message. Nothing is done.
    Refused(&'static str, &'static str),
    /// 400 `OperationAbortedException`. Nothing is done.
    OperationAborted,
    /// 400 `LimitExceededException`. Nothing is done.
    LimitExceeded,
    /// 400 `InvalidParameterException` that quotes the values, as AWS does. Nothing is done.
    InvalidParameter,
    /// The KMS key is disabled or does not exist: 400 `InvalidParameterException`. Nothing is done.
    KmsKeyInvalid,
    /// The KMS key may not be used: 400 `AccessDeniedException`. Nothing is done.
    KmsKeyRefused,
    /// 400 `ResourceNotFoundException` for the group, even if it exists. Nothing is done.
    GroupNotFound,
    /// 400 `ResourceNotFoundException` for the stream, even if it exists. Nothing is done.
    StreamNotFound,
    /// 200: these events are rejected, whatever their time, and the others stored.
    Reject(Rejected),
    /// The group is deleted before the call is tried.
    DeleteGroupBefore,
    /// The call is done, then the group is deleted, then the call is answered.
    DeleteGroupAfter,
    /// Somebody else creates the same group or stream a moment earlier.
    MadeByAnother,
    /// The call waits at a gate, then it is done. `Gate::fault` makes this one.
    Wait(Arc<Barrier>),
}

impl Fault {
    /// A rule for the next call of an operation. The methods of the rule change that.
    pub fn on(self, operation: Operation) -> FaultRule {
        FaultRule { operation, group: None, text: None, passes: 0, times: Some(1), fault: self }
    }

    /// Its name in counts of faults.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Throttle => "Throttle",
            Self::ServiceUnavailable => "ServiceUnavailable",
            Self::InternalFailure => "InternalFailure",
            Self::BadGateway => "BadGateway",
            Self::ResetBefore => "ResetBefore",
            Self::ResetAfter => "ResetAfter",
            Self::HalfAnswer => "HalfAnswer",
            Self::Hang => "Hang",
            Self::Slow(_) => "Slow",
            Self::AccessDenied => "AccessDenied",
            Self::AccessDeniedTo(_) => "AccessDeniedTo",
            Self::AccessDeniedTersely => "AccessDeniedTersely",
            Self::Refused(..) => "Refused",
            Self::OperationAborted => "OperationAborted",
            Self::LimitExceeded => "LimitExceeded",
            Self::InvalidParameter => "InvalidParameter",
            Self::KmsKeyInvalid => "KmsKeyInvalid",
            Self::KmsKeyRefused => "KmsKeyRefused",
            Self::GroupNotFound => "GroupNotFound",
            Self::StreamNotFound => "StreamNotFound",
            Self::Reject(_) => "Reject",
            Self::DeleteGroupBefore => "DeleteGroupBefore",
            Self::DeleteGroupAfter => "DeleteGroupAfter",
            Self::MadeByAnother => "MadeByAnother",
            Self::Wait(_) => "Wait",
        }
    }

    /// The error of a fault that is only an error.
    pub fn refusal(&self, input: &Input) -> Option<Refusal> {
        let (status, kind, message) = match self {
            Self::Throttle => (400, "ThrottlingException", "Rate exceeded".to_owned()),
            Self::ServiceUnavailable => (503, "ServiceUnavailableException", unavailable()),
            Self::InternalFailure => (500, "InternalFailure", unavailable()),
            Self::AccessDenied => {
                let action = format!("logs:{}", input.operation().name());
                (400, "AccessDeniedException", not_authorized(input, &action))
            }
            Self::AccessDeniedTo(action) => {
                (400, "AccessDeniedException", not_authorized(input, action))
            }
            Self::AccessDeniedTersely => (400, "AccessDeniedException", "Access denied".to_owned()),
            Self::Refused(kind, message) => (400, *kind, (*message).to_owned()),
            Self::OperationAborted => (400, "OperationAbortedException", conflict()),
            Self::LimitExceeded => (400, "LimitExceededException", limit_exceeded()),
            Self::InvalidParameter => (400, "InvalidParameterException", quoting(input)),
            Self::KmsKeyInvalid => (400, "InvalidParameterException", kms(input)),
            Self::KmsKeyRefused => (400, "AccessDeniedException", kms(input)),
            Self::GroupNotFound => return Some(Refusal::no_group()),
            Self::StreamNotFound => return Some(Refusal::no_stream()),
            Self::BadGateway
            | Self::ResetBefore
            | Self::ResetAfter
            | Self::HalfAnswer
            | Self::Hang
            | Self::Slow(_)
            | Self::Reject(_)
            | Self::DeleteGroupBefore
            | Self::DeleteGroupAfter
            | Self::MadeByAnother
            | Self::Wait(_) => return None,
        };
        Some(Refusal::new(status, kind, message))
    }
}

fn unavailable() -> String {
    "The service cannot complete the request.".to_owned()
}

fn conflict() -> String {
    "A conflicting operation is currently in progress against this resource. Please try again."
        .to_owned()
}

fn limit_exceeded() -> String {
    "Resource limit exceeded.".to_owned()
}

fn group_arn(input: &Input) -> String {
    format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{}", input.group)
}

fn not_authorized(input: &Input, action: &str) -> String {
    let (group_arn, stream) = (group_arn(input), &input.stream);
    format!(
        "User: arn:aws:sts::{ACCOUNT}:assumed-role/ecs-event-forwarder/ecs-event-forwarder is not \
         authorized to perform: {action} on resource: {group_arn}:log-stream:{stream} because \
         no identity-based policy allows the {action} action"
    )
}

fn kms(input: &Input) -> String {
    let arn = group_arn(input);
    format!("The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'")
}

/// The message of a validation error, which quotes the values, as AWS does.
fn quoting(input: &Input) -> String {
    let events = input.events().iter().map(|event| {
        let (timestamp, message) = (event.timestamp_ms, &event.message);
        format!("InputLogEvent(timestamp={timestamp}, message={message})")
    });
    let quoted: String = events.collect::<Vec<_>>().join(", ").chars().take(10_000).collect();
    format!("1 validation error detected: Value '[{quoted}]' failed to satisfy constraint")
}

/// A rule for the calls that meet a fault.
#[derive(Clone, Debug)]
pub struct FaultRule {
    operation: Operation,
    group: Option<String>,
    text: Option<String>,
    passes: usize,
    /// The number of calls that it still applies to, or none for all.
    times: Option<usize>,
    fault: Fault,
}

impl FaultRule {
    /// Applies to the next `count` calls that match.
    pub fn times(self, count: usize) -> Self {
        Self { times: Some(count), ..self }
    }

    /// Applies to every call that matches, until the world is healed.
    pub fn always(self) -> Self {
        Self { times: None, ..self }
    }

    /// Spares the first `count` calls that match.
    pub fn after(self, count: usize) -> Self {
        Self { passes: count, ..self }
    }

    /// Matches only calls on this group.
    pub fn in_group(self, group: &str) -> Self {
        Self { group: Some(group.to_owned()), ..self }
    }

    /// Matches only calls with an event whose message contains this.
    pub fn containing(self, text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..self }
    }

    fn fits(&self, input: &Input) -> bool {
        let contains = |text: &String| input.events().iter().any(|it| it.message.contains(text));
        self.operation == input.operation()
            && self.times != Some(0)
            && self.group.as_ref().is_none_or(|group| *group == input.group)
            && self.text.as_ref().is_none_or(contains)
    }

    /// The fault, if the rule applies to this call.
    fn strike(&mut self, input: &Input) -> Option<Fault> {
        if !self.fits(input) {
            return None;
        }
        if self.passes > 0 {
            self.passes -= 1;
            return None;
        }
        self.times = self.times.map(|times| times - 1);
        Some(self.fault.clone())
    }
}

/// All faults that are planned.
#[derive(Default)]
pub struct Faults {
    pub rules: Vec<FaultRule>,
    pub chaos: Option<Chaos>,
}

impl Faults {
    /// The fault for this call: that of the first rule that matches, else a random one.
    pub fn strike(&mut self, input: &Input) -> Option<Fault> {
        let by_rule = self.rules.iter_mut().find_map(|rule| rule.strike(input));
        by_rule.or_else(|| self.chaos.as_mut()?.strike(input.operation()))
    }
}
