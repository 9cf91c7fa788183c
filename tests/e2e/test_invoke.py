"""The function as `cargo lambda` runs it, with moto as CloudWatch Logs."""

import json

import pytest
from conftest import EVENTS, PLAIN, ROOT, Server, forwarded, free_port, logged, run

FUNCTION = "ecs-event-forwarder"
GROUPS = "/aws/events/ecs/"


@pytest.fixture(scope="session")
def watch(moto, tmp_path_factory):
    port = free_port()
    # The profile and features of `cargo test`, so nothing is built again.
    arguments = ["cargo", "lambda", "watch", "-A", "127.0.0.1", "-P", str(port), "--ignore-changes",
                 "--locked"]
    environment = PLAIN | {"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": moto.url}
    server = Server("watch", tmp_path_factory.mktemp("watch"), arguments, port, environment)
    yield server
    server.end()


def invoke(watch, file):
    done = run("cargo", "lambda", "invoke", "-A", "127.0.0.1", "-P", watch.port, FUNCTION,
               "--data-file", file, ok=False)
    return done, watch.log.read_text(errors="replace")


@pytest.fixture(scope="session")
def answers(watch, recent_events):
    """Each event, one after the other, in the order in which the command line reads them."""
    return {file.name: invoke(watch, recent_events / file.name) for file in EVENTS}


@pytest.mark.parametrize("name", [file.name for file in EVENTS])
def test_every_event_is_answered(answers, name):
    done, log = answers[name]
    assert done.returncode == 0, done.stdout + done.stderr + log
    answer = json.loads(done.stdout)
    if "Records" in json.loads((ROOT / "events" / name).read_text()):
        assert answer == {"batchItemFailures": []}
    else:
        assert answer["received"] == 1
        assert answer["failed"] == 0
        assert answer["stored"] + answer["dropped"] + answer["duplicates"] == 1


def test_cloudwatch_logs_holds_what_the_command_line_writes(answers, moto, recent_events, tmp_path):
    written = forwarded(recent_events, tmp_path / "out")
    held = logged(moto.client("logs"), GROUPS)
    assert written
    assert held.keys() == written.keys()
    for place in written:
        assert sorted(held[place]) == sorted(written[place]), place


def test_groups_have_their_retention_and_tags(answers, moto):
    logs = moto.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=GROUPS)["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {7}
    for group in groups:
        tags = logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"]
        cluster = group["logGroupName"].split("/")[-2]
        assert tags == ({} if cluster == "_unresolved" else {"ClusterName": cluster})


@pytest.mark.parametrize("file, error_type", [
    ("broken.json", "Forwarder.UnreadablePayload"),
    ("empty-object.json", "Forwarder.UnknownPayload"),
    ("s3.json", "Forwarder.UnknownPayload"),
    ("foreign-source.json", "Forwarder.ForeignSource"),
])
def test_what_is_refused_says_why(watch, file, error_type):
    done, log = invoke(watch, ROOT / "tests" / "fixtures" / file)
    assert done.returncode != 0
    assert error_type in done.stdout + done.stderr, done.stdout + done.stderr + log


def test_one_bad_record_of_a_batch_fails_alone(watch):
    file = ROOT / "tests" / "fixtures" / "sqs-one-unreadable.json"
    done, log = invoke(watch, file)
    assert done.returncode == 0, done.stdout + done.stderr + log
    failures = json.loads(done.stdout)["batchItemFailures"]
    assert len(failures) == 1
    assert len(json.loads(file.read_text())["Records"]) > 1
