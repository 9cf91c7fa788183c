//! The table: kind by kind, what no profile removes, and what `lean` does.
//!
//! Paths are below `detail`. `docs/stored-format.md` shows this table, and a test compares the two.

/// What is never removed of tasks and of container instances. Of other kinds nothing is.
pub const CONTRACT: [(&str, &[&str]); 2] = [
    (
        "ECS Task State Change",
        &[
            "taskArn",
            "clusterArn",
            "containerInstanceArn",
            "taskDefinitionArn",
            "group",
            "startedBy",
            "launchType",
            "lastStatus",
            "desiredStatus",
            "stopCode",
            "stoppedReason",
            "version",
            "createdAt",
            "updatedAt",
            "connectivityAt",
            "pullStartedAt",
            "pullStoppedAt",
            "startedAt",
            "stoppingAt",
            "executionStoppedAt",
            "stoppedAt",
            "containers[].name",
            "containers[].lastStatus",
            "containers[].exitCode",
            "containers[].reason",
            "attachments[].type",
            "attachments[].status",
        ],
    ),
    (
        "ECS Container Instance State Change",
        &[
            "containerInstanceArn",
            "clusterArn",
            "ec2InstanceId",
            "status",
            "statusReason",
            "agentConnected",
            "agentUpdateStatus",
            "runningTasksCount",
            "pendingTasksCount",
            "version",
            "registeredAt",
            "updatedAt",
        ],
    ),
];

/// The name in an attachment's `details` under which ECS says why the attachment failed: a volume
/// that could not be attached has its reason nowhere else.
pub const STATUS_REASON: &str = "statusReason";

/// What `lean` removes at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// These fields; unknown ones stay.
    These(&'static [&'static str]),
    /// Every field of the elements of that array but these.
    AllBut(&'static str, &'static [&'static str]),
    /// This array of names and values, unless one has the name [`STATUS_REASON`].
    UnlessReason(&'static str),
}

/// What `lean` removes of tasks and of container instances.
pub const LEAN: [(&str, &[Removal]); 2] = [
    (
        "ECS Task State Change",
        &[
            Removal::These(&[
                "overrides",
                "attachments[].id",
                "ephemeralStorage",
                "fargateEphemeralStorage",
                "inferenceAccelerators",
                "tags",
            ]),
            Removal::UnlessReason("attachments[].details"),
            Removal::AllBut(
                "containers",
                &[
                    "name",
                    "image",
                    "lastStatus",
                    "exitCode",
                    "reason",
                    "healthStatus",
                    "networkInterfaces[].privateIpv4Address",
                    "networkInterfaces[].ipv6Address",
                    "managedAgents[].name",
                    "managedAgents[].status",
                    "managedAgents[].lastStatus",
                    "managedAgents[].reason",
                ],
            ),
        ],
    ),
    (
        "ECS Container Instance State Change",
        &[
            Removal::These(&[
                "attributes",
                "registeredResources",
                "tags",
                "gpuDevices",
                "attachments[].id",
            ]),
            Removal::UnlessReason("attachments[].details"),
            Removal::AllBut("remainingResources", &["name", "integerValue"]),
        ],
    ),
];
