//! Logs Insights discovers the fields of a log event only up to a limit, and the `forwarder` object is
//! last. These tests show how far stored messages are from the limit.
//!
//! AWS's pages name two limits, 200 and 1,000 fields:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html>.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "samples are files; a test that meets what it does not expect has failed"
)]

use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::Line;
use ecs_event_forwarder::log::Batch;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fmt::Write as _;
use world::event;

/// The smaller limit.
const DISCOVERED: usize = 200;

const PROFILES: [&str; 3] = ["full", "lean", "minimal"];

/// The fields that Logs Insights finds in a value: one for each leaf.
fn fields(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(fields).sum(),
        Value::Array(elements) => elements.iter().map(fields).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// The messages that a profile stores for a payload.
fn stored(profile: &str, payload: String) -> Vec<Value> {
    let settings = [("FORWARDER_TRIM", profile), ("FORWARDER_DETAIL_TYPES", "*")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let policy = config(settings).expect("valid settings").policy;
    let plan = Line::new(policy).plan(decode(Payload::from(payload)), 0);
    let events = plan.batches().iter().flat_map(Batch::events);
    events.map(|event| serde_json::from_str(&event.message).unwrap()).collect()
}

#[test]
fn no_sample_loses_the_forwarder_object_in_any_profile() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/events")).unwrap();
    let names = folder.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut seen = 0;
    for name in names.filter(|name| name != "README.md") {
        for profile in PROFILES {
            for message in stored(profile, String::from_utf8(event(&name)).unwrap()) {
                assert!(message.get("forwarder").is_some(), "{name}");
                let fields = fields(&message);
                assert!(fields <= DISCOVERED, "{name} has {fields} fields in {profile}");
                seen += 1;
            }
        }
    }
    assert!(seen > 150, "{seen}");
}

/// A task whose containers have every field of ECS, with variables that override theirs.
fn task(containers: usize, variables: usize) -> Value {
    let mut task: Value = serde_json::from_slice(&event("task-five-containers.json")).unwrap();
    let container = json!({
        "containerArn": "c", "name": "n", "image": "i", "imageDigest": "d", "runtimeId": "r", "taskArn": "t",
        "lastStatus": "STOPPED", "exitCode": 1, "reason": "r", "cpu": "1", "memory": "1", "memoryReservation": "1",
        "healthStatus": "UNHEALTHY", "gpuIds": ["g"],
        "networkInterfaces": [{"attachmentId": "a", "privateIpv4Address": "p", "ipv6Address": "v"}],
        "networkBindings": [{"bindIP": "b", "containerPort": 1, "hostPort": 1, "protocol": "tcp"}],
        "managedAgents": [{"name": "n", "status": "s", "lastStatus": "s", "reason": "r", "lastStartedAt": "t"}],
    });
    task["detail"]["containers"] = Value::Array(vec![container; containers]);
    let variable = json!({"name": "n", "value": "v"});
    let overrides = json!({"name": "n", "environment": vec![variable; variables]});
    task["detail"]["overrides"] = json!({"containerOverrides": [overrides]});
    task
}

/// An instance with this many attributes, each with a value.
fn instance(attributes: usize) -> Value {
    let mut event: Value =
        serde_json::from_slice(&event("container-instance-registered.json")).unwrap();
    event["detail"]["attributes"] =
        Value::Array(vec![json!({"name": "n", "value": "v"}); attributes]);
    event
}

/// A CloudTrail record of a registered task definition. Its response repeats the request.
fn registration(variables: usize) -> Value {
    let name = "cloudtrail-register-task-definition.json";
    let mut record: Value = serde_json::from_slice(&event(name)).unwrap();
    let variables = vec![json!({"name": "n", "value": "v"}); variables];
    let definition = json!({"containerDefinitions": [{"name": "n", "environment": variables}]});
    record["detail"]["requestParameters"] = definition.clone();
    record["detail"]["responseElements"] = json!({"taskDefinition": definition});
    record
}

/// The greatest number, up to 1,000, with which all fields are discovered.
fn most(profile: &str, limit: usize, make: impl Fn(usize) -> Value) -> usize {
    let numbers: Vec<usize> = (0..=1000).collect();
    let fits = |number: &usize| {
        let message = stored(profile, make(*number).to_string()).remove(0);
        fields(&message) <= limit
    };
    numbers.partition_point(fits) - 1
}

/// `docs/stored-format.md` states these numbers.
#[test]
fn this_many_fields_hide_the_forwarder_object() {
    let mut story = String::new();
    for limit in [DISCOVERED, 1000] {
        for profile in PROFILES {
            let containers = most(profile, limit, |number| task(number, 0));
            let variables = most(profile, limit, |number| task(2, number));
            let attributes = most(profile, limit, instance);
            let registered = most(profile, limit, registration);
            write!(story, "{limit} {profile}: {containers} full containers, {variables} overriding variables, ")
                .unwrap();
            writeln!(story, "{attributes} attributes, {registered} registered variables").unwrap();
        }
    }
    assert_snapshot!(story, @r"
    200 full: 5 full containers, 46 overriding variables, 67 attributes, 40 registered variables
    200 lean: 13 full containers, 1000 overriding variables, 1000 attributes, 40 registered variables
    200 minimal: 42 full containers, 1000 overriding variables, 1000 attributes, 40 registered variables
    1000 full: 36 full containers, 446 overriding variables, 467 attributes, 240 registered variables
    1000 lean: 79 full containers, 1000 overriding variables, 1000 attributes, 240 registered variables
    1000 minimal: 242 full containers, 1000 overriding variables, 1000 attributes, 240 registered variables
    ");
}
