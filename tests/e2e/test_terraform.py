"""The Terraform module deploys what the template deploys: resource by resource, argument by argument."""

import json
import re

import pytest
from aws_provider import RELEASE, camel, schema, types_of
from cfnlint.decode.cfn_yaml import load
from cloudformation import Resolver
from conftest import REGION, ROOT
from terraform import (
    ACCOUNT,
    META,
    MODULE,
    applied,
    called,
    expression,
    is_block,
    members,
    module_without_provider,
    read,
    terraform,
    without_provider,
)
from test_deploy import OTHERWISE
from test_template import PATTERNS, transformed

NAME = "ecs-event-forwarder"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1-a"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:topic"

# Sets of parameters for which the two are compared.
GIVEN = [
    {},
    OTHERWISE,
    {name: value for name, value in OTHERWISE.items() if name not in ("Rules", "EventPattern", "LogClass")},
    {"Alarms": "off", "AlarmTopicArn": TOPIC},
    {"AlarmTopicArn": TOPIC, "OkActions": "on", "Metrics": "core", "EcsMetrics": "on"},
    {"OkActions": "on", "SilenceHours": "0", "PermissionsBoundary": "path/boundary"},
    {"DashboardClusters": "a,b", "IngestionPrice": "0.57", "Metrics": "detailed", "SilenceHours": "168"},
    {"DashboardClusters": "a", "LogGroup": "/own/{cluster}", "FieldIndexes": "on"},
    {"LogGroup": "/literal", "FieldIndexes": "on", "KmsKeyArn": KEY, "Tags": "team=platform,a=b"},
    {"LogClass": "INFREQUENT_ACCESS", "DashboardClusters": "a", "FieldIndexes": "on"},
    {"SavedQueries": "off", "Dashboard": "off", "Clusters": "prod", "EventTypes": "ERROR"},
    {"Rules": '[{"clusters":["a*"],"eventTypes":["ERROR","WARN"]},{"detailTypes":["*"],"eventNames":["!X"],'
              '"services":["web"],"taskStatuses":["STOPPED"]}]', "Select": "problems"},
]


def snake(name):
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


# What Terraform calls otherwise than by the words of CloudFormation, by resource type.
RENAMED = {
    "AWS::CloudWatch::Alarm": {"OKActions": "ok_actions", "MetricName": "metric_name"},
    "AWS::Lambda::EventSourceMapping": {},
    "AWS::Logs::LogGroup": {"LogGroupName": "name"},
    "AWS::Logs::QueryDefinition": {},
    "AWS::SQS::Queue": {
        "MessageRetentionPeriod": "message_retention_seconds",
        "VisibilityTimeout": "visibility_timeout_seconds",
    },
    "AWS::SQS::QueuePolicy": {"PolicyDocument": "policy"},
}
# Arguments that are JSON.
JSON = {"assume_role_policy", "dashboard_body", "event_pattern", "policy", "policy_document", "redrive_policy"}
# What CloudFormation makes up, or gets in another way.
OWN = {"alarm_name", "code", "name_prefix", "filename", "source_code_hash"}


def blocks(value):
    """Properties as arguments: the names in Terraform's spelling, and objects as blocks."""
    if isinstance(value, dict):
        return [{snake(name): blocks(it) for name, it in value.items()}]
    return value


