"""The template as `sam build` left it, deployed with `sam deploy` into ministack."""

import json
import platform

import pytest
from cfnlint.decode.cfn_yaml import load
from cloudformation import decided, evaluate
from conftest import EVENTS, REGION, ROOT, TARGET, forwarded, logged, run, until

STACK = "forwarder"
SOURCE = "my.ecs"  # PutEvents takes no event from aws.*
ARCHITECTURE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
GIVEN = {
    "Architecture": ARCHITECTURE,
    "Sources": f"aws.ecs,{SOURCE}",
    "Clusters": "staging,other",
    "Select": "lifecycle",
    "Tags": "team=platform",
    "RetentionDays": "30",
    "ProcessDeadLetters": "true",
    "Metrics": "core",
    "EcsMetrics": "on",
    "DashboardClusters": "staging,other",
}
VARIABLES = {
    "FORWARDER_SOURCES": GIVEN["Sources"],
    "FORWARDER_CLUSTERS": GIVEN["Clusters"],
    "FORWARDER_SELECT": GIVEN["Select"],
}
# Every parameter away from its default.
OTHERWISE = {
    "Architecture": ARCHITECTURE,
    "Name": "otherwise-called",
    "PermissionsBoundary": "arn:aws:iam::000000000000:policy/boundary",
    "Sources": "aws.ecs,other.ecs",
    "Select": "problems",
    "Clusters": "a*,!ab",
    "EventTypes": "ERROR",
    "DetailTypes": "ECS Task State Change",
    "EventNames": "!SERVICE_STEADY_STATE",
    "Services": "web",
    "TaskStatuses": "STOPPED",
    "Sidecars": "envoy*",
    "Rules": '[{"clusters":["a"]}]',
    "EventPattern": '{"source":["aws.ecs"]}',
    "Trim": "minimal",
    "KeepFields": "detail.tags",
    "DropFields": "detail.cpu",
    "Redact": "off",
    "Enrich": "off",
    "LogGroup": "/otherwise/{account}/{cluster}",
    "FallbackLogGroup": "/otherwise/_none",
    "RetentionDays": "30",
    "LogClass": "INFREQUENT_ACCESS",
    "KmsKeyArn": "arn:aws:kms:eu-west-1:000000000000:key/1-a",
    "Tags": "team=platform",
    "OnRejected": "fail",
    "Metrics": "detailed",
    "MetricsByCluster": "on",
    "EcsMetrics": "on",
    "FunctionLogRetentionDays": "30",
    "ProcessDeadLetters": "true",
    "Alarms": "off",
    "AlarmTopicArn": "arn:aws:sns:eu-west-1:000000000000:topic",
    "OkActions": "on",
    "SilenceHours": "1",
    "Dashboard": "off",
    "DashboardClusters": "a,b",
    "IngestionPrice": "0.57",
    "SavedQueries": "off",
    "FieldIndexes": "on",
}
# Resources that ministack does not know: they are linted, and a test compares their texts.
UNKNOWN = ("AWS::Logs::QueryDefinition", "AWS::Logs::AccountPolicy")
BUILT = TARGET / "e2e" / "sam"
GROUPS = "/aws/events/ecs/"


def deploy(moto, ministack, name, given):
    """Deploys the stack; its outputs, and what was said."""
    template = json.loads(json.dumps(load(str(BUILT / "template.yaml"))))
    resources = {key: it for key, it in template["Resources"].items() if it["Type"] not in UNKNOWN}
    template = template | {"Resources": resources}
    conditions, _ = evaluate(moto, template, given, {})
    file = BUILT / f"{name}.json"
    file.write_text(json.dumps(decided(template, conditions)))
    done = run(
        "sam", "deploy", "--config-file", ROOT / "samconfig.toml", "--template-file", file,
        "--stack-name", name, "--no-confirm-changeset", "--no-progressbar", "--parameter-overrides",
        *(f"{key}={json.dumps(value)}" for key, value in given.items()),
        environment={"AWS_ENDPOINT_URL": ministack.url},
    )
    stack, = ministack.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return outputs | {"said": done.stdout + done.stderr}


@pytest.fixture(scope="session")
def stack(moto, ministack):
    pattern = run(TARGET / "debug" / "ecs-events", "pattern", "--compact", environment=VARIABLES).stdout
    return deploy(moto, ministack, STACK, GIVEN | {"EventPattern": pattern.strip()})


