//! Generated payloads.

use crate::tree::Tree;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use std::path::Path;
use std::sync::LazyLock;

/// The events in `events/`, without the records around them.
pub(super) static SAMPLES: LazyLock<Vec<Tree>> = LazyLock::new(samples);

fn samples() -> Vec<Tree> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|it| it == "json"))
        .collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    texts.map(|text| Tree::read(&text)).filter(|tree| tree.get("detail-type").is_some()).collect()
}

pub(super) fn sample() -> impl Strategy<Value = Tree> {
    select(SAMPLES.as_slice())
}

/// A string literal for a text, with any of JSON's spellings.
pub(super) fn literal() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => "[a-zA-Z0-9 _./:-]{0,8}",
        2 => "[^\"\\\\\\x00-\\x1f]{0,4}",
        1 => select(vec![
            r#"\""#, r"\\", r"\/", r"\b", r"\f", r"\n", r"\r", r"\t", r"\u0041", r"\u00e9",
            r"\u2028", r"\u0000", r"\ud83d\ude00", r"\uD83D\uDE00", r"\ud83d", r"\udc00", "{", "}",
            "[", "]", ",", ":", "?", "***",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| format!("\"{}\"", parts.concat()))
}

/// Numbers in any spelling, even too large for any type.
pub(super) fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?"
}

fn atom() -> impl Strategy<Value = Tree> {
    prop_oneof![
        4 => literal(),
        2 => number(),
        1 => select(vec!["true", "false", "null"]).prop_map(str::to_owned),
    ]
    .prop_map(Tree::Atom)
}

/// Keys that the library reads, and others.
fn key() -> impl Strategy<Value = String> {
    let known = vec![
        "\"detail\"",
        "\"detail-type\"",
        "\"source\"",
        "\"forwarder\"",
        "\"environment\"",
        "\"value\"",
        "\"containers\"",
        "\"attachments\"",
        "\"name\"",
        "\"time\"",
        "\"id\"",
        "\"resources\"",
        "\"Records\"",
        "\"body\"",
        "\"eventSource\"",
        "\"requestContext\"",
        "\"requestPayload\"",
        "\"version\"",
        "\"\"",
        "\"\\u0064etail\"",
    ];
    prop_oneof![2 => select(known).prop_map(str::to_owned), 1 => literal()]
}

/// Any JSON of moderate depth.
pub(super) fn json() -> impl Strategy<Value = Tree> {
    atom().prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::Array),
            prop::collection::vec((key(), inner), 0..6).prop_map(Tree::Object),
        ]
    })
}

/// The same JSON with white space wherever it is allowed.
pub(super) fn spaced(text: &str, spaces: &[&str]) -> String {
    let mut out = String::new();
    let mut in_string = false;
    let mut is_escaped = false;
    let mut spaces = spaces.iter().cycle();
    let mut space = || spaces.next().copied().unwrap_or_default();
    for char in text.chars() {
        let is_quote = char == '"' && !is_escaped;
        let is_outside = !in_string && ("{}[],:".contains(char) || is_quote);
        if is_outside {
            out.push_str(space());
        }
        out.push(char);
        in_string ^= is_quote;
        is_escaped = in_string && char == '\\' && !is_escaped;
        if !in_string && ("{}[],:".contains(char) || is_quote) {
            out.push_str(space());
        }
    }
    out
}

/// A sample with one value replaced, anywhere.
pub(super) fn odd_event() -> impl Strategy<Value = Tree> {
    (sample(), any::<Index>(), json()).prop_map(|(mut tree, at, value)| {
        let mut places = count(&tree);
        places -= 1;
        let mut at = at.index(places.max(1)) + 1;
        replace(&mut tree, &mut at, &value);
        tree
    })
}

fn count(tree: &Tree) -> usize {
    let below: usize = match tree {
        Tree::Object(members) => members.iter().map(|(_, value)| count(value)).sum(),
        Tree::Array(elements) => elements.iter().map(count).sum(),
        Tree::Atom(_) => 0,
    };
    below + 1
}

