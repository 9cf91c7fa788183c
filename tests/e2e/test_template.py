"""What the template's parameters become: the event pattern loses nothing that the function keeps."""

import copy
import itertools
import json
import re
from types import SimpleNamespace

import boto3
import pytest
from cloudformation import Resolver, evaluate
from conftest import EVENTS, REGION, ROOT, TARGET, forwarded, run
from samtranslator.translator.transform import transform

ECS = '"detail-type":[{"prefix":"ECS "}]'
SOURCE = '"source":["aws.ecs"]'
LACKING = '{"exists":false},null'
PROBLEMS = f'"eventType":[{LACKING},{{"anything-but":"INFO"}}]'
ERRORS = f'"eventType":[{LACKING},{{"anything-but":["INFO","WARN","WARNING"]}}]'
WARNINGS = f'"eventType":[{LACKING},"WARN","WARNING","AwsApiCall","AwsServiceEvent"]'

ABSENT = object()

# Parameters, and the event pattern.
PATTERNS = [
    ({}, f"{{{SOURCE},{ECS}}}"),
    ({"Sources": "aws.ecs,my.ecs"}, f'{{"source":["aws.ecs","my.ecs"],{ECS}}}'),
    ({"Clusters": "prod"},
     f'{{{SOURCE},{ECS},"detail":{{"clusterArn":[{LACKING},{{"suffix":"/prod"}}]}}}}'),
    ({"Clusters": "prod,other"},
     f'{{{SOURCE},{ECS},"detail":{{"clusterArn":[{LACKING},'
     '{"suffix":"/prod"},{"suffix":"/other"}]}}'),
    ({"Clusters": "st*,o*r"},
     f'{{{SOURCE},{ECS},"detail":{{"clusterArn":[{LACKING},'
     '{"wildcard":"*:cluster/st*"},{"wildcard":"*:cluster/o*r"}]}}'),
    ({"Clusters": "prod,st*"},
     f'{{{SOURCE},{ECS},"detail":{{"clusterArn":[{LACKING},'
     '{"wildcard":"*:cluster/prod"},{"wildcard":"*:cluster/st*"}]}}'),
    ({"Clusters": "prod,*"}, f"{{{SOURCE},{ECS}}}"),
    ({"Clusters": "!prod"}, f"{{{SOURCE},{ECS}}}"),
    ({"Clusters": "*,!prod"}, f"{{{SOURCE},{ECS}}}"),
    ({"Clusters": "st*,!staging-2"}, f"{{{SOURCE},{ECS}}}"),
    ({"DetailTypes": "*"}, f"{{{SOURCE}}}"),
    ({"DetailTypes": "ECS *,!ECS Hook State Change"}, f"{{{SOURCE}}}"),
    ({"DetailTypes": "!AWS API Call via CloudTrail"}, f"{{{SOURCE}}}"),
    ({"DetailTypes": "ECS Task State Change,ECS Service Action"},
     f'{{{SOURCE},"detail-type":["ECS Task State Change","ECS Service Action"]}}'),
    ({"DetailTypes": "ECS *,AWS API Call via CloudTrail", "Clusters": "prod"},
     f'{{{SOURCE},"detail-type":[{{"wildcard":"ECS *"}},{{"wildcard":"AWS API Call via CloudTrail"}}],'
     f'"detail":{{"clusterArn":[{LACKING},{{"suffix":"/prod"}}]}}}}'),
    ({"Rules": '[{"detailTypes":["*"]}]', "Clusters": "prod"}, f"{{{SOURCE}}}"),
    ({"EventTypes": "WARN,ERROR"}, f'{{{SOURCE},{ECS},"detail":{{{PROBLEMS}}}}}'),
    ({"EventTypes": "ERROR"}, f'{{{SOURCE},{ECS},"detail":{{{ERRORS}}}}}'),
    ({"EventTypes": "WARN", "DetailTypes": "*"}, f'{{{SOURCE},"detail":{{{WARNINGS}}}}}'),
    ({"EventTypes": "ERROR", "DetailTypes": "*"}, f'{{{SOURCE},"detail":{{{ERRORS}}}}}'),
    ({"Clusters": "prod", "EventTypes": "WARN,ERROR"},
     f'{{{SOURCE},{ECS},"detail":{{"clusterArn":[{LACKING},{{"suffix":"/prod"}}],{PROBLEMS}}}}}'),
    ({"EventTypes": "!INFO"}, f"{{{SOURCE},{ECS}}}"),
    ({"EventTypes": "*,!WARN"}, f"{{{SOURCE},{ECS}}}"),
    ({"EventTypes": "INFO,WARN"}, f"{{{SOURCE},{ECS}}}"),
    ({"Select": "lifecycle"}, f"{{{SOURCE},{ECS}}}"),
    ({"Select": "problems"}, f'{{{SOURCE},{ECS},"detail":{{{PROBLEMS}}}}}'),
    ({"Select": "problems", "EventTypes": "INFO,ERROR"}, f'{{{SOURCE},{ECS},"detail":{{{ERRORS}}}}}'),
    ({"Select": "problems", "EventTypes": "!ERROR", "DetailTypes": "*"},
     f'{{{SOURCE},"detail":{{{PROBLEMS}}}}}'),
    ({"Select": "problems", "Rules": '[{"eventTypes":["ERROR"]}]'}, f'{{{SOURCE},"detail":{{{PROBLEMS}}}}}'),
    ({"EventTypes": "ERROR", "Rules": '[{"detailTypes":["*"]}]'}, f"{{{SOURCE}}}"),
]


