"""`ecs-events timeline --follow --until-settled` on moto, while events arrive: every outcome and exit status."""

import json
import re
import signal
import subprocess
import threading
import time
import uuid
from datetime import datetime, timezone
from queue import Empty, Queue

import pytest
from conftest import PLAIN, REGION, TARGET, free_port, run

OLD = "ecs-svc/1111111111111111111"
NEW = "ecs-svc/2222222222222222222"
ARN = f"arn:aws:ecs:{REGION}:123456789012"
WAIT_SECONDS = 20
# A minute, and the time that the commands of a test take.
DEPLOYED = re.compile(r"web(:43)? was deployed in 1m[0-2]\ds")
FOLLOW = ["timeline", "--follow", "--until-settled", "--interval", "100ms", "--cluster", "prod"]


class Service:
    """A log group of its own, filled as the function fills it, and a command that follows it."""

    def __init__(self, moto, group):
        self.logs = moto.client("logs")
        self.group = group
        self.environment = PLAIN | {
            "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": moto.url,
            "FORWARDER_LOG_GROUP": group + "{cluster}",
        }

    def put(self, kind, ago, resource, **detail):
        """One event that happened so many seconds ago and is stored now."""
        name = self.group + "prod"
        for create, arguments in ((self.logs.create_log_group, {}),
                                  (self.logs.create_log_stream, {"logStreamName": kind})):
            try:
                create(logGroupName=name, **arguments)
            except self.logs.exceptions.ResourceAlreadyExistsException:
                pass
        ms = int((time.time() - ago) * 1000)
        at = datetime.fromtimestamp(ms / 1000, timezone.utc).isoformat(timespec="milliseconds")
        event = {
            "version": "0", "id": str(uuid.uuid4()), "source": "aws.ecs", "detail-type": kind,
            "account": "123456789012", "region": REGION, "time": at.replace("+00:00", "Z"),
            "resources": [f"{ARN}:{resource}"],
            "detail": {"clusterArn": f"{ARN}:cluster/prod", "updatedAt": at.replace("+00:00", "Z")} | detail,
        }
        self.logs.put_log_events(logGroupName=name, logStreamName=kind,
                                 logEvents=[{"timestamp": ms, "message": json.dumps(event)}])

    def deployment(self, ago, step, deployment=NEW, reason=""):
        self.put("ECS Deployment State Change", ago, "service/prod/web", deploymentId=deployment,
                 eventName=f"SERVICE_DEPLOYMENT_{step}", reason=reason,
                 eventType="ERROR" if step == "FAILED" else "INFO")

    def task(self, ago, number, version, status, **detail):
        task = f"task/prod/{number:032x}"
        desired = "STOPPED" if status == "STOPPED" else "RUNNING"
        self.put("ECS Task State Change", ago, task, taskArn=f"{ARN}:{task}", version=version,
                 taskDefinitionArn=f"{ARN}:task-definition/web:43", group="service:web",
                 startedBy=NEW, lastStatus=status, desiredStatus=desired, **detail)

    def follow(self, *words):
        return Followed([TARGET / "debug/ecs-events", *FOLLOW, *words], self.environment)