fn replace(tree: &mut Tree, at: &mut usize, value: &Tree) {
    if *at == 0 {
        tree.clone_from(value);
    }
    *at = at.wrapping_sub(1);
    match tree {
        Tree::Object(members) => members.iter_mut().for_each(|(_, it)| replace(it, at, value)),
        Tree::Array(elements) => elements.iter_mut().for_each(|it| replace(it, at, value)),
        Tree::Atom(_) => {}
    }
}

/// A text with some bytes removed, doubled or replaced.
pub(super) fn mutated(text: String) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), 0..5_u8, any::<u8>());
    prop::collection::vec(change, 1..4).prop_map(move |changes| {
        let mut bytes = text.clone().into_bytes();
        for (at, what, byte) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match what {
                0 => bytes.truncate(at),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, byte),
                3 => bytes[at] = byte,
                _ => bytes[at] = b"{}[]\",:\\0nt-e."[usize::from(byte) % 14],
            }
        }
        bytes
    })
}

/// Some members of a task or container instance as AWS shapes them, in any order, among unknown
/// members.
pub(super) fn regular_event() -> impl Strategy<Value = Tree> {
    prop_oneof![3 => detail(TASK), 2 => detail(INSTANCE), 1 => detail(SERVICE)].prop_flat_map(
        |(kind, detail)| {
            let envelope = vec![
                ("version", Tree::string("0")),
                ("id", Tree::string("5f3c1a0e-7d55-4c1b-a8d6-1e354a3f8fa9")),
                ("detail-type", Tree::string(kind)),
                ("source", Tree::string("aws.ecs")),
                ("account", Tree::string("123456789012")),
                ("time", Tree::string("2026-11-16T08:00:25Z")),
                ("region", Tree::string("us-east-1")),
                ("resources", Tree::read(r#"["arn:aws:ecs:us-east-1:123456789012:task/prod/1"]"#)),
                ("replay-name", Tree::string("again")),
                ("forwarder", Tree::read(r#"{"eventType":"ERROR","detail":[]}"#)),
                ("tags", Tree::read(r#"{"of":["the envelope"]}"#)),
                ("detail", detail),
            ];
            let event = Tree::object(envelope);
            let members = event.members().to_vec();
            Just(members).prop_shuffle().prop_map(Tree::Object)
        },
    )
}

/// A kind, and the possible fields of its parts: `[]` is an array of objects with some of these.
type KindFields = (&'static str, &'static [(&'static str, &'static [&'static str])]);

const TASK: KindFields = (
    "ECS Task State Change",
    &[
        ("taskArn", &[]),
        ("clusterArn", &[]),
        ("containerInstanceArn", &[]),
        ("taskDefinitionArn", &[]),
        ("group", &[]),
        ("startedBy", &[]),
        ("launchType", &[]),
        ("lastStatus", &[]),
        ("desiredStatus", &[]),
        ("stopCode", &[]),
        ("stoppedReason", &[]),
        ("version", &[]),
        ("createdAt", &[]),
        ("updatedAt", &[]),
        ("connectivityAt", &[]),
        ("pullStartedAt", &[]),
        ("pullStoppedAt", &[]),
        ("startedAt", &[]),
        ("stoppingAt", &[]),
        ("executionStoppedAt", &[]),
        ("stoppedAt", &[]),
        ("cpu", &[]),
        ("memory", &[]),
        ("attributes", &["name", "value"]),
        ("overrides", &["containerOverrides"]),
        ("ephemeralStorage", &[]),
        ("fargateEphemeralStorage", &[]),
        ("platformVersion", &[]),
        ("inferenceAccelerators", &["deviceName"]),
        ("tags", &["key", "value"]),
        ("enableExecuteCommand", &[]),
        ("connectivity", &[]),
        ("new", &["id", "details"]),
        ("attachments", &["id", "type", "status", "details", "name"]),
        (
            "containers",
            &[
                "containerArn",
                "name",
                "image",
                "imageDigest",
                "lastStatus",
                "exitCode",
                "reason",
                "healthStatus",
                "networkInterfaces",
                "runtimeId",
                "taskArn",
                "cpu",
                "managedAgents",
                "gpuIds",
                "id",
            ],
        ),
    ],
);

const INSTANCE: KindFields = (
    "ECS Container Instance State Change",
    &[
        ("containerInstanceArn", &[]),
        ("clusterArn", &[]),
        ("ec2InstanceId", &[]),
        ("status", &[]),
        ("statusReason", &[]),
        ("agentConnected", &[]),
        ("agentUpdateStatus", &[]),
        ("runningTasksCount", &[]),
        ("pendingTasksCount", &[]),
        ("version", &[]),
        ("registeredAt", &[]),
        ("updatedAt", &[]),
        ("versionInfo", &[]),
        ("attributes", &["name", "value"]),
        ("registeredResources", &["name", "integerValue"]),
        (
            "remainingResources",
            &["name", "type", "integerValue", "doubleValue", "longValue", "stringSetValue"],
        ),
        ("tags", &["key", "value"]),
        ("gpuDevices", &["id"]),
        ("attachments", &["id", "type", "status", "details"]),
        ("capacityProviderName", &[]),
        ("containers", &["image"]),
        ("new", &["x"]),
    ],
);

const SERVICE: KindFields = (
    "ECS Service Action",
    &[
        ("eventType", &[]),
        ("eventName", &[]),
        ("tags", &["key"]),
        ("overrides", &["x"]),
        ("containers", &["image", "cpu"]),
        ("attributes", &["name"]),
    ],
);

fn detail((kind, fields): KindFields) -> impl Strategy<Value = (&'static str, Tree)> {
    let some = subsequence(fields.to_vec(), 0..=fields.len()).prop_shuffle();
    let members = some.prop_flat_map(|fields| {
        let members = fields.into_iter().map(|(name, of_elements)| {
            let value = if of_elements.is_empty() {
                simple().boxed()
            } else {
                prop::collection::vec(element(of_elements), 0..4).prop_map(Tree::Array).boxed()
            };
            (spelled(name), value)
        });
        members.collect::<Vec<_>>()
    });
    members.prop_map(move |members| (kind, Tree::Object(members)))
}

fn element(fields: &'static [&'static str]) -> impl Strategy<Value = Tree> {
    let some = subsequence(fields.to_vec(), 0..=fields.len()).prop_shuffle();
    some.prop_flat_map(move |fields| {
        let members = fields.into_iter().map(|name| {
            let value = match name {
                "networkInterfaces" => {
                    objects(&["attachmentId", "privateIpv4Address", "ipv6Address"])
                }
                "managedAgents" => objects(&["name", "status", "lastStatus", "reason", "x"]),
                "details" => details(),
                _ => simple().boxed(),
            };
            // The law renames arrays with a reason, and the new key has no escapes.
            let key = match name {
                "details" => Just("\"details\"".to_owned()).boxed(),
                _ => spelled(name).boxed(),
            };
            (key, value)
        });
        members.collect::<Vec<_>>()
    })
    .prop_map(Tree::Object)
}

/// An array of objects with some of these fields.
fn objects(names: &'static [&'static str]) -> BoxedStrategy<Tree> {
    let some = subsequence(names.to_vec(), 0..=names.len());
    let object = (some, simple()).prop_map(|(names, value)| {
        Tree::object(names.into_iter().map(|name| (name, value.clone())))
    });
    prop::collection::vec(object, 0..3).prop_map(Tree::Array).boxed()
}

/// The `details` of an attachment, with a reason or without one.
fn details() -> BoxedStrategy<Tree> {
    let name = select(vec!["subnetId", "statusReason", "StatusReason"]).prop_map(Tree::string);
    let detail =
        (name, simple()).prop_map(|(name, value)| Tree::object([("name", name), ("value", value)]));
    let details = prop::collection::vec(detail, 0..3).prop_map(Tree::Array);
    prop_oneof![3 => details, 1 => simple()].boxed()
}

fn simple() -> impl Strategy<Value = Tree> {
    let object = (key(), atom()).prop_map(|member| Tree::Object(vec![member]));
    prop_oneof![6 => atom(), 1 => object, 1 => prop::collection::vec(atom(), 0..3).prop_map(Tree::Array)]
}

/// A key, sometimes with an escape for its first letter.
fn spelled(name: &'static str) -> impl Strategy<Value = String> {
    let first = name.chars().next().unwrap();
    let rest = &name[1..];
    let escaped = format!("\"\\u{:04x}{rest}\"", u32::from(first));
    prop_oneof![9 => Just(format!("\"{name}\"")), 1 => Just(escaped)]
}
