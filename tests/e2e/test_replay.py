"""`ecs-events replay` into moto, interrupted and killed, and what `--from-log-group` reads back."""

import json
import re
import signal
import subprocess
from collections import Counter

import pytest
from conftest import PLAIN, ROOT, TARGET, logged, recent, run, until

CLUSTERS = 24
EACH = 3
PREFIX = "/replayed/"


@pytest.fixture
def desk(moto, tmp_path, request):
    """A dump of events in many batches, a place for them, and the way to call the command line."""
    groups = f"{PREFIX}{request.node.name}/"
    sample = json.dumps(json.loads((ROOT / "events/service-steady-state.json").read_text()))
    event_id = json.loads(sample)["id"]
    ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(CLUSTERS * EACH)]
    lines = [
        recent(sample).replace(event_id, each).replace("cluster/prod", f"cluster/c{number % CLUSTERS}")
        .replace("service/prod/", f"service/c{number % CLUSTERS}/")
        for number, each in enumerate(ids)
    ]
    dump = tmp_path / "dump.jsonl"
    dump.write_text("\n".join(lines) + "\n")
    environment = PLAIN | {
        "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": moto.url,
        "FORWARDER_LOG_GROUP": groups + "{cluster}",
    }
    command = [TARGET / "debug/ecs-events", "replay", dump, "--to", "cloudwatch",
               "--journal", tmp_path / "journal"]
    return moto.client("logs"), groups, ids, command, environment


def stored(logs, groups):
    """How often each id is in CloudWatch Logs."""
    held = logged(logs, groups)
    return Counter(json.loads(message)["id"] for messages in held.values() for message in messages)


def ended_early(desk, number, more):
    """How a run ends that is sent a signal once events of so many more clusters are stored."""
    logs, groups, _, command, environment = desk
    wanted = len(logged(logs, groups)) + more
    process = subprocess.Popen([*command, "--rate", "20"], env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    reached = until(lambda: len(logged(logs, groups)) >= wanted or process.poll() is not None)
    assert reached and process.poll() is None, process.communicate()
    process.send_signal(number)
    process.communicate(timeout=30)
    return process.returncode


def test_interrupted_at_any_point_every_event_is_stored_exactly_once(desk):
    logs, groups, ids, command, environment = desk
    for more in (1, 1, 2, 3):
        assert ended_early(desk, signal.SIGINT, more) == 1
        assert set(stored(logs, groups).values()) == {1}
    assert run(*command, environment=environment).returncode == 0
    assert stored(logs, groups) == Counter(ids)
    again = run(*command, environment=environment).stdout
    assert re.search(rf"^stored before +{len(ids)}$", again, re.MULTILINE), again
    assert stored(logs, groups) == Counter(ids)


def test_killed_only_the_batch_under_way_is_in_doubt(desk):
    logs, groups, ids, command, environment = desk
    assert ended_early(desk, signal.SIGKILL, 4) == -signal.SIGKILL
    rest = run(*command, environment=environment, ok=False)
    in_doubt = re.search(r"in doubt (\d+)", rest.stdout)
    held = stored(logs, groups)
    assert set(held.values()) == {1}
    missing = set(ids) - set(held)
    assert len(missing) <= (int(in_doubt[1]) if in_doubt else 0) <= EACH, rest.stdout
    assert run(*command, "--resend-in-doubt", environment=environment).returncode == 0
    assert set(stored(logs, groups)) == set(ids)


def test_what_is_stored_can_be_read_from_its_log_group(desk):
    logs, groups, ids, command, environment = desk
    run(*command, environment=environment)
    read = run(TARGET / "debug/ecs-events", "preview", "--json", "--from-log-group", f"{groups}c0",
               "--since", "13d", environment=environment).stdout
    *events, summary = map(json.loads, read.splitlines())
    assert len(events) == EACH and summary["summary"]["kept"] == EACH, read
    assert {event["cluster"] for event in events} == {"c0"}
