//! The operations of CloudWatch Logs that a forwarder calls.

/// The operations that a forwarder has any business with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    PutLogEvents,
    CreateLogGroup,
    CreateLogStream,
    PutRetentionPolicy,
    TagResource,
}

impl Operation {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [
        Self::PutLogEvents,
        Self::CreateLogGroup,
        Self::CreateLogStream,
        Self::PutRetentionPolicy,
        Self::TagResource,
    ];

    /// The name that AWS gives it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PutLogEvents => "PutLogEvents",
            Self::CreateLogGroup => "CreateLogGroup",
            Self::CreateLogStream => "CreateLogStream",
            Self::PutRetentionPolicy => "PutRetentionPolicy",
            Self::TagResource => "TagResource",
        }
    }

    /// The one with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// Every member that it takes; AWS ignores others, we do not.
    pub(crate) fn members(self) -> &'static [&'static str] {
        match self {
            Self::PutLogEvents => {
                &["logGroupName", "logStreamName", "logEvents", "sequenceToken", "entity"]
            }
            Self::CreateLogGroup => {
                &["logGroupName", "kmsKeyId", "tags", "logGroupClass", "deletionProtectionEnabled"]
            }
            Self::CreateLogStream => &["logGroupName", "logStreamName"],
            Self::PutRetentionPolicy => &["logGroupName", "retentionInDays"],
            Self::TagResource => &["resourceArn", "tags"],
        }
    }
}
