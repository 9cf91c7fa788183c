"""Starts the servers that the tests use, on free loopback ports, and stops them again."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
from datetime import date, datetime, timedelta, timezone

import boto3
import pytest
from botocore.config import Config

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
TARGET = pathlib.Path(os.environ["CARGO_TARGET_DIR"])
EVENTS = sorted((ROOT / "events").glob("*.json"))
REGION = "eu-west-1"

# Nothing of the machine's own AWS settings or of its FORWARDER_* variables reaches a test.
PLAIN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("AWS_", "FORWARDER_", "MINISTACK_", "LOCALSTACK_"))
} | {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "SAM_CLI_TELEMETRY": "0",
    "NO_PROXY": "127.0.0.1,localhost",
}

# SIGTERM stops the servers, too.
signal.signal(signal.SIGTERM, signal.default_int_handler)


def until(answer, seconds=30):
    """What `answer` returns as soon as that is true, and at the latest after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (result := answer()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return result


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_open(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A process and all it starts."""

    def __init__(self, name, folder, arguments, port, environment):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                arguments, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        started = until(lambda: is_open(port) or self.process.poll() is not None)
        if not started or self.process.poll() is not None:
            self.end()
            raise RuntimeError(f"{name} did not start:\n{self.log.read_text()}")

    def end(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass

    def client(self, service):
        return boto3.client(
            service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="testing",
            aws_secret_access_key="testing", config=Config(retries={"max_attempts": 1}),
        )


def run(*arguments, environment=None, ok=True, folder=ROOT):
    """Runs a program until it ends; its output."""
    done = subprocess.run(
        [str(argument) for argument in arguments], cwd=folder, env=PLAIN | (environment or {}),
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )
    if ok and done.returncode != 0:
        raise AssertionError(f"{arguments}\n{done.stdout}\n{done.stderr}")
    return done


def forwarded(events, folder, environment=None):
    """What `ecs-events forward` writes: messages by log group and stream."""
    done = run(TARGET / "debug" / "ecs-events", "forward", events, "--to", folder,
               environment=environment, ok=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        (f"/{file.parent.relative_to(folder)}", file.stem): file.read_text().splitlines()
        for file in sorted(folder.rglob("*.jsonl"))
    }


def logged(logs, prefix):
    """What CloudWatch Logs holds: messages by log group and stream."""
    found = {}
    for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix):
        for group in page["logGroups"]:
            name = group["logGroupName"]
            for event in logs.get_paginator("filter_log_events").paginate(logGroupName=name).search("events[]"):
                found.setdefault((name, event["logStreamName"]), []).append(event["message"])
    return found


TIME = re.compile(r"\b(20\d\d-\d\d-\d\d)(?=T\d\d:\d\d:\d\d)")
ENVELOPE_TIME = re.compile(r'\\*"time\\*"\s*:\s*\\*"(20\d\d-\d\d-\d\d)T')


def recent(text):
    """The same payload, moved by whole days to yesterday: CloudWatch Logs takes 14 days and no more."""
    newest = max(ENVELOPE_TIME.findall(text), default=None)
    if newest is None:
        return text
    yesterday = datetime.now(timezone.utc).date() - timedelta(days=1)
    moved = yesterday - date.fromisoformat(newest)
    return TIME.sub(lambda found: str(date.fromisoformat(found[1]) + moved), text)


@pytest.fixture(scope="session")
def recent_events(tmp_path_factory):
    folder = tmp_path_factory.mktemp("events")
    for file in EVENTS:
        (folder / file.name).write_text(recent(file.read_text()))
    return folder


@pytest.fixture(scope="session")
def moto(tmp_path_factory):
    port = free_port()
    arguments = ["moto_server", "-H", "127.0.0.1", "-p", str(port)]
    server = Server("moto", tmp_path_factory.mktemp("moto"), arguments, port, PLAIN)
    yield server
    server.end()


@pytest.fixture(scope="session")
def ministack(tmp_path_factory):
    port = free_port()
    folder = tmp_path_factory.mktemp("ministack")
    environment = PLAIN | {
        "GATEWAY_PORT": str(port),
        # Functions inherit it; without it they would call the real AWS.
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0",
        "MINISTACK_REGION": REGION,
        "STATE_DIR": str(folder),
    }
    server = Server("ministack", folder, ["ministack"], port, environment)
    yield server
    server.end()


@pytest.fixture(scope="session")
def template():
    from cfnlint.decode.cfn_yaml import load

    return json.loads(json.dumps(load(str(ROOT / "template.yaml"))))