@pytest.fixture(scope="session")
def own_events(tmp_path_factory):
    """The events that come alone, under a source of our own."""
    folder = tmp_path_factory.mktemp("own-events")
    for file in EVENTS:
        event = json.loads(file.read_text())
        if "detail-type" in event:
            (folder / file.name).write_text(json.dumps(event | {"source": SOURCE}))
    return folder


def essence(places):
    """Where and what, without the identity that the bus gives each event anew."""
    return {
        (place, message["detail-type"], json.dumps(message["detail"]), json.dumps(message.get("forwarder")))
        for place, messages in places.items()
        for message in map(json.loads, messages)
    }


def test_events_on_the_bus_reach_the_groups_of_wanted_clusters(stack, ministack, own_events, tmp_path):
    expected = essence(forwarded(own_events, tmp_path / "out", VARIABLES))
    assert {place[0].split("/")[-2] for place, *_ in expected} == {"staging"}

    bus = ministack.client("events")
    for file in sorted(own_events.iterdir()):
        event = json.loads(file.read_text())
        answer = bus.put_events(Entries=[{
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Detail": json.dumps(event["detail"]),
            "Resources": event["resources"],
        }])
        assert answer["FailedEntryCount"] == 0, answer
    logs = ministack.client("logs")
    until(lambda: essence(logged(logs, GROUPS)) >= expected, 60)
    assert essence(logged(logs, GROUPS)) == expected


def test_the_rule_leaves_unwanted_clusters_on_the_bus(stack, ministack):
    events = ministack.client("events")
    pattern = events.describe_rule(Name=stack["RuleName"])["EventPattern"]
    target, = events.list_targets_by_rule(Rule=stack["RuleName"])["Targets"]
    assert target["Arn"] == stack["FunctionArn"]
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    assert "UndeliveredQueue" in target["DeadLetterConfig"]["Arn"]

    def matches(name):
        event = (ROOT / "events" / name).read_text()
        return events.test_event_pattern(EventPattern=pattern, Event=event)["Result"]

    assert not matches("service-steady-state.json")
    assert not matches("cloudtrail-update-service.json")
    assert matches("deployment-failed.json")


def test_groups_have_their_retention_and_tags(stack, ministack):
    logs = ministack.client("logs")
    groups = until(lambda: logs.describe_log_groups(logGroupNamePrefix=GROUPS)["logGroups"])
    assert groups
    for group in groups:
        assert group["retentionInDays"] == 30
        tags = logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"]
        assert tags == {
            "ClusterName": group["logGroupName"].split("/")[-2],
            "EventBridge-AssociatedRuleArn": stack["RuleArn"],
            "team": "platform",
        }