def variables(given):
    """The function's variables that the parameters become."""
    lists = {"Clusters", "EventTypes", "DetailTypes", "EventNames", "Services", "TaskStatuses"}
    return {
        "FORWARDER" + re.sub("[A-Z]", lambda letter: "_" + letter[0], name).upper(): value
        for name, value in given.items()
        if not (given.get("Rules") and name in lists)
    }


@pytest.fixture(scope="session")
def samples(tmp_path_factory):
    """Events that the function accepts alone, each also with no clusterArn, with one that is null, and
    with every eventType."""
    folder = tmp_path_factory.mktemp("samples")
    numbers = itertools.count()

    def write(name, event, **changes):
        # With an identity of its own, or it could pass for a duplicate.
        number = next(numbers)
        detail = event.get("detail")
        if isinstance(detail, dict):
            detail = detail | {"version": number} | changes
            detail = {key: value for key, value in detail.items() if value is not ABSENT}
            event = event | {"detail": detail}
        (folder / name).write_text(json.dumps(event | {"id": f"sample-{number}"}))

    for file in EVENTS + sorted((ROOT / "tests" / "fixtures").glob("*.json")):
        try:
            event = json.loads(file.read_text())
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("source") == "aws.ecs":
            write(file.name, event)
            write(f"absent-{file.name}", event, clusterArn=ABSENT)
            write(f"null-{file.name}", event, clusterArn=None)
            if "CloudTrail" in event["detail-type"]:
                # Its own eventType is AwsApiCall or AwsServiceEvent.
                write(f"denied-{file.name}", event, errorCode="AccessDenied")
                continue
            for event_type in ("INFO", "WARN", "WARNING", "ERROR", "NEW", None):
                write(f"{event_type}-{file.name}", event, eventType=event_type)
    return folder


@pytest.mark.parametrize("given, expected", PATTERNS)
def test_the_event_pattern_keeps_what_the_function_keeps(
    moto, ministack, template, samples, tmp_path, given, expected
):
    pattern = template["Resources"]["Rule"]["Properties"]["EventPattern"]
    pattern = evaluate(moto, template, given, {"Pattern": pattern})[1]["Pattern"]
    assert pattern == expected

    stored = forwarded(samples, tmp_path / "out", variables(given))
    kept = {json.loads(message)["id"] for messages in stored.values() for message in messages}
    assert kept
    events = ministack.client("events")
    for file in sorted(samples.iterdir()):
        event = json.loads(file.read_text())
        asked = {"account": "111122223333", "region": "eu-west-1", "resources": [],
                 "time": "2026-11-01T00:00:00Z", "detail": {}} | event
        matches = events.test_event_pattern(EventPattern=pattern, Event=json.dumps(asked))["Result"]
        assert matches or event["id"] not in kept, (file.name, pattern)


# What does not say its cluster in full, the clusters that reach the function, and those that do not.
UNSAID = [
    ("deployment-failed", ["staging", "st*", "other", "!prod"], []),
    ("deployment-of-unknown-cluster", ["staging", "other", "*"], []),
    ("service-old-arn", ["staging", "st*", "other,staging"], ["other"]),
    ("task-old-arns", ["prod", "p*"], ["other", "st*"]),
    ("service-empty-resources", ["staging", "*g"], ["other"]),
]


