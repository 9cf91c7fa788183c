"""The event pattern of a policy: an emulator that we did not write says of each event what our matcher says."""

import json

import pytest
from conftest import EVENTS, TARGET, run

POLICIES = [
    {},
    {"CLUSTERS": "prod"},
    {"CLUSTERS": "prod*,!prod-2", "EVENT_TYPES": "WARN,ERROR"},
    {"CLUSTERS": "!prod"},
    {"SELECT": "problems"},
    {"EVENT_TYPES": "WARN", "DETAIL_TYPES": "*", "SIDECARS": "envoy,log_router"},
    {"SELECT": "lifecycle"},
    {"SELECT": "lifecycle", "CLUSTERS": "prod,staging", "SERVICES": "web"},
    {"SERVICES": "web,api*", "TASK_STATUSES": "RUNNING,STOPPED"},
    {"EVENT_NAMES": "!SERVICE_STEADY_STATE", "DETAIL_TYPES": "ECS Service Action,ECS Task *"},
    {"RULES": '[{"clusters":["prod"],"eventTypes":["ERROR"]},'
              '{"detailTypes":["ECS Deployment*","AWS API Call via CloudTrail"]}]'},
]


@pytest.mark.parametrize("policy", POLICIES, ids=json.dumps)
def test_the_matcher_says_of_each_event_what_the_emulator_says(ministack, tmp_path, policy):
    for file in EVENTS:
        event = json.loads(file.read_text())
        if "detail-type" in event:
            (tmp_path / file.name).write_text(json.dumps(event))
            event["detail"] |= {"clusterArn": None, "eventType": "WARNING"}
            (tmp_path / f"odd-{file.name}").write_text(json.dumps(event))
    variables = {f"FORWARDER_{name}": value for name, value in policy.items()}
    program = TARGET / "debug" / "ecs-events"
    pattern = run(program, "pattern", "--compact", environment=variables).stdout.strip()
    rows = map(json.loads, run(program, "preview", "--json", tmp_path, environment=variables).stdout.splitlines())
    said = {row["file"]: row["matched"] for row in rows if "file" in row}
    assert len(said) > 100

    bus = ministack.client("events")
    for file, is_matched in said.items():
        event = (tmp_path / file).read_text()
        verdict = bus.test_event_pattern(EventPattern=pattern, Event=event)["Result"]
        assert verdict == is_matched, (file, pattern)
