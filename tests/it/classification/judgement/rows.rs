//! The rows: how a task stops, and how that is judged.

const IN_A_SERVICE: &str = "service:web";
const LONE: &str = "family:nightly";

/// A task as it stops: stop code and reason, `CODE REASON` of each container, and `group`.
pub(super) struct Row(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static [&'static str],
    pub(super) &'static str,
);

pub(super) const EXITED: &str = "EssentialContainerExited";
const SCHEDULER: &str = "ServiceSchedulerInitiated";
const SAID: &str = "Essential container in task exited";
const SCALED: &str = "Scaling activity initiated by (deployment ecs-svc/8830174652901837465)";
pub(super) const KILLED: &str = "137 OutOfMemoryError: Container killed due to memory usage";

/// Each row, and how it is judged before STOPPED, when no exit code is known, and at STOPPED.
pub(super) const ROWS: &[(Row, &str, &str)] = {
    use Row as R;
    const FAILED: &str = "TaskFailedToStart";
    const HOST: &str = "Host EC2 (instance i-0a1b2c3d4e5f60718) terminated.";
    const SPOT: &str = "Your Spot Task was interrupted.";
    const DRAINS: &str = "Task stopped: container instance i-1 is in DRAINING state";
    const ELB: &str = "Task failed ELB health checks in (target-group arn:aws:x:targetgroup/a/1)";
    const SICK: &str = "(service web) (port 80) is unhealthy in (target-group a) due to (reason X)";
    &[
        // It failed to start.
        (R(FAILED, "", &["-"], LONE), "ERROR failed_to_start", "ERROR failed_to_start"),
        (
            R(FAILED, "Task failed to start", &["- CannotPullContainerError: not found"], LONE),
            "ERROR image_pull",
            "ERROR image_pull",
        ),
        (
            R(FAILED, "ResourceInitializationError: unable to pull secrets", &["-"], IN_A_SERVICE),
            "ERROR secrets_or_init",
            "ERROR secrets_or_init",
        ),
        (
            R(
                FAILED,
                "ResourceInitializationError: x",
                &["- CannotPullImageManifestError: y"],
                LONE,
            ),
            "ERROR secrets_or_init",
            "ERROR secrets_or_init",
        ),
        (
            R("", "Task failed to start", &["-"], IN_A_SERVICE),
            "ERROR failed_to_start",
            "ERROR failed_to_start",
        ),
        (
            R("", "CannotPullContainerError: not found", &["-"], LONE),
            "ERROR image_pull",
            "ERROR image_pull",
        ),
        (
            R("", "OutOfMemoryError: Container killed due to memory usage", &["137"], LONE),
            "ERROR out_of_memory",
            "ERROR out_of_memory",
        ),
        (
            R("", "ResourceNotFoundException: no such secret", &["-"], LONE),
            "ERROR failed_to_start",
            "ERROR failed_to_start",
        ),
        // Its host failed.
        (
            R("InfrastructureHealth", "", &["-"], LONE),
            "ERROR infrastructure",
            "ERROR infrastructure",
        ),
        (
            R("InfrastructureHealth", "", &["137"], IN_A_SERVICE),
            "WARN infrastructure",
            "WARN infrastructure",
        ),
        (R("", HOST, &["-"], LONE), "ERROR infrastructure", "ERROR infrastructure"),
        (R("", HOST, &["-"], "daemon:agent"), "WARN infrastructure", "WARN infrastructure"),
        (
            R("TerminationNotice", HOST, &["-"], LONE),
            "ERROR infrastructure",
            "ERROR infrastructure",
        ),
        (R(SCHEDULER, HOST, &[KILLED], IN_A_SERVICE), "WARN infrastructure", "WARN infrastructure"),
        // Spot capacity was taken back.
        (
            R("SpotInterruption", "", &["-"], IN_A_SERVICE),
            "WARN spot_interruption",
            "WARN spot_interruption",
        ),
        (
            R("SpotInterruption", SPOT, &[KILLED], LONE),
            "WARN spot_interruption",
            "WARN spot_interruption",
        ),
        (
            R("TerminationNotice", "", &["143"], LONE),
            "WARN spot_interruption",
            "WARN spot_interruption",
        ),
        (R("", SPOT, &["-"], IN_A_SERVICE), "WARN spot_interruption", "WARN spot_interruption"),
        // Its host is under maintenance, drains or is deregistered.
        (
            R(
                "",
                "ECS is performing maintenance on the underlying infrastructure hosting the task.",
                &["-"],
                IN_A_SERVICE,
            ),
            "INFO infrastructure",
            "INFO infrastructure",
        ),
        (
            R(SCHEDULER, "ECS is performing maintenance on the host", &["-"], LONE),
            "WARN infrastructure",
            "WARN infrastructure",
        ),
        (
            R(SCHEDULER, DRAINS, &["137"], IN_A_SERVICE),
            "INFO infrastructure",
            "INFO infrastructure",
        ),
        (R("", DRAINS, &["137"], LONE), "WARN infrastructure", "WARN infrastructure"),
        (
            R("NewCode", "Container instance deregistration forced by user", &["-"], LONE),
            "WARN infrastructure",
            "WARN infrastructure",
        ),
        // It failed its health checks.
        (
            R(SCHEDULER, ELB, &["137"], IN_A_SERVICE),
            "ERROR elb_health_check",
            "ERROR elb_health_check",
        ),
        (
            R(SCHEDULER, SICK, &["137"], IN_A_SERVICE),
            "ERROR elb_health_check",
            "ERROR elb_health_check",
        ),
        (
            R(SCHEDULER, "Task failed container health checks", &[KILLED], IN_A_SERVICE),
            "ERROR container_health_check",
            "ERROR container_health_check",
        ),
        (
            R(
                SCHEDULER,
                "(service ELB) (task 1) failed container health checks",
                &["0"],
                IN_A_SERVICE,
            ),
            "ERROR container_health_check",
            "ERROR container_health_check",
        ),
        (R("", ELB, &["0"], IN_A_SERVICE), "ERROR elb_health_check", "ERROR elb_health_check"),
        (
            R("", "Task failed container health checks", &["0"], LONE),
            "ERROR container_health_check",
            "ERROR container_health_check",
        ),
        // A routine stop, whatever its containers said before.
        (R(SCHEDULER, SCALED, &["137"], IN_A_SERVICE), "INFO scaling", "INFO scaling"),
        (
            R(SCHEDULER, SCALED, &["- CannotPullContainerError: context canceled"], IN_A_SERVICE),
            "INFO scaling",
            "INFO scaling",
        ),
        (R(SCHEDULER, "", &[KILLED], IN_A_SERVICE), "INFO scaling", "INFO scaling"),
        (R("", SCALED, &["1"], IN_A_SERVICE), "INFO scaling", "INFO scaling"),
        (
            R(SCHEDULER, "Task stopped for availability zone rebalancing", &["0"], IN_A_SERVICE),
            "INFO rebalancing",
            "INFO rebalancing",
        ),
        (
            R("", "Task stopped for availability zone rebalancing", &["0"], IN_A_SERVICE),
            "INFO rebalancing",
            "INFO rebalancing",
        ),
        (R("UserInitiated", "TimeoutError: cancelled", &["1"], LONE), "INFO user", "INFO user"),
        (
            R("UserInitiated", HOST, &["- CannotPullContainerError: x"], IN_A_SERVICE),
            "INFO user",
            "INFO user",
        ),
        (
            R("UserInitiated", "Task failed ELB health checks, says Kim", &["0"], LONE),
            "INFO user",
            "INFO user",
        ),
        (R("UserInitiated", "", &["137"], LONE), "INFO user", "INFO user"),
        // The scheduler for a reason that is not known.
        (
            R(SCHEDULER, "Service deployment-api was replaced", &["0"], IN_A_SERVICE),
            "WARN unknown",
            "WARN unknown",
        ),
        // An essential container ended.
        (R(EXITED, SAID, &[KILLED], IN_A_SERVICE), "ERROR out_of_memory", "ERROR out_of_memory"),
        (
            R(EXITED, SAID, &["0 OutOfMemoryError: Container killed"], LONE),
            "ERROR out_of_memory",
            "ERROR out_of_memory",
        ),
        (R("", SAID, &[KILLED], LONE), "ERROR out_of_memory", "ERROR out_of_memory"),
        (
            R(EXITED, SAID, &["- DockerTimeoutError: could not stop"], LONE),
            "ERROR essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["1"], IN_A_SERVICE),
            "WARN essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["1"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["137"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["0", "137"], LONE),
            "INFO essential_container_exited",
            "INFO essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["143", "0"], IN_A_SERVICE),
            "WARN essential_container_exited",
            "WARN essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["0", "137 the kernel ended it"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["0", "139"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["1", "0"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["-", "137"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["-"], LONE),
            "INFO essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R("", SAID, &["-", "-"], IN_A_SERVICE),
            "WARN essential_container_exited",
            "ERROR essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["0"], LONE),
            "INFO essential_container_exited",
            "INFO essential_container_exited",
        ),
        (
            R(EXITED, SAID, &["0", "-"], IN_A_SERVICE),
            "WARN essential_container_exited",
            "WARN essential_container_exited",
        ),
        // A stop code that is not known.
        (R("NewCode", "", &["0"], IN_A_SERVICE), "ERROR unknown", "ERROR unknown"),
        (R("NewCode", "something", &[KILLED], LONE), "ERROR out_of_memory", "ERROR out_of_memory"),
        // No stop code, and no phrase of ECS.
        (R("", "Stopped for a reason of its own", &["1"], LONE), "WARN unknown", "WARN unknown"),
        (R("", "SpotInterruptionError: x", &["0"], LONE), "WARN unknown", "WARN unknown"),
        (
            R("", "Task host-EC2 of deployment-api rebalanced", &["0"], IN_A_SERVICE),
            "WARN unknown",
            "WARN unknown",
        ),
        (R("", "", &["137"], LONE), "INFO unknown", "INFO unknown"),
    ]
};
