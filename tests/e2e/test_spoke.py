"""Member accounts: spoke.yaml, and the bus policy of the central account."""

import json
import re

import pytest
from cfnlint.decode.cfn_yaml import load
from conftest import EVENTS, ROOT, TARGET, run
from test_template import ECS, SOURCE

CENTRAL = "arn:aws:events:eu-west-1:111122223333:event-bus/default"


def read(name):
    return json.loads(json.dumps(load(str(ROOT / name))))


@pytest.fixture(scope="module")
def spoke():
    return read("spoke.yaml")


def test_the_rule_hands_what_the_forwarder_takes_to_the_central_bus(spoke, ministack):
    rule = spoke["Resources"]["Rule"]["Properties"]
    target, = rule["Targets"]
    assert target["Arn"] == {"Ref": "CentralBusArn"}
    assert "EventBusName" not in rule, "AWS's events are on the default bus"
    pattern = spoke["Parameters"]["EventPattern"]["Default"]
    assert rule["EventPattern"] == {"Ref": "EventPattern"}
    assert pattern == f"{{{SOURCE},{ECS}}}", "as the template's own with its defaults"
    events = ministack.client("events")
    for file in EVENTS:
        event = json.loads(file.read_text())
        if event.get("source") == "aws.ecs":
            taken = events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]
            assert taken == event["detail-type"].startswith("ECS "), file.name


def test_nothing_is_handed_over_before_all_is_in_place(spoke):
    resources = spoke["Resources"]
    assert resources["Rule"]["DependsOn"] == "UndeliveredQueuePolicy"
    target, = resources["Rule"]["Properties"]["Targets"]
    assert target["RoleArn"] == {"Fn::GetAtt": ["Role", "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["UndeliveredQueue", "Arn"]}}
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}


def test_the_role_may_do_one_thing_and_the_queue_takes_from_one_rule(spoke):
    role = spoke["Resources"]["Role"]["Properties"]
    assert "ManagedPolicyArns" not in role and "RoleName" not in role, "a name would be global to the account"
    policy, = role["Policies"]
    statement, = policy["PolicyDocument"]["Statement"]
    del statement["Sid"]
    assert statement == {"Effect": "Allow", "Action": "events:PutEvents", "Resource": {"Ref": "CentralBusArn"}}
    trust, = role["AssumeRolePolicyDocument"]["Statement"]
    queue, = spoke["Resources"]["UndeliveredQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    for principal in (trust, queue):
        assert principal["Principal"] == {"Service": "events.amazonaws.com"}
    # Both name the rule before it exists, by the name that it gets.
    text, values = trust["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]
    assert queue["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"] == [text, values]
    assert values == {"RuleName": spoke["Resources"]["Rule"]["Properties"]["Name"]}
    assert spoke["Resources"]["UndeliveredQueue"]["Properties"]["SqsManagedSseEnabled"] is True


def test_what_is_lost_raises_an_alarm_and_each_alarm_says_so_and_when_it_ends(spoke):
    alarms = {name: it for name, it in spoke["Resources"].items() if it["Type"] == "AWS::CloudWatch::Alarm"}
    assert alarms.keys() == {"UndeliveredAlarm", "LostAlarm"}
    for name, alarm in alarms.items():
        for actions, condition in (("AlarmActions", "HasAlarmTopic"), ("OKActions", "HasOkActions")):
            given = alarm["Properties"][actions]["Fn::If"]
            assert given == [condition, [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}], name
    lost = alarms["LostAlarm"]["Properties"]
    assert (lost["Namespace"], lost["MetricName"]) == ("AWS/Events", "InvocationsFailedToBeSentToDlq")
    assert lost["Dimensions"] == [{"Name": "RuleName", "Value": {"Ref": "Rule"}}]


def test_its_alarm_watches_its_queue_and_says_what_to_do(spoke):
    alarm = spoke["Resources"]["UndeliveredAlarm"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert alarm["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Fn::GetAtt": ["UndeliveredQueue", "QueueName"]}},
    ]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["TreatMissingData"]) == ("Maximum", 0, "notBreaching")
    assert "Allow this account" in alarm["AlarmDescription"]["Fn::Sub"]


def test_a_stackset_can_deploy_it(spoke, template):
    assert "Transform" not in spoke
    parameters = spoke["Parameters"]
    assert [name for name, it in parameters.items() if "Default" not in it] == ["CentralBusArn"]
    assert parameters["Name"]["MaxLength"] == 64
    names = re.compile(parameters["Name"]["AllowedPattern"])
    assert names.search("") and names.search("ecs-events") and not names.search("a b")
    for same, key in (("PermissionsBoundary", "AllowedPattern"), ("EventPattern", "MaxLength"),
                      ("OkActions", "AllowedValues"), ("OkActions", "Default")):
        assert parameters[same][key] == template["Parameters"][same][key], same
    buses = re.compile(parameters["CentralBusArn"]["AllowedPattern"])
    assert buses.search(CENTRAL) and buses.search(CENTRAL.replace("aws:", "aws-us-gov:"))
    assert not buses.search(CENTRAL.replace("default", "mine")), "AWS's events reach a rule on the default bus alone"
    patterns = re.compile(parameters["EventPattern"]["AllowedPattern"])
    printed = run(TARGET / "debug" / "ecs-events", "pattern", "--compact",
                  environment={"FORWARDER_CLUSTERS": "prod,st*"}).stdout.strip()
    assert patterns.search(printed) and not patterns.search("prod")
    shown = spoke["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert {name for group in shown for name in group["Parameters"]} == parameters.keys()


def test_the_central_bus_lets_the_organisation_in_and_nobody_else():
    policy, = read("examples/central-bus-policy.yaml")["Resources"].values()
    assert policy["Type"] == "AWS::Events::EventBusPolicy"
    statement = policy["Properties"]["Statement"]
    assert statement["Action"] == "events:PutEvents"
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}}
    assert statement["Resource"]["Fn::Sub"].endswith(":event-bus/default")