def plain(value):
    """Texts for numbers and booleans, and nothing for what is empty, because both say it so or so."""
    if isinstance(value, dict):
        values = {name: plain(it) for name, it in value.items()}
        return {name: it for name, it in values.items() if it not in (None, "", [], {}, [{}])}
    if isinstance(value, list):
        return [plain(it) for it in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if value is None else str(value)


def document(value):
    """A document of JSON. Of policies, lists of one and their order mean nothing."""
    value = json.loads(value) if isinstance(value, str) else value
    for statement in value.get("Statement", []):
        for part in ("Action", "Resource"):
            one = statement.get(part, [])
            statement[part] = sorted(one if isinstance(one, list) else [one])
    if "Statement" in value:
        value["Statement"].sort(key=lambda statement: statement.get("Sid", ""))
    return value


def environment(variables):
    """Variables as they are read: tags in no order, rules as JSON."""
    read = {name: value for name, value in variables.items() if value != ""}
    read["FORWARDER_TAGS"] = sorted(read["FORWARDER_TAGS"].split(","))
    if "FORWARDER_RULES" in read:
        read["FORWARDER_RULES"] = json.loads(read["FORWARDER_RULES"])
    return read


def normal(arguments):
    """The arguments of a resource, so that two that mean the same are equal."""
    kept = {name: value for name, value in arguments.items() if name not in OWN}
    kept = {name: document(it) if name in JSON and it else it for name, it in kept.items()}
    if "variables" in (kept.get("environment") or [{}])[0]:
        kept["environment"] = environment(kept["environment"][0]["variables"])
    return plain(kept)


# The template's words, and the module's.
WORDS = [
    ("deploy the stack again, then set ProcessDeadLetters=true", "apply again, then set process_dead_letters = true"),
    ("then deploy with ProcessDeadLetters=true", "then apply with process_dead_letters = true"),
    ("deploy the stack again", "apply again"),
    ("alarm of a stack", "alarm of a function"),
    ("the template makes", "the module makes"),
    ("If it is empty, the module", "If it is null, the module"),
    ("Select=problems", 'select = "problems"'),
    ("LogClass=INFREQUENT_ACCESS", 'log_class = "INFREQUENT_ACCESS"'),
    ("Build and deploy with the same value", "The zip file must be built for it"),
    ("ParkedQueue is always", "the parked queue is always"),
    ("FailureQueue of the central account", "the failure queue of the central account"),
    ("empties with ProcessDeadLetters=true", "empties with process_dead_letters = true"),
]


def said(text, name=None):
    """A text of the template in Terraform's words; in an alarm, with the names of the queues."""
    for template, module in WORDS:
        text = text.replace(template, module)
    for queue in ("Undelivered", "Failure", "Parked") if name else ():
        text = text.replace(f"{queue}Queue", f"{name}-{queue.lower()}")
    return text


def addressed(logical, kind, properties, name):
    """What a resource of the template is in Terraform: addresses and arguments."""
    renamed = RENAMED.get(kind, {})
    arguments = {renamed.get(key, snake(key)): blocks(value) for key, value in properties.items()}
    stem = snake(logical)
    match kind:
        case "AWS::SQS::Queue":
            stem = stem.removesuffix("_queue")
            arguments |= {"name": f"{name}-{stem}", "redrive_policy": properties.get("RedrivePolicy")}
            yield f"aws_sqs_queue.{stem}", arguments
        case "AWS::SQS::QueuePolicy":
            [queue] = arguments.pop("queues")
            arguments |= {"queue_url": queue, "policy": properties["PolicyDocument"]}
            yield f"aws_sqs_queue_policy.{stem.removesuffix('_queue_policy')}", arguments
        case "AWS::Lambda::Function":
            del arguments["tags"]  # SAM's own.
            arguments["environment"] = [{"variables": properties["Environment"]["Variables"]}]
            yield "aws_lambda_function.function", arguments
        case "AWS::Lambda::EventInvokeConfig":
            assert arguments.pop("qualifier") == "$LATEST"
            yield "aws_lambda_function_event_invoke_config.function", arguments
        case "AWS::Lambda::EventSourceMapping":
            yield f"aws_lambda_event_source_mapping.{stem.removesuffix('_mapping')}", arguments
        case "AWS::Lambda::Permission":
            yield f"aws_lambda_permission.{stem.removesuffix('_permission')}", arguments
        case "AWS::IAM::Role":
            [policy] = properties["Policies"]
            del arguments["policies"]
            arguments |= {
                "assume_role_policy": properties["AssumeRolePolicyDocument"],
                "description": arguments["description"].replace("in stack ", ""),
            }
            del arguments["assume_role_policy_document"]
            yield "aws_iam_role.role", arguments
            inline = {"name": policy["PolicyName"], "role": "role", "policy": policy["PolicyDocument"]}
            yield f"aws_iam_role_policy.{policy['PolicyName'].replace('-', '_')}", inline
        case "AWS::Events::Rule":
            [target] = properties["Targets"]
            del arguments["targets"]
            yield "aws_cloudwatch_event_rule.rule", arguments
            target = {snake(key): blocks(value) for key, value in target.items()}
            target |= {"rule": name, "target_id": target.pop("id")}
            yield f"aws_cloudwatch_event_target.{snake(target['target_id'])}", target
        case "AWS::Logs::LogGroup":
            yield "aws_cloudwatch_log_group.function", arguments
        case "AWS::CloudWatch::Alarm":
            dimensions = {it["Name"]: it["Value"] for it in properties["Dimensions"]}
            text = said(properties["AlarmDescription"], name).replace("SilenceHours", "silence_hours")
            arguments |= {"dimensions": dimensions, "alarm_description": text}
            stem = stem.removesuffix("_alarm")
            yield "aws_cloudwatch_metric_alarm." + ("silence.0" if stem == "silence" else f"alarm.{stem}"), arguments
        case "AWS::CloudWatch::Dashboard":
            yield "aws_cloudwatch_dashboard.dashboard.0", arguments
        case "AWS::Logs::QueryDefinition":
            yield f"aws_cloudwatch_query_definition.query.{stem.removesuffix('_query').replace('_', '-')}", arguments
        case "AWS::Logs::AccountPolicy":
            arguments["policy_document"] = properties["PolicyDocument"]
            yield "aws_cloudwatch_log_account_policy.field_indexes.0", arguments
        case _:
            raise AssertionError(f"{logical}: Terraform's counterpart of {kind} is not known to this test")


def resolver(template, given, partition="aws", region=REGION, name=NAME):
    name = given.get("Name", name)
    known = {
        "AWS::Partition": partition, "AWS::Region": region, "AWS::AccountId": ACCOUNT,
        # Terraform knows no stack, so its name is the function's.
        "AWS::StackName": name,
        "Function": name, "Function.Arn": f"arn:{partition}:lambda:{region}:{ACCOUNT}:function:{name}",
        "Rule": name, "Rule.Arn": f"arn:{partition}:events:{region}:{ACCOUNT}:rule/{name}",
        "Role.Arn": f"arn:{partition}:iam::{ACCOUNT}:role/role", "FunctionLogGroup": f"/aws/lambda/{name}",
    }
    for queue in ("Undelivered", "Failure", "Parked"):
        called = f"{name}-{queue.lower()}"
        known |= {
            f"{queue}Queue": f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{called}",
            f"{queue}Queue.Arn": f"arn:{partition}:sqs:{region}:{ACCOUNT}:{called}",
            f"{queue}Queue.QueueName": called,
        }
    return Resolver(template, given, known)


def of_template(template, given, name=NAME, **place):
    """What a template deploys, as Terraform would say it."""
    found = {}
    for logical, properties in resolver(template, given, name=name, **place).resources().items():
        kind = template["Resources"][logical]["Type"]
        for address, arguments in addressed(logical, kind, properties, given.get("Name", name)):
            assert address not in found
            found[address] = normal(arguments)
    return found


def of_module(outputs):
    """What the module deploys."""
    found = {}
    for address, resource in outputs["resources"].items():
        if isinstance(resource, list):
            found |= {f"{address}.{key}": it for key, it in enumerate(resource)}
        elif resource and "given" not in resource:
            found |= {f"{address}.{key}": it for key, it in resource.items()}
        elif resource:
            found[address] = resource
    return {address: normal(it["given"]) for address, it in found.items()}


def typed(given, module=MODULE):
    """Parameters as the variables of a module."""
    types = {name: expression(body["type"]) for (name,), body in read(module)["variable"]}
    found = {}
    for parameter, value in given.items():
        name = snake(parameter)
        match types[name]:
            case "bool":
                found[name] = value in ("on", "true")
            case "number":
                found[name] = json.loads(value)
            case "list(string)":
                found[name] = value.split(",") if value else []
            case "map(string)":
                found[name] = dict(it.split("=", 1) for it in value.split(",")) if value else {}
            case "string":
                found[name] = value or None
            case _:
                rules = json.loads(value or "[]")
                found[name] = [{snake(key): list for key, list in rule.items()} for rule in rules]
    return found


@pytest.fixture(scope="session")
def plain_template(template):
    """The template as SAM transforms it."""
    return json.loads(json.dumps(transformed(template)))


def evaluated(folder, sets, **place):
    """The outputs of the module for each set of parameters, as Terraform evaluates it."""
    zip_file = folder / "function.zip"
    zip_file.write_bytes(b"")
    calls = {f"set{number}": typed(given) | {"zip": str(zip_file)} for number, given in enumerate(sets)}
    copy = module_without_provider(folder / "copy", **place)
    outputs = applied(called(folder / "root", copy, calls))
    return [outputs[name] for name in calls]


@pytest.fixture(scope="session")
def deployed(tmp_path_factory):
    return evaluated(tmp_path_factory.mktemp("module"), GIVEN)


@pytest.mark.parametrize("number", range(len(GIVEN)))
def test_the_module_deploys_what_the_template_deploys(plain_template, deployed, number):
    assert of_module(deployed[number]) == of_template(plain_template, GIVEN[number])


def test_the_module_deploys_in_china_what_the_template_deploys_there(plain_template, tmp_path):
    china = {"partition": "aws-cn", "region": "cn-north-1"}
    given = {"AlarmTopicArn": "arn:aws-cn:sns:cn-north-1:111122223333:topic"}
    [outputs] = evaluated(tmp_path, [given], **china)
    expected = of_template(plain_template, given, **china)
    assert of_module(outputs) == expected
    assert not any("async_events_dropped" in address for address in expected)


# Types with names that are global to an account, and those with names of a Region's own. Decide of a new type.
GLOBAL = {"AWS::CloudWatch::Dashboard": "DashboardName", "AWS::IAM::Role": "RoleName"}
REGIONAL = {
    "AWS::CloudWatch::Alarm", "AWS::Events::Rule", "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Function", "AWS::Lambda::Permission",
    "AWS::Logs::AccountPolicy", "AWS::Logs::LogGroup", "AWS::Logs::QueryDefinition", "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
}


@pytest.mark.parametrize("given", [{}, OTHERWISE | {"Dashboard": "on"}])
def test_two_regions_of_an_account_take_stacks_of_one_name(plain_template, given):
    kinds = {name: it["Type"] for name, it in plain_template["Resources"].items()}
    assert set(kinds.values()) == REGIONAL | GLOBAL.keys()
    here, there = (
        resolver(plain_template, given, region=region).resources() for region in ("eu-west-1", "us-east-1")
    )
    names = [
        (properties[GLOBAL[kinds[name]]], there[name][GLOBAL[kinds[name]]])
        for name, properties in here.items() if GLOBAL.get(kinds[name]) in properties
    ]
    name = given.get("Name", NAME)
    assert names == [(f"{name}-eu-west-1", f"{name}-us-east-1")]


def test_no_role_has_a_name_that_two_regions_would_share():
    for folder in (MODULE, MODULE / "spoke"):
        roles = [body for (kind, _), body in read(folder)["resource"] if kind == "aws_iam_role"]
        assert roles and not any("name" in it for it in roles)
    spoke = load(str(ROOT / "spoke.yaml"))["Resources"]
    assert not any("RoleName" in it["Properties"] for it in spoke.values())


def test_the_sets_of_parameters_show_all_that_the_template_can_become(plain_template):
    of_patterns = re.compile("Clusters|DetailTypes?|EventTypes|DetailSays|DetailInPattern")
    for condition in plain_template["Conditions"]:
        if not of_patterns.match(condition) and condition != "HasAlarmOnDrops":
            verdicts = {resolver(plain_template, given).holds(condition) for given in GIVEN}
            assert verdicts == {True, False}, condition
    assert OTHERWISE.keys() == plain_template["Parameters"].keys()


def literal(value):
    """A value of HCL that is written out."""
    if isinstance(value, str):
        return json.loads(value)
    if isinstance(value, list):
        return [literal(it) for it in value]
    return value


def test_variables_are_the_templates_parameters_with_their_defaults(template):
    defaults = {name: literal(body["default"]) for (name,), body in read(MODULE)["variable"] if "default" in body}
    expected = typed({name: str(it["Default"]) for name, it in template["Parameters"].items()})
    # Terraform knows no stack, whose name the function could have.
    assert defaults == expected | {"name": NAME}
    assert {name for (name,), _ in read(MODULE)["variable"]} == defaults.keys() | {"zip"}


# What Terraform says in its own way: a stack's name, JSON that is typed here, lists without commas.
OWN_WORDS = {"name", "rules", "event_names", "task_statuses", "keep_fields", "tags"}


def described(template):
    """The descriptions of the template's parameters, as the module has them."""
    names = re.compile(r"\b(" + "|".join(name for name in template["Parameters"] if re.search("[a-z][A-Z]", name)) + r")\b")
    for name, parameter in template["Parameters"].items():
        if snake(name) not in OWN_WORDS:
            text = names.sub(lambda found: snake(found[0]), said(parameter["Description"]))
            # Single words are names of parameters only where they have a capital within a sentence.
            text = re.sub(r"(?<=[a-z,] )(Sources|Clusters|Select|Rules|Metrics)\b", lambda it: it[0].lower(), text)
            allowed = parameter.get("AllowedValues", [])
            if parameter["Type"] == "String" and allowed and not {"on", "true"} & set(allowed):
                text = f"{text} One of {', '.join(allowed)}."
            yield snake(name), text


def test_variables_are_described_as_the_parameters_are(template):
    descriptions = {name: literal(body["description"]) for (name,), body in read(MODULE)["variable"]}
    expected = dict(described(template))
    assert {name: descriptions[name] for name in expected} == expected


def test_outputs_are_the_templates(template):
    outputs = {name: literal(body["description"]) for (name,), body in read(MODULE)["output"]}
    assert outputs == {snake(name): it["Description"] for name, it in template["Outputs"].items()}


RETENTION = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
# What a variable takes, and what it refuses; the template's parameter the same, joined by commas.
TAKEN = [
    ("sources", [["aws.ecs"], ["aws.ecs", "my.ecs"]], [[], ["a b"], ['a"b'], ["!a"], ["a*"], [""]]),
    ("select", ["everything", "lifecycle", "problems"], ["", "all"]),
    ("clusters", [["*"], ["a-1", "b_*"], ["!a", "!b*"]], [[], [""], ["a b"], ["a**"], ["a\\"], ["a/b"], ["!"]]),
    ("event_types", [["INFO", "WARN", "ERROR"], ["*"], ["!INFO"]], [[], ["info"], ["INFO "]]),
    ("detail_types", [["ECS *", "!ECS Hook State Change"], ["*"]],
     [[], [" ECS *"], ["ECS * "], ["**"], ['a"b'], ["a\\b"], [""]]),
    ("event_names", [["!SERVICE_STEADY_STATE"]], [[], ["a b"], [""]]),
    ("services", [["web", "!api*"]], [[], ["a b"], [""]]),
    ("sidecars", [["envoy", "log_router*"], ["!*"]], [[], ["a b"], [""]]),
    ("task_statuses", [["RUNNING", "STOPPED"]], [[], ["running"]]),
    ("event_pattern", ['{"source":["aws.ecs"]}'], ["[]", "x"]),
    ("trim", ["full", "lean", "minimal"], ["", "none"]),
    ("keep_fields", [[], ["detail.a[].b", "detail.c"]], [["a b"], ["a", ""]]),
    ("drop_fields", [[], ["detail.a[].b", "detail.c"]], [["a b"], ["a", ""]]),
    ("log_group", ["/a/{cluster}/b", "/a", "/a/{account}-{region}/{cluster}"],
     ["", "{cluster}", "/a/{name}", "/a/{", "/a b", "/" + "a" * 512]),
    ("fallback_log_group", ["/a"], ["", "/a/{region}", "/" + "a" * 512]),
    ("retention_days", RETENTION, [0, 2, 3654]),
    ("function_log_retention_days", RETENTION, [0, 2, 3654]),
    ("log_class", ["STANDARD", "INFREQUENT_ACCESS"], ["", "DELIVERY"]),
    ("kms_key_arn", ["arn:aws-cn:kms:cn-north-1:111122223333:key/1-a"], ["key/1"]),
    ("tags", [{}, {"a": "b", "c": ""}], [{"": "b"}, {"a": "b,c"}]),
    ("on_rejected", ["restamp", "fail"], ["", "drop"]),
    ("metrics", ["off", "core", "detailed"], ["", "on"]),
    ("name", ["a", "A-1_b", "a" * 64], ["a b", "a" * 65, "a/b"]),
    ("architecture", ["arm64", "x86_64"], ["", "arm"]),
    ("permissions_boundary", ["arn:aws:iam::111122223333:policy/a/b", "arn:aws:iam::aws:policy/a", "a/b"],
     ["arn:aws:iam::1:policy/a", "/a", "a/", "a//b", "a b", "a:b"]),
    ("alarm_topic_arn", [TOPIC], ["topic"]),
    ("silence_hours", [0, 1, 168], [-1, 169]),
    ("dashboard_clusters", [[], ["a", "b_1"], ["a"] * 50], [["a*"], ["a b"], ["a"] * 51]),
    ("ingestion_price", [0, 0.5], [-0.1]),
]

LISTS_OF_A_RULE = {"clusters", "event_types", "detail_types", "event_names", "services", "task_statuses"}


def is_taken(parameter, value):
    """Whether CloudFormation takes a value of a parameter."""
    if isinstance(value, list):
        value = ",".join(value)
    if isinstance(value, dict):
        value = ",".join(f"{key}={it}" for key, it in value.items())
    allowed = [str(it) for it in parameter.get("AllowedValues", [value])]
    return (
        str(value) in map(str, allowed)
        and re.search(parameter.get("AllowedPattern", ""), str(value)) is not None
        and len(str(value)) <= int(parameter.get("MaxLength", 4096))
        and float(parameter.get("MinValue", "-inf")) <= (value if isinstance(value, (int, float)) else 0)
        and (value if isinstance(value, (int, float)) else 0) <= float(parameter.get("MaxValue", "inf"))
    )


def test_variables_take_what_the_parameters_take(template, tmp_path):
    parameters = {snake(name): it for name, it in template["Parameters"].items()}
    copy = module_without_provider(tmp_path / "copy")
    zip_file = tmp_path / "function.zip"
    zip_file.write_bytes(b"")
    good, bad = {}, {}
    for name, taken, refused in TAKEN:
        assert [it for it in taken if not is_taken(parameters[name], it)] == []
        assert [it for it in refused if is_taken(parameters[name], it)] == []
        for values, calls in ((taken[:3], good), (refused, bad)):
            calls |= {f"{name}_{number}": {"zip": str(zip_file), name: it} for number, it in enumerate(values)}
            # A list of a rule takes what the variable of its name takes.
            if name in LISTS_OF_A_RULE:
                calls |= {f"rules_{name}_{number}": {"zip": str(zip_file), "rules": [{}, {name: it}]}
                          for number, it in enumerate(values)}
    bad["rules_empty"] = {"zip": str(zip_file), "rules": [{"clusters": []}]}
    room = int(parameters["rules"]["MaxLength"]) - len('[{"clusters":[""]}]')
    good["rules_longest"] = {"zip": str(zip_file), "rules": [{"clusters": ["a" * room]}]}
    bad["rules_longer"] = {"zip": str(zip_file), "rules": [{"clusters": ["a" * (room + 1)]}]}
    bad["silence_hours_half"] = {"zip": str(zip_file), "silence_hours": 1.5}

    folder = called(tmp_path / "bad", copy, bad)
    terraform(folder, "init", "-no-color", "-input=false")
    done = terraform(folder, "plan", "-no-color", "-input=false", ok=False)
    assert done.returncode != 0
    refused = set(re.findall(r"in module\.(\w+):", done.stdout + done.stderr))
    refused |= set(re.findall(r"main\.tf\.json line \d+, in module\.(\w+)", done.stdout + done.stderr))
    assert bad.keys() == refused, done.stderr[:2000]

    folder = called(tmp_path / "good", copy, good)
    terraform(folder, "init", "-no-color", "-input=false")
    terraform(folder, "plan", "-no-color", "-input=false")


def test_what_is_parked_outlives_a_change_and_the_rule_waits_for_its_permission():
    resources = {tuple(labels): body for labels, body in read(MODULE)["resource"]}
    [lifecycle] = resources["aws_sqs_queue", "parked"]["lifecycle"]
    assert lifecycle["prevent_destroy"] is True
    waits = resources["aws_cloudwatch_event_target", "function"]["depends_on"]
    assert {"${aws_lambda_permission.rule}", "${aws_sqs_queue_policy.undelivered}"} <= set(waits)


CENTRAL_BUS = "arn:aws:events:eu-west-1:111122223333:event-bus/default"
SPOKES = [
    {"CentralBusArn": CENTRAL_BUS},
    {
        "CentralBusArn": CENTRAL_BUS,
        "EventPattern": '{"source":["aws.ecs"]}',
        "Name": "otherwise-called",
        "PermissionsBoundary": "arn:aws:iam::111122223333:policy/boundary",
        "AlarmTopicArn": TOPIC,
        "OkActions": "on",
    },
    {"CentralBusArn": CENTRAL_BUS, "PermissionsBoundary": "path/boundary", "OkActions": "on"},
]


def test_the_spoke_deploys_what_its_template_deploys(tmp_path):
    template = json.loads(json.dumps(load(str(ROOT / "spoke.yaml"))))
    module = MODULE / "spoke"
    variables = {name for (name,), _ in read(module)["variable"]}
    assert variables == {snake(name) for name in template["Parameters"]} == {snake(name) for name in SPOKES[1]}
    for parameter in template["Parameters"].values():
        parameter.setdefault("Default", "")
    copy = without_provider(module, tmp_path / "spoke")
    calls = {f"set{number}": typed(given, module) for number, given in enumerate(SPOKES)}
    outputs = applied(called(tmp_path / "root", copy, calls))
    for given, found in zip(SPOKES, outputs.values(), strict=True):
        expected = of_template(template, given, name="ecs-events-to-central")
        assert of_module(found) == expected
        assert found.keys() - {"resources"} == {snake(name) for name in template["Outputs"]}


EXAMPLES = {
    "one-region": {},
    "two-regions": {},
    "central-account": {
        "organization_id": "o-abcdefghij",
        "member_role_arn": "arn:aws:iam::222222222222:role/terraform",
    },
}


def test_each_example_can_be_applied(tmp_path):
    assert {folder.name for folder in (MODULE / "examples").iterdir()} == EXAMPLES.keys()
    copy = module_without_provider(tmp_path / "copy")
    dist = tmp_path / "copy" / "dist"
    dist.mkdir()
    (dist / "ecs-event-forwarder-arm64.zip").write_bytes(b"")
    for name, arguments in EXAMPLES.items():
        example = without_provider(MODULE / "examples" / name, copy / "examples" / name)
        applied(called(tmp_path / name, example, {"example": arguments}))


def wrong(types, kind, body, place):
    """What a resource or a block says that the provider does not know, or lacks that it demands."""
    known = types[kind]
    given = {camel(name): value for name, value in members(body).items() if name not in META}
    for name, value in given.items():
        if name not in known:
            yield f"{place}: no argument {name}"
        elif is_block(value) != (known[name][1] is not None):
            yield f"{place}: {name} is a block here or there alone"
        elif is_block(value):
            for it in value:
                yield from wrong(types, known[name][1], it, f"{place}.{name}")
    for name, (is_required, _) in known.items():
        if is_required and name not in given:
            yield f"{place}: {name} is missing"


def test_the_provider_knows_each_argument_and_attribute_in_the_release_that_is_demanded():
    types = schema()
    folders = [MODULE, *(file.parent for file in MODULE.rglob("*/main.tf") if ".terraform" not in file.parts)]
    found = 0
    for folder in folders:
        blocks = read(folder)
        [(_, settings)] = blocks["terraform"]
        assert literal(settings["required_version"]) == ">= 1.5", folder
        providers = settings.get("required_providers", [])
        assert all(literal(it["aws"]["version"]) == f">= {RELEASE}" for it in providers), folder
        for kind, labels, body in [
            *((labels[0], labels, body) for labels, body in blocks.get("resource", [])),
            *((f"data.{labels[0]}", labels, body) for labels, body in blocks.get("data", [])),
        ]:
            assert providers, folder
            assert list(wrong(types, types_of(kind)[0], body, " ".join(labels))) == []
            found += 1
        text = "\n".join(file.read_text() for file in folder.glob("*.tf"))
        for is_data, kind, attribute in re.findall(
            r"(?<![\w.])(data\.)?(aws_\w+)\.\w+(?:\[[^\]]*\])?\.(\w+)", text
        ):
            arguments, attributes = types_of(is_data + kind)
            assert camel(attribute) in types[attributes] or camel(attribute) in types[arguments], (kind, attribute)
    assert found > 30


@pytest.fixture(scope="session")
def patterns(template, tmp_path_factory):
    """The event patterns of the submodule, for each row of the template's table."""
    defaults = {name: it["Default"] for name, it in template["Parameters"].items()}
    calls = {}
    for number, (given, _) in enumerate(PATTERNS):
        names = ("Sources", "Select", "Clusters", "EventTypes", "DetailTypes")
        arguments = typed({name: given.get(name, defaults[name]) for name in names})
        calls[f"row{number}"] = arguments | {"has_rules": "Rules" in given}
    found = applied(called(tmp_path_factory.mktemp("patterns"), MODULE / "pattern", calls))
    return [found[name]["event_pattern"] for name in calls]


@pytest.mark.parametrize("number", range(len(PATTERNS)))
def test_the_submodules_event_pattern_is_the_templates(patterns, number):
    """Letter by letter: another test shows of each text in the table that what is kept is matched."""
    _, expected = PATTERNS[number]
    assert patterns[number] == expected


def test_all_of_it_is_formatted():
    terraform(MODULE, "fmt", "-check", "-recursive", "-diff")


# Functions of Terraform 1.5, and of OpenTofu's first release.
FUNCTIONS = {
    "alltrue", "anytrue", "can", "coalesce", "compact", "concat", "contains", "file", "filebase64sha256", "fileset", "flatten",
    "floor", "join", "jsondecode", "jsonencode", "length", "lookup", "merge", "regex", "regexall", "replace", "split",
    "startswith", "strcontains", "substr", "toset", "tostring", "trimsuffix", "try", "values",
    # Constructors of types.
    "list", "map", "object", "optional",
}
BLOCKS = {"check", "data", "locals", "module", "output", "provider", "resource", "terraform", "variable"}


def test_nothing_newer_than_terraform_1_5_is_used():
    for file in MODULE.rglob("*.tf"):
        code = re.sub(r"(?m)^\s*#.*$", "", file.read_text())
        assert set(re.findall(r"\b([a-z]\w*)\(", code)) <= FUNCTIONS, file
        assert "provider::" not in code, file
    for folder in {file.parent for file in MODULE.rglob("*.tf")}:
        blocks = read(folder)
        assert blocks.keys() <= BLOCKS, folder
        for (name,), body in blocks.get("variable", []):
            for it in body.get("validation", []):
                names = set(re.findall(r"\bvar\.(\w+)", it["condition"]))
                assert names == {name}, f"{folder}: the validation of {name} reads another variable"
                assert "local." not in it["condition"]


def rows(folder):
    """The tables of a module's variables and outputs, as the README has them."""
    blocks = read(folder)
    for (name,), body in blocks["variable"]:
        kind = re.sub(r"\(object\(.*", "(object)", expression(body["type"]))
        default = f"`{expression(body['default'])}`" if "default" in body else "must be given"
        yield f"| `{name}` | {kind} | {default} | {literal(body['description'])} |"
    for (name,), body in blocks["output"]:
        yield f"| `{name}` | {literal(body['description'])} |"


def test_the_readme_has_each_variable_and_output():
    text = (MODULE / "README.md").read_text()
    shown = [line for line in text.splitlines() if line.startswith("| `")]
    assert shown == [*rows(MODULE), *rows(MODULE / "spoke")]
