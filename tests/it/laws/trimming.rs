//! Trimming removes whole members and leaves everything else as it was spelled.

use super::cases;
use super::generate::{odd_event, regular_event};
use crate::tree::{Tree, unescape};
use ecs_event_forwarder::event::EventKind;
use ecs_event_forwarder::json::scan;
use ecs_event_forwarder::trim::{Path, Profile, Trim, trim};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const TASK: &str = "ECS Task State Change";
const INSTANCE: &str = "ECS Container Instance State Change";

// The table in `docs/stored-format.md`, copied from there and not from the code.
const NEVER_REMOVED_OF_TASKS: &str = "taskArn, clusterArn, containerInstanceArn, \
    taskDefinitionArn, group, startedBy, launchType, lastStatus, desiredStatus, stopCode, \
    stoppedReason, version, createdAt, updatedAt, connectivityAt, pullStartedAt, pullStoppedAt, \
    startedAt, stoppingAt, executionStoppedAt, stoppedAt, containers[].name, \
    containers[].lastStatus, containers[].exitCode, containers[].reason, attachments[].type, \
    attachments[].status";
const NEVER_REMOVED_OF_INSTANCES: &str = "containerInstanceArn, clusterArn, ec2InstanceId, \
    status, statusReason, agentConnected, agentUpdateStatus, runningTasksCount, \
    pendingTasksCount, version, registeredAt, updatedAt";
const LEAN_REMOVES_OF_TASKS: &str = "overrides, attachments[].id, attachments[].details, \
    ephemeralStorage, fargateEphemeralStorage, inferenceAccelerators, tags";
const LEAN_KEEPS_OF_CONTAINERS: &str =
    "name, image, lastStatus, exitCode, reason, healthStatus, networkInterfaces, managedAgents";
const LEAN_KEEPS_OF_INTERFACES: &str = "privateIpv4Address, ipv6Address";
const LEAN_KEEPS_OF_AGENTS: &str = "name, status, lastStatus, reason";
const LEAN_REMOVES_OF_INSTANCES: &str =
    "attributes, registeredResources, tags, gpuDevices, attachments[].id, attachments[].details";
const LEAN_KEEPS_OF_RESOURCES: &str = "name, integerValue";

fn is_in(list: &str, name: &str) -> bool {
    list.split(", ").any(|item| item == name)
}

/// True if `inner` is `outer` or below it.
fn is_within(inner: &str, outer: &str) -> bool {
    inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with(['.', '[']))
}

fn contract_of(kind: &str) -> Option<Vec<&'static str>> {
    match kind {
        TASK => Some(NEVER_REMOVED_OF_TASKS.split(", ").collect()),
        INSTANCE => Some(NEVER_REMOVED_OF_INSTANCES.split(", ").collect()),
        _ => None,
    }
}

/// The member below an element of `array`, if the path leads to one.
fn field_of<'a>(path: &'a str, array: &str) -> Option<&'a str> {
    let below = path.strip_prefix(array)?.strip_prefix("[].")?;
    below.split(['.', '[']).next()
}

/// True if the table keeps a member. `path` is below `detail`.
fn keeps(profile: Profile, kind: &str, path: &str) -> bool {
    let Some(contract) = contract_of(kind) else {
        return true;
    };
    let is_removed = |list: &str| list.split(", ").any(|removed| is_within(path, removed));
    match profile {
        Profile::Full => true,
        Profile::Minimal => contract.iter().any(|it| is_within(path, it) || is_within(it, path)),
        Profile::Lean if kind == TASK => {
            let of_container = field_of(path, "containers");
            let of_interface = field_of(path, "containers[].networkInterfaces");
            let of_agent = field_of(path, "containers[].managedAgents");
            !is_removed(LEAN_REMOVES_OF_TASKS)
                && of_container.is_none_or(|name| is_in(LEAN_KEEPS_OF_CONTAINERS, name))
                && of_interface.is_none_or(|name| is_in(LEAN_KEEPS_OF_INTERFACES, name))
                && of_agent.is_none_or(|name| is_in(LEAN_KEEPS_OF_AGENTS, name))
        }
        Profile::Lean => {
            let of_resource = field_of(path, "remainingResources");
            !is_removed(LEAN_REMOVES_OF_INSTANCES)
                && of_resource.is_none_or(|name| is_in(LEAN_KEEPS_OF_RESOURCES, name))
        }
    }
}

fn kind_of(event: &Tree) -> String {
    event.get("detail-type").and_then(Tree::text).unwrap_or_default()
}

/// The event without the members that the table removes.
pub(crate) fn expected(profile: Profile, event: &Tree) -> Tree {
    let kind = kind_of(event);
    let kept = |path: &str| match path.strip_prefix("detail.") {
        Some(below) => keeps(profile, &kind, below),
        None => path != "forwarder",
    };
    match profile {
        // The table does not know the new name, so they stay.
        Profile::Lean => renamed(&renamed(event, DETAILS, SPARED).filtered(&kept), SPARED, DETAILS),
        Profile::Full | Profile::Minimal => event.filtered(&kept),
    }
}

