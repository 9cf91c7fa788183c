//! The operations of CloudWatch Logs that a forwarder calls, and the one by which old events are read.

/// The operations that the two programs have any business with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    PutLogEvents,
    CreateLogGroup,
    CreateLogStream,
    PutRetentionPolicy,
    TagResource,
    FilterLogEvents,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::PutLogEvents,
        Self::CreateLogGroup,
        Self::CreateLogStream,
        Self::PutRetentionPolicy,
        Self::TagResource,
        Self::FilterLogEvents,
    ];

    /// The name that AWS gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::PutLogEvents => "PutLogEvents",
            Self::CreateLogGroup => "CreateLogGroup",
            Self::CreateLogStream => "CreateLogStream",
            Self::PutRetentionPolicy => "PutRetentionPolicy",
            Self::TagResource => "TagResource",
            Self::FilterLogEvents => "FilterLogEvents",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// Every member that it takes; AWS ignores others, we do not.
    pub fn members(self) -> &'static [&'static str] {
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
            Self::FilterLogEvents => {
                &["logGroupName", "startTime", "endTime", "nextToken", "filterPattern"]
            }
        }
    }
}