@pytest.mark.parametrize("name, reaching, left", UNSAID)
def test_events_that_do_not_say_all_reach_the_function_where_their_cluster_may_be_wanted(
    moto, ministack, template, name, reaching, left
):
    event = json.loads((ROOT / "events" / f"{name}.json").read_text())
    pattern = template["Resources"]["Rule"]["Properties"]["EventPattern"]
    events = ministack.client("events")
    for clusters in reaching + left:
        said = evaluate(moto, template, {"Clusters": clusters}, {"Pattern": pattern})[1]["Pattern"]
        verdict = events.test_event_pattern(EventPattern=said, Event=json.dumps(event))["Result"]
        assert verdict == (clusters in reaching), (clusters, said)


@pytest.mark.parametrize("name, good, bad", [
    ("Sources", ["aws.ecs", "aws.ecs,my.ecs"], ["", "a,,b", "a, b", 'a"b', "!a", "a*"]),
    ("Clusters", ["*", "a", "a-1,b_*", "!a,!b*"], ["", "a,", "a, b", "a**", 'a"', "a\\", "a/b", "!"]),
    ("DetailTypes", ["ECS *", "ECS *,!ECS Hook State Change", "*"],
     ["", " ECS *", "ECS * ", "ECS *, x", "a,,b", "**", 'a"b', "a\\b"]),
    ("EventTypes", ["INFO,WARN,ERROR", "*", "!INFO"], ["", "info", "INFO, WARN"]),
    ("Rules", ["", '[{"clusters":["a"]}]'], ["{}", "x"]),
    ("LogGroup", ["/a/{cluster}/b", "/a", "/a/{account}-{region}/{cluster}"],
     ["", "{cluster}", "/a/{name}", "/a/{", "/a b"]),
    ("FallbackLogGroup", ["/a"], ["", "/a/{region}"]),
    ("Tags", ["", "a=b", "a=b,c="], ["a", "a=b,", ",a=b"]),
    ("KmsKeyArn", ["", "arn:aws-cn:kms:cn-north-1:111122223333:key/1-a"], ["key/1"]),
    ("DropFields", ["", "detail.a[].b,detail.c"], ["a, b", "a,,b"]),
    # Logs Insights asks 50 log groups at most.
    ("DashboardClusters", ["", "a", "a-1,b_2", ",".join(["a" * 255] * 50)],
     ["a,", "a b", "a*", ",".join(["a"] * 51), ",".join(["a"] * 1000)]),
    ("Name", ["", "a", "ecs-events_1"], ["a b", "a/b", "a.b"]),
    ("PermissionsBoundary",
     ["", "arn:aws-cn:iam::111122223333:policy/path/boundary", "arn:aws:iam::aws:policy/ReadOnlyAccess",
      "boundary", "path/to/boundary"],
     ["arn:aws:iam::1:policy/a", "/path/boundary", "path//boundary", "path/", "a b", "a:b", "${AWS::AccountId}"]),
])
def test_parameters_take_what_can_be_passed_on(template, name, good, bad):
    allowed = re.compile(template["Parameters"][name]["AllowedPattern"])
    assert [text for text in good if not allowed.search(text)] == []
    assert [text for text in bad if allowed.search(text)] == []


def test_parameters_have_the_functions_defaults(template):
    text = (ROOT / "src" / "config" / "var.rs").read_text()
    known = dict(re.findall(r'"(FORWARDER_[A-Z_]+)",\s*"([^"]*)",', text))
    passed = template["Resources"]["Function"]["Properties"]["Environment"]["Variables"]
    assert passed.keys() == known.keys()
    given = {name: str(it["Default"]) for name, it in template["Parameters"].items() if "Default" in it}
    given = {name: value for name, value in variables(given).items() if name in known}
    assert given == known


def test_lambda_retries_twice_and_nothing_stands_between_code_and_environment(template):
    """`function::an_event_that_arrives_during_an_update_is_stored_by_a_retry` shows what for."""
    function = template["Resources"]["Function"]["Properties"]
    assert function["EventInvokeConfig"]["MaximumRetryAttempts"] == 2
    assert "AutoPublishAlias" not in function and "VersionDescription" not in function


# EventBridge's quota for the pattern of a rule. It can be raised, up to what the API takes.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
PATTERN_CHARACTERS = 2048


