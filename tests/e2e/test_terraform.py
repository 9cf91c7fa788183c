"""The Terraform module says what the template says."""

import json

import pytest
from conftest import ROOT, forwarded
from terraform import MODULE, applied, called, terraform
from test_template import PATTERNS, samples, variables


def listed(given, name, default):
    """A parameter that is a list in Terraform."""
    return given.get(name, default).split(",")


@pytest.fixture(scope="session")
def patterns(template, tmp_path_factory):
    """The event patterns of the submodule, for each row of the template's table."""
    defaults = {name: it["Default"] for name, it in template["Parameters"].items()}
    calls = {
        f"row{number}": {
            "sources": listed(given, "Sources", defaults["Sources"]),
            "select": given.get("Select", defaults["Select"]),
            "clusters": listed(given, "Clusters", defaults["Clusters"]),
            "event_types": listed(given, "EventTypes", defaults["EventTypes"]),
            "detail_types": listed(given, "DetailTypes", defaults["DetailTypes"]),
            "has_rules": "Rules" in given,
        }
        for number, (given, _) in enumerate(PATTERNS)
    }
    found = applied(called(tmp_path_factory.mktemp("patterns"), MODULE / "pattern", calls))
    return [found[name]["event_pattern"] for name in calls]


def test_all_of_it_is_formatted():
    terraform(MODULE, "fmt", "-check", "-recursive", "-diff")


@pytest.mark.parametrize("number", range(len(PATTERNS)))
def test_the_submodules_event_pattern_is_the_templates(patterns, number):
    _, expected = PATTERNS[number]
    assert json.loads(patterns[number]) == json.loads(expected)


def test_the_submodules_event_patterns_keep_what_the_function_keeps(
    ministack, patterns, samples, tmp_path
):
    client = ministack.client("events")
    for number, pattern in enumerate(patterns):
        given, _ = PATTERNS[number]
        stored = forwarded(samples, tmp_path / str(number), variables(given))
        kept = {json.loads(message)["id"] for messages in stored.values() for message in messages}
        assert kept
        for file in sorted(samples.iterdir()):
            event = json.loads(file.read_text())
            if event["id"] in kept:
                asked = {"account": "111122223333", "region": "eu-west-1", "resources": [],
                         "time": "2026-11-01T00:00:00Z", "detail": {}} | event
                matches = client.test_event_pattern(EventPattern=pattern, Event=json.dumps(asked))["Result"]
                assert matches, (file.name, pattern)