/// The event with another name for each `statusReason`.
fn without_reasons(tree: &Tree) -> Tree {
    match tree {
        Tree::Atom(text) if text == "\"statusReason\"" => Tree::string("status"),
        Tree::Atom(_) => tree.clone(),
        Tree::Array(elements) => Tree::Array(elements.iter().map(without_reasons).collect()),
        Tree::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), without_reasons(value)));
            Tree::Object(members.collect())
        }
    }
}

#[test]
fn the_reason_of_an_attachment_stays_unless_an_operator_drops_it() {
    let task = |details: &str| {
        let event = format!(
            r#"{{"detail-type":"{TASK}","detail":{{"attachments":[{{"id":"1","details":{details}}}]}}}}"#
        );
        Tree::read(&event)
    };
    let failed = r#"[{"name":"roleArn","value":"r"},{"name":"statusReason","value":"denied"}]"#;
    let attached = r#"[{"name":"subnetId","value":"s"}]"#;
    let lean = |keep: &[&str], drop: &[&str]| {
        let paths = |paths: &[&str]| -> Vec<_> {
            paths.iter().map(|path| Path::parse(path).unwrap()).collect()
        };
        Trim::new(Profile::Lean, &paths(keep), &paths(drop)).unwrap()
    };
    let details = "detail.attachments[].details";
    let value = "detail.attachments[].details[].value";
    for (by, given, expected) in [
        (lean(&[], &[]), failed, Some(failed)),
        (lean(&[], &[]), attached, None),
        (lean(&[], &[]), "null", None),
        (lean(&[], &[]), r#"["statusReason"]"#, None),
        (lean(&[value], &[]), failed, Some(failed)),
        (lean(&[value], &[]), attached, Some(r#"[{"value":"s"}]"#)),
        (lean(&[], &[details]), failed, None),
        (lean(&[], &[value]), failed, None),
        (Trim::of(Profile::Minimal), failed, None),
        (Trim::of(Profile::Full), attached, Some(attached)),
    ] {
        let found = trimmed(&by, &task(given));
        let found = values_at(&found, "detail").into_iter();
        let found: Vec<_> =
            found.flat_map(|detail| values_at(detail, "attachments[].details")).collect();
        let found = found.first().map(|tree| tree.write());
        assert_eq!(found.as_deref(), expected, "{given}");
    }
}

const DETAILS: &str = "details";
const SPARED: &str = "details with a reason";

/// The event with another name for each array with a `statusReason`, its key otherwise as spelled.
fn renamed(tree: &Tree, from: &str, to: &str) -> Tree {
    let holds_reason = |value: &Tree| match value {
        Tree::Array(elements) => elements.iter().any(|it| {
            it.get("name").and_then(Tree::text).is_some_and(|name| name == "statusReason")
        }),
        Tree::Object(_) | Tree::Atom(_) => false,
    };
    match tree {
        Tree::Atom(_) => tree.clone(),
        Tree::Array(elements) => {
            Tree::Array(elements.iter().map(|element| renamed(element, from, to)).collect())
        }
        Tree::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let is_it = unescape(key) == from && holds_reason(value);
                let key = if is_it { format!("\"{to}\"") } else { key.clone() };
                (key, renamed(value, from, to))
            });
            Tree::Object(members.collect())
        }
    }
}

fn trimmed(by: &Trim, event: &Tree) -> Tree {
    let scanned = scan(event.write()).unwrap().into_compact().unwrap();
    let kind = kind_of(event);
    let text = trim(by, &EventKind::from_detail_type(kind.into()), &scanned);
    let tree = Tree::read(text.as_str());
    assert_eq!(tree.write(), text.as_str(), "no white space");
    tree
}

