//! The tables of fields for each kind: those that no profile removes, and those that `lean` removes.
//!
//! Paths are below `detail`. `docs/stored-format.md` shows both tables, and a test compares them.

/// The contract: fields that no profile removes from events of these kinds. Events of other kinds
/// are never trimmed.
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

/// The name in an attachment's `details` whose value is the reason for a failure. A volume that could
/// not be attached has its reason only there.
pub const STATUS_REASON: &str = "statusReason";

/// One removal by `lean`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Removes these fields. Unknown fields stay.
    These(&'static [&'static str]),
    /// Removes every field of the array's elements except these.
    AllBut(&'static str, &'static [&'static str]),
    /// Removes this array of names and values, unless one has the name [`STATUS_REASON`].
    UnlessReason(&'static str),
}

/// The removals by `lean` from events of these kinds.
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