def test_about_40_clusters_fit_the_pattern_of_the_template_and_more_that_of_the_command_line(template):
    pattern = template["Resources"]["Rule"]["Properties"]["EventPattern"]

    def fits(names):
        made = Resolver(template, {"Clusters": ",".join(names)}, {}).value(pattern)
        assert all(f'"/{name}"' in made for name in names)
        return len(made) <= PATTERN_CHARACTERS

    names = [f"{number:03}-{'c' * 28}" for number in range(100)]
    most = max(count for count in range(1, 101) if fits(names[:count]))
    assert 40 <= most < 45
    printed = run(TARGET / "debug" / "ecs-events", "pattern", "--compact",
                  environment={"FORWARDER_CLUSTERS": ",".join(names)}).stdout.strip()
    assert len(printed) <= PATTERN_CHARACTERS
    allowed = int(template["Parameters"]["EventPattern"]["MaxLength"])
    shapes = boto3.client("events", region_name=REGION).meta.service_model
    assert PATTERN_CHARACTERS <= allowed == shapes.shape_for("EventPattern").metadata["max"]


def test_a_name_fits_a_function_and_a_rule(template):
    assert template["Parameters"]["Name"]["MaxLength"] == 64


# What an operator does, in the words of the alarms.
CURES = re.compile(
    r"\b(Read|Look up|look for|Remove|Raise|raise|Allow|deploy|They are in|shows what to fix|fix the leak)\b"
)


def test_an_alarm_says_what_is_the_matter_and_what_to_do(template):
    alarms = {
        name: it["Properties"]["AlarmDescription"]
        for name, it in template["Resources"].items() if it["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert len(alarms) == 13
    for name, text in alarms.items():
        text = text["Fn::Sub"] if isinstance(text, dict) else text
        sentences = re.split(r"(?<=[.:]) ", text)
        assert len(sentences) >= 2, f"{name} says the cause or the cure, not both"
        assert not CURES.search(sentences[0]) and CURES.search(text), f"{name}: {text}"
        # CloudWatch's limit, with a name of 64 characters in the text.
        assert len(text) + 64 <= 1024 and "\n" not in text.strip(), name


def transformed(template):
    """Plain CloudFormation, as SAM makes it of the template; no managed policy is known to it."""
    packaged = copy.deepcopy(template)
    packaged["Resources"]["Function"]["Properties"]["CodeUri"] = "s3://bucket/key"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        return transform(packaged, {}, SimpleNamespace(load=dict))


def arms(value):
    """What a value is where its condition holds, and where not: together all that it can become."""
    return value["Fn::If"][1:] if isinstance(value, dict) and "Fn::If" in value else [value]


def listed(value):
    values = value if isinstance(value, list) else [value]
    return [arm for it in values for arm in arms(it) if arm != {"Ref": "AWS::NoValue"}]


def granted(moto, template):
    """All that the roles of the template allow with the default parameters: statement, action, resource."""
    found, asked = set(), {}
    for role in template["Resources"].values():
        if role["Type"] != "AWS::IAM::Role":
            continue
        assert "ManagedPolicyArns" not in role["Properties"]
        for policy in role["Properties"]["Policies"]:
            for statement in listed(policy["PolicyDocument"]["Statement"]):
                assert statement["Effect"] == "Allow" and "NotAction" not in statement
                for resource in listed(statement["Resource"]):
                    if resource == {"Ref": "KmsKeyArn"}:
                        resource = "KmsKeyArn"
                    elif isinstance(resource, dict) and "Fn::GetAtt" in resource:
                        resource = resource["Fn::GetAtt"][0]
                    else:
                        # The names of resources are not known to what evaluates texts alone.
                        text = json.dumps(resource).replace("${FunctionLogGroup}", "/aws/lambda/STACK")
                        asked[f"Resource{len(asked)}"] = json.loads(text)
                        resource = f"Resource{len(asked) - 1}"
                    found |= {(statement["Sid"], action, resource) for action in listed(statement["Action"])}
    _, texts = evaluate(moto, template, {}, asked)
    return {(sid, action, texts.get(it, it).split(":", 5)[-1]) for sid, action, it in found}


def test_the_role_is_what_security_says(moto, template):
    table = re.findall(r"^\| `(\w+)`[^|]* \| ([^|]+) \| ([^|]+) \|", (ROOT / "SECURITY.md").read_text(), re.M)
    said, places = set(), {}
    for statement, actions, on in table:
        if on != "the same":
            places[statement] = [it for it in re.findall("`([^`]+)`", on) if it not in template["Parameters"] or it == "KmsKeyArn"]
        said |= {(statement, action, place)
                 for action in re.findall("`([^`]+)`", actions) for place in places[statement]}
    assert granted(moto, transformed(template)) == said
    functions = [it for it in template["Resources"].values() if it["Type"] == "AWS::Serverless::Function"]
    assert all("Policies" not in function["Properties"] for function in functions)