def test_the_role_allows_what_is_used_and_no_more(stack, ministack):
    function = ministack.client("lambda").get_function_configuration(FunctionName=stack["FunctionName"])
    role = function["Role"].split("/")[-1]
    iam = ministack.client("iam")
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    name, = iam.list_role_policies(RoleName=role)["PolicyNames"]
    statements = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]
    allowed = {
        (action, resource.split(":", 5)[-1])
        for statement in statements
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    groups = ["/aws/events/ecs/containerinsights/*", "/aws/events/ecs/containerinsights/_unresolved/performance"]
    writes = ["CreateLogGroup", "CreateLogStream", "PutLogEvents", "PutRetentionPolicy", "TagResource"]
    own = stack["FunctionLogGroup"]
    failures, undelivered = (stack[key].split("/")[-1] for key in ("FailureQueueUrl", "UndeliveredQueueUrl"))
    assert allowed == {
        (f"logs:{action}", f"log-group:{group}{end}")
        for actions, names in [(writes, groups), (["CreateLogStream", "PutLogEvents"], [own])]
        for action in actions for group in names for end in ("", ":*")
    } | {
        (f"sqs:{action}", queue)
        for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
        for queue in (failures, undelivered)
    } | {("sqs:SendMessage", failures)}


def listed(value):
    return value if isinstance(value, list) else [value]


def test_what_fails_is_tried_again_kept_and_alarmed(stack, ministack):
    functions = ministack.client("lambda")
    asynchronous = functions.get_function_event_invoke_config(FunctionName=STACK, Qualifier="$LATEST")
    assert asynchronous["MaximumRetryAttempts"] == 2
    failures = asynchronous["DestinationConfig"]["OnFailure"]["Destination"]
    assert failures.split(":")[-1] == stack["FailureQueueUrl"].split("/")[-1]

    watched = alarms(ministack, STACK)
    queue = "ApproximateNumberOfMessagesVisible"
    of_function = [("FunctionName", STACK)]
    assert watched == {
        *(("AWS/Lambda", name, *of_function) for name in (
            "Errors", "Throttles", "AsyncEventsDropped", "DestinationDeliveryFailures", "Invocations",
        )),
        *(("AWS/Events", name, ("RuleName", stack["RuleName"]))
          for name in ("FailedInvocations", "InvocationsFailedToBeSentToDlq")),
        *(("AWS/SQS", queue, ("QueueName", stack[f"{name}QueueUrl"].split("/")[-1]))
          for name in ("Undelivered", "Failure", "Parked")),
        ("EcsEventForwarder", "Failed", *of_function),
        ("EcsEventForwarder", "FailedDeployments", *of_function),
        ("EcsEventForwarder", "StoppedTasks", *of_function, ("StopCategory", "out_of_memory")),
    }


def alarms(ministack, stack):
    found = ministack.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{stack}-")["MetricAlarms"]
    return {
        (it["Namespace"], it["MetricName"], *((at["Name"], at["Value"]) for at in it["Dimensions"]))
        for it in found
    }


def test_the_dashboard_asks_the_groups_of_its_clusters(stack, ministack):
    body = ministack.client("cloudwatch").get_dashboard(DashboardName=f"{STACK}-{REGION}")["DashboardBody"]
    assert "${" not in body
    widgets = json.loads(body)["widgets"]
    written = json.loads((ROOT / "dashboard" / "dashboard.json").read_text())["widgets"]
    titles = [[it["properties"].get("title") for it in all] for all in (widgets, written)]
    assert titles[0] == titles[1]
    sources = " | ".join(
        f"SOURCE '/aws/events/ecs/containerinsights/{name}/performance'" for name in ("staging", "other")
    )
    queries = [it["properties"]["query"] for it in widgets if it["type"] == "log"]
    assert queries and all(query.startswith(f"{sources} | f") for query in queries)


def test_a_stack_takes_every_parameter_and_does_not_change_when_deployed_again(moto, ministack):
    template = json.loads(json.dumps(load(str(ROOT / "template.yaml"))))
    defaults = {name: str(it["Default"]) for name, it in template["Parameters"].items()}
    assert OTHERWISE.keys() == defaults.keys()
    same = {name for name, value in OTHERWISE.items() if defaults[name] == value}
    assert same <= {"Architecture"}
    outputs = deploy(moto, ministack, "otherwise", OTHERWISE)
    assert outputs["FunctionName"] == outputs["RuleName"] == OTHERWISE["Name"]
    assert {name for _, name, *_ in alarms(ministack, "otherwise")} == {"ApproximateNumberOfMessagesVisible"}
    again = deploy(moto, ministack, "otherwise", OTHERWISE)
    assert "is up to date" in again.pop("said"), again
    assert again == {key: value for key, value in outputs.items() if key != "said"}


def test_queues_keep_what_is_lost(stack, ministack):
    sqs = ministack.client("sqs")
    attributes = {
        name: sqs.get_queue_attributes(QueueUrl=stack[f"{name}QueueUrl"], AttributeNames=["All"])["Attributes"]
        for name in ("Undelivered", "Failure", "Parked")
    }
    for found in attributes.values():
        assert found["SqsManagedSseEnabled"] == "true"
        assert found["MessageRetentionPeriod"] == str(14 * 24 * 60 * 60)
    for name in ("Undelivered", "Failure"):
        assert attributes[name]["VisibilityTimeout"] == str(6 * 30)
        assert json.loads(attributes[name]["RedrivePolicy"]) == {
            "deadLetterTargetArn": attributes["Parked"]["QueueArn"],
            "maxReceiveCount": 5,
        }
    statement, = json.loads(attributes["Undelivered"]["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": stack["RuleArn"]}}
    assert "Policy" not in attributes["Failure"]

    mappings = ministack.client("lambda").list_event_source_mappings(FunctionName=STACK)
    mappings = mappings["EventSourceMappings"]
    assert {mapping["EventSourceArn"] for mapping in mappings} == {
        attributes["Undelivered"]["QueueArn"], attributes["Failure"]["QueueArn"],
    }
    assert [mapping["FunctionResponseTypes"] for mapping in mappings] == [["ReportBatchItemFailures"]] * 2


def receive(sqs, queue):
    return sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])


