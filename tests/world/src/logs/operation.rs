//! The operations of CloudWatch Logs that the function calls, and the one that reads old events.

/// The operations that the two programs call.
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

    /// Its name in AWS's API.
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

    /// The operation with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// The members that it accepts. AWS ignores others, and this world refuses them.
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