class Followed:
    """The command at work: its lines as they come, and how it ends."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen([str(word) for word in command], env=environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines, self.seen = Queue(), []
        streams = (self.process.stdout, self.process.stderr)
        self.readers = [threading.Thread(target=self.read, args=(stream,), daemon=True) for stream in streams]
        for reader in self.readers:
            reader.start()

    def read(self, stream):
        for line in stream:
            self.lines.put(line.rstrip("\n"))

    def until(self, text):
        """Waits for a line that has this text."""
        deadline = time.monotonic() + WAIT_SECONDS
        while text not in (self.seen[-1] if self.seen else ""):
            try:
                self.seen.append(self.lines.get(timeout=max(0, deadline - time.monotonic())))
            except Empty:
                self.process.kill()
                raise AssertionError(f"no line with {text!r} in {self.seen}") from None

    def end(self):
        """The exit status, and all that was printed."""
        try:
            self.process.wait(WAIT_SECONDS)
        finally:
            self.process.kill()
            for reader in self.readers:
                reader.join()
        while not self.lines.empty():
            self.seen.append(self.lines.get())
        return self.process.returncode, "\n".join(self.seen)


@pytest.fixture
def service(moto, request):
    return Service(moto, f"/followed/{request.node.name}/")


def test_a_deployment_that_completes_ends_with_0_and_waits_for_a_group_that_appears_later(service):
    followed = service.follow("--service", "web")
    followed.until("there is no log group")
    service.deployment(60, "IN_PROGRESS")
    followed.until("begins")
    for number in (1, 2):
        service.task(40, number, 1, "PROVISIONING")
        service.task(5, number, 2, "RUNNING")
        followed.until(f"task {number:08x}"[:9])
    service.deployment(0, "COMPLETED")
    code, printed = followed.end()
    assert code == 0, printed
    assert DEPLOYED.search(printed), printed
    assert "1 deployment" in printed and "2 tasks" in printed, printed


def test_a_deployment_that_is_rolled_back_ends_with_1_and_says_why(service):
    service.deployment(100, "IN_PROGRESS")
    followed = service.follow("--service", "web")
    followed.until("waiting for more")
    stop = {"stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited",
            "containers": [{"name": "web", "exitCode": 137, "reason": "OutOfMemoryError: killed"}]}
    for number in (1, 2, 3):
        service.task(90, number, 1, "PROVISIONING")
        service.task(10, number, 5, "STOPPED", **stop)
        followed.until("out_of_memory")
    breaker = "ECS deployment circuit breaker: "
    service.deployment(0, "FAILED", reason=breaker + "tasks failed to start.")
    followed.until("failed: ECS deployment circuit breaker")
    # A failed deployment has not ended before its rollback has.
    service.deployment(0, "IN_PROGRESS", OLD, f"{breaker}rolling back to deploymentId {OLD}.")
    followed.until("rollback to")
    service.deployment(0, "COMPLETED", OLD)
    code, printed = followed.end()
    assert code == 1, printed
    words = " ".join(printed.split())
    assert f"web:43 ran out of memory and was rolled back to {OLD} after 1m40s" in words, printed
    assert "all 3 tasks ran out of memory (container web, exit 137)" in words, printed
    assert re.search(r"ROLLBACK +ecs-svc/1111….* completed$", printed, re.MULTILINE), printed


def test_a_failed_deployment_without_a_rollback_ends_with_1_after_five_minutes(service):
    service.deployment(600, "IN_PROGRESS")
    service.deployment(298, "FAILED", reason="ECS deployment circuit breaker: tasks failed to start.")
    followed = service.follow("--deployment", NEW)
    followed.until("waiting for more")
    began = time.monotonic()
    code, printed = followed.end()
    assert time.monotonic() - began > 0.5
    assert code == 1, printed
    assert "1 failed" in printed and "FAILED" in printed, printed


def test_bad_use_is_2(service):
    for words, sentence in ((["--select", "problems"], "deployments that complete"),
                            (["--since", "soon"], "is not a time"),
                            (["--timeout", "long"], "--timeout"),
                            (["--until", "1h"], "--until")):
        code, printed = service.follow(*words).end()
        assert code == 2 and sentence in printed, printed


def test_time_that_runs_out_is_3_whether_or_not_a_deployment_was_seen(service):
    service.deployment(90, "IN_PROGRESS", OLD)
    service.deployment(60, "COMPLETED", OLD)
    code, printed = service.follow("--timeout", "500ms").end()
    assert code == 3 and "no deployment was seen" in printed, printed
    service.deployment(30, "IN_PROGRESS")
    code, printed = service.follow("--timeout", "500ms").end()
    assert code == 3 and "before the deployments ended" in printed, printed
    assert "ONGOING" in printed, printed


def test_an_interrupt_prints_the_summary_so_far(service):
    service.deployment(30, "IN_PROGRESS")
    followed = service.follow()
    followed.until("waiting for more")
    followed.process.send_signal(signal.SIGINT)
    code, printed = followed.end()
    assert code == 3 and "1 in progress" in printed and "ONGOING" in printed, printed


def test_log_groups_that_cannot_be_read_are_4(service, tmp_path):
    closed = {"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": f"http://127.0.0.1:{free_port()}"}
    service.environment |= closed
    code, printed = service.follow().end()
    assert code == 4 and "cannot read /followed/" in printed, printed
    nobody = {name: value for name, value in service.environment.items()
              if not name.startswith("AWS_") or name in ("AWS_REGION", "AWS_EC2_METADATA_DISABLED")}
    nobody |= {"HOME": str(tmp_path)}
    followed = Followed([TARGET / "debug/ecs-events", *FOLLOW], nobody)
    code, printed = followed.end()
    assert code == 4 and "credentials" in printed, printed


def test_an_event_that_comes_late_stands_in_its_place(service):
    service.deployment(120, "IN_PROGRESS")
    service.task(110, 1, 1, "PROVISIONING")
    followed = service.follow("--events", "--service", "web")
    followed.until("waiting for more")
    service.task(30, 1, 3, "RUNNING")
    followed.until("RUNNING")
    # It is older than the events that are shown already.
    service.task(70, 1, 2, "PENDING")
    followed.until("PENDING")
    service.deployment(0, "COMPLETED")
    code, printed = followed.end()
    assert code == 0, printed
    course = printed.rsplit("\n\n", 1)[1].splitlines()
    steps = [next(word for word in ("begins", "PROVISIONING", "PENDING", "RUNNING", "completed") if word in line)
             for line in course]
    assert steps == ["begins", "PROVISIONING", "PENDING", "RUNNING", "completed"], printed


def test_the_filter_of_a_deployment_id_loses_none_of_its_events(service):
    service.deployment(60, "IN_PROGRESS")
    service.task(50, 1, 1, "PROVISIONING")
    followed = service.follow("--deployment", NEW)
    followed.until("2 events so far")
    service.task(20, 1, 2, "RUNNING")
    followed.until("RUNNING")
    service.deployment(0, "COMPLETED")
    code, printed = followed.end()
    assert code == 0, printed
    assert DEPLOYED.search(printed) and "4 events" in printed, printed


def test_without_until_settled_what_was_stored_is_0_nothing_found_1_and_unreadable_4(service):
    service.deployment(60, "IN_PROGRESS")
    service.deployment(0, "COMPLETED")
    command = [TARGET / "debug/ecs-events", "timeline", "--cluster", "prod", "--since", "1h"]
    found = run(*command, "--service", "web", environment=service.environment)
    assert DEPLOYED.search(found.stdout), found.stdout
    nothing = run(*command, "--service", "wbe", environment=service.environment, ok=False)
    assert nothing.returncode == 1 and "no service wbe; there is web" in nothing.stderr, nothing.stderr
    missing = run(*command[:-4], "--cluster", "staging", environment=service.environment, ok=False)
    assert missing.returncode == 4 and "there is no such log group" in missing.stderr, missing.stderr