def test_a_poison_message_ends_in_the_parked_queue_and_spares_the_others(stack, ministack):
    """The function fails; its failure queue brings the event back; five times more; then it rests."""
    sqs, functions = ministack.client("sqs"), ministack.client("lambda")
    failures, parked = stack["FailureQueueUrl"], stack["ParkedQueueUrl"]
    # Three minutes between two tries are for the real world.
    sqs.set_queue_attributes(QueueUrl=failures, Attributes={"VisibilityTimeout": "1"})
    event = json.loads((ROOT / "events" / "service-start-impaired.json").read_text())
    event["detail"]["reason"] = "through the failure queue"
    event["detail"]["clusterArn"] = "arn:aws:ecs:eu-west-1:111122223333:cluster/other"
    sqs.send_message(QueueUrl=failures, MessageBody=json.dumps(event))
    poison = (ROOT / "tests" / "fixtures" / "s3.json").read_text()
    functions.invoke(FunctionName=STACK, InvocationType="Event", Payload=poison)

    messages = []
    until(lambda: messages.extend(receive(sqs, parked)) or messages, 90)
    assert len(messages) == 1
    record = json.loads(messages[0]["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestPayload"] == json.loads(poison)

    held = logged(ministack.client("logs"), f"{GROUPS}containerinsights/other/")
    (_, stored), = held.items()
    assert json.loads(stored[0])["detail"]["reason"] == "through the failure queue"
    assert len(stored) == 1


def test_rules_stand_instead_of_the_lists(moto, ministack):
    rules = [
        {"clusters": ["prod"], "eventTypes": ["ERROR"]},
        {"detailTypes": ["ECS Deployment State Change"], "eventNames": ["SERVICE_DEPLOYMENT_*"]},
    ]
    given = {"Architecture": ARCHITECTURE, "Rules": json.dumps(rules), "Clusters": "staging"}
    outputs = deploy(moto, ministack, "by-rules", given)
    functions = ministack.client("lambda")

    def summary(name):
        payload = (ROOT / "events" / name).read_text()
        answer = functions.invoke(FunctionName=outputs["FunctionName"], Payload=payload)
        return json.load(answer["Payload"])

    assert summary("task-out-of-memory.json")["stored"] == 1
    assert summary("deployment-failed.json")["stored"] == 1
    assert summary("task-running.json")["dropped"] == 1

    pattern = ministack.client("events").describe_rule(Name=outputs["RuleName"])["EventPattern"]
    assert pattern == '{"source":["aws.ecs"]}'


def test_nothing_is_taken_from_the_queues_unless_asked_for(stack, moto, ministack):
    outputs = deploy(moto, ministack, "as-it-stands", {"Architecture": ARCHITECTURE})
    body = ministack.client("cloudwatch").get_dashboard(DashboardName=f"as-it-stands-{REGION}")["DashboardBody"]
    shown = {it["type"] for it in json.loads(body)["widgets"]}
    assert shown == {"text", "metric"} and "EcsEventForwarder" not in body
    assert not [it for it in alarms(ministack, "as-it-stands") if it[0] == "EcsEventForwarder"]
    pattern = ministack.client("events").describe_rule(Name=outputs["RuleName"])["EventPattern"]
    assert pattern == '{"source":["aws.ecs"],"detail-type":[{"prefix":"ECS "}]}'

    sqs = ministack.client("sqs")
    event = (ROOT / "events" / "service-steady-state.json").read_text()
    kept, taken = outputs["FailureQueueUrl"], stack["FailureQueueUrl"]
    for queue in (kept, taken):
        sqs.send_message(QueueUrl=queue, MessageBody=event)

    def waiting(queue):
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return found["ApproximateNumberOfMessages"], found["ApproximateNumberOfMessagesNotVisible"]

    # The other stack's mapping is enabled; when it has emptied its queue, this one had its turn.
    assert until(lambda: waiting(taken) == ("0", "0"))
    assert waiting(kept) == ("1", "0")


def test_every_parameter_has_a_default(template):
    assert [name for name, it in template["Parameters"].items() if "Default" not in it] == []