/// The values at a path below `detail`, element by element.
fn values_at<'a>(tree: &'a Tree, path: &str) -> Vec<&'a Tree> {
    let Some((name, rest)) = path.split_once("[].") else {
        return tree
            .members()
            .iter()
            .filter(|(key, _)| unescape(key) == path)
            .map(|it| &it.1)
            .collect();
    };
    let arrays = values_at(tree, name).into_iter();
    let elements = arrays.flat_map(|array| match array {
        Tree::Array(elements) => elements.as_slice(),
        Tree::Object(_) | Tree::Atom(_) => &[],
    });
    elements.flat_map(|element| values_at(element, rest)).collect()
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn each_profile_removes_what_the_contract_says_and_nothing_else(event in regular_event()) {
        for profile in Profile::ALL {
            let found = trimmed(&Trim::of(profile), &event);
            prop_assert_eq!(found.write(), expected(profile, &event).write(), "{:?}", profile);
        }
    }

    #[test]
    fn a_trimmed_event_is_a_sub_document_and_is_trimmed_no_further(
        event in prop_oneof![odd_event(), regular_event()],
    ) {
        for profile in Profile::ALL {
            let by = Trim::of(profile);
            let once = trimmed(&by, &event);
            prop_assert!(once.is_sub_document_of(&event));
            prop_assert_eq!(&trimmed(&by, &once), &once);
            // A profile that removes more leaves nothing that a milder one removes.
            let minimal = trimmed(&Trim::of(Profile::Minimal), &event);
            prop_assert!(minimal.is_sub_document_of(&once));
        }
    }

    #[test]
    fn no_profile_touches_the_envelope_or_the_fields_of_the_contract(
        event in prop_oneof![odd_event(), regular_event()],
    ) {
        for profile in Profile::ALL {
            let found = trimmed(&Trim::of(profile), &event);
            let of_envelope = |tree: &Tree| {
                let members = tree.members().iter().map(|(key, value)| match unescape(key).as_str() {
                    "forwarder" => None,
                    "detail" => Some((key.clone(), Tree::Array(Vec::new()))),
                    _ => Some((key.clone(), value.clone())),
                });
                members.flatten().collect::<Vec<_>>()
            };
            prop_assert_eq!(of_envelope(&found), of_envelope(&event));
            let details = |tree| values_at(tree, "detail").into_iter().cloned().collect::<Vec<_>>();
            for (found, given) in details(&found).iter().zip(&details(&event)) {
                match contract_of(&kind_of(&event)) {
                    None => prop_assert_eq!(found, given),
                    Some(paths) => for path in paths {
                        prop_assert_eq!(values_at(found, path), values_at(given, path), "{}", path);
                    },
                }
            }
        }
    }

    #[test]
    fn of_what_is_kept_and_dropped_the_longest_path_decides(
        event in regular_event(),
        profile in select(Profile::ALL.to_vec()),
        wishes in subsequence(WISHES.to_vec(), 0..=WISHES.len()),
        keep in prop::collection::vec(any::<bool>(), WISHES.len()),
    ) {
        // Paths do not show which arrays have a reason.
        let event = without_reasons(&event);
        let wishes: Vec<_> = wishes.into_iter().zip(keep).collect();
        let paths = |kept: bool| -> Vec<_> {
            let wished = wishes.iter().filter(|(_, keep)| *keep == kept);
            wished.map(|(path, _)| Path::parse(&format!("detail.{path}")).unwrap()).collect()
        };
        let by = Trim::new(profile, &paths(true), &paths(false)).expect("no conflicts");
        let found = trimmed(&by, &event);
        let kind = kind_of(&event);
        let is_trimmed = contract_of(&kind).is_some();
        let keeps_wish = |path: &str| {
            // The values around a kept field are kept with it.
            let holds = wishes.iter().any(|(wish, keep)| *keep && is_within(wish, path));
            let around = wishes.iter().filter(|(wish, _)| is_within(path, wish));
            let decides = around.max_by_key(|(wish, _)| wish.len()).map(|(_, keep)| *keep);
            holds || decides.unwrap_or_else(|| keeps(profile, &kind, path))
        };
        let expected = event.filtered(&|path: &str| match path.strip_prefix("detail.") {
            Some(below) => !is_trimmed || keeps_wish(below),
            None => path != "forwarder",
        });
        prop_assert_eq!(found.write(), expected.write());
    }
}

/// Fields that a profile may remove, of which some contain others.
const WISHES: [&str; 12] = [
    "overrides",
    "tags",
    "new[].id",
    "attributes[].value",
    "attributes",
    "containers[].image",
    "containers[].imageDigest",
    "containers[].networkInterfaces",
    "containers[].networkInterfaces[].attachmentId",
    "attachments[].details",
    "versionInfo",
    "remainingResources[].integerValue",
];

#[test]
fn an_element_that_loses_all_its_fields_stays() {
    let event = Tree::read(
        r#"{"detail-type":"ECS Task State Change","source":"aws.ecs","detail":{"containers":[{"image":"a"},{"name":"web"},{},7,null],"attachments":[{"id":1,"details":[]}]}}"#,
    );
    let found = trimmed(&Trim::of(Profile::Minimal), &event).write();
    let expected = r#"{"detail-type":"ECS Task State Change","source":"aws.ecs","detail":{"containers":[{},{"name":"web"},{},7,null],"attachments":[{}]}}"#;
    assert_eq!(found, expected);
}

#[test]
fn the_contract_cannot_be_dropped() {
    for list in [NEVER_REMOVED_OF_TASKS, NEVER_REMOVED_OF_INSTANCES] {
        for path in list.split(", ") {
            let mut parts: Vec<_> = path.split("[].").collect();
            let below = Path::parse(&format!("detail.{path}.anything")).unwrap();
            let whole = Path::parse(&format!("detail.{path}")).unwrap();
            parts.truncate(1);
            let array = Path::parse(&format!("detail.{}", parts.concat())).unwrap();
            for dropped in [below, whole, array] {
                for profile in Profile::ALL {
                    assert!(
                        Trim::new(profile, &[], std::slice::from_ref(&dropped)).is_err(),
                        "{dropped}"
                    );
                }
            }
        }
    }
}
