//! The selection beside the lists or rules.

use super::{check, end};
use serde_json::{Value, json};

fn sample(name: &str) -> Value {
    let path = format!("{}/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    #[expect(clippy::disallowed_methods, reason = "samples are files")]
    let text = std::fs::read_to_string(path).expect(name);
    serde_json::from_str(&text).expect(name)
}

/// True if a sample is kept with some members of its detail changed.
#[track_caller]
fn is_kept(select: &str, name: &str, changes: &[(&str, Value)]) -> bool {
    let mut event = sample(name);
    for (key, value) in changes {
        event["detail"][*key] = value.clone();
    }
    match end(&[("FORWARDER_SELECT", select)], &event.to_string()).as_str() {
        "dropped select" => false,
        end => {
            assert!(end.starts_with("/aws/"), "{end}");
            true
        }
    }
}

#[test]
fn lifecycle_keeps_the_beginning_the_running_and_the_end_of_a_task() {
    let kept = |status: &str, name| is_kept("lifecycle", name, &[("lastStatus", json!(status))]);
    for status in ["PENDING", "ACTIVATING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"] {
        assert!(!kept(status, "task-running"), "{status}");
        assert!(!kept(status, "task-stopped"), "{status}");
        // An error is kept in every status.
        assert!(kept(status, "task-out-of-memory"), "{status}");
        assert!(kept(status, "task-spot-interrupted"), "{status}");
    }
    for status in ["PROVISIONING", "RUNNING", "STOPPED", "SOMETHING_NEW", "pending", ""] {
        assert!(kept(status, "task-running"), "{status}");
    }
    assert!(is_kept("lifecycle", "task-running", &[("lastStatus", Value::Null)]));
    let is_native = [("lastStatus", json!("PENDING")), ("eventType", json!("WARNING"))];
    assert!(is_kept("lifecycle", "task-running", &is_native));
}

#[test]
fn lifecycle_drops_steady_states() {
    let kept = |name: &str, event_type: &str, sample| {
        let changes = [("eventName", json!(name)), ("eventType", json!(event_type))];
        is_kept("lifecycle", sample, &changes)
    };
    for name in ["SERVICE_STEADY_STATE", "TASKSET_STEADY_STATE", "CAPACITY_PROVIDER_STEADY_STATE"] {
        assert!(!kept(name, "INFO", "service-steady-state"), "{name}");
        assert!(kept(name, "WARN", "service-steady-state"), "{name}");
        assert!(kept(name, "SOMETHING_NEW", "service-steady-state"), "{name}");
        // In other kinds the name has no known meaning.
        assert!(kept(name, "INFO", "deployment-in-progress"), "{name}");
        assert!(kept(name, "INFO", "unknown-kind"), "{name}");
    }
    for name in ["SERVICE_DESIRED_COUNT_UPDATED", "TASKS_STOPPED", "OTHER_STEADY_STATE", ""] {
        assert!(kept(name, "INFO", "service-steady-state"), "{name}");
    }
}

#[test]
fn lifecycle_keeps_the_registration_the_draining_and_the_end_of_an_instance() {
    let kept = |status: &str, version: Value| {
        let changes = [("status", json!(status)), ("version", version)];
        is_kept("lifecycle", "container-instance-disconnected", &changes)
    };
    for version in [1, 2, 5] {
        assert!(kept("ACTIVE", json!(version)), "{version}");
    }
    for version in [json!(0), json!(6), json!(611), json!("1"), Value::Null] {
        assert!(!kept("ACTIVE", version.clone()), "{version}");
    }
    let statuses =
        ["REGISTERING", "REGISTRATION_FAILED", "DRAINING", "DEREGISTERING", "INACTIVE", "NEW", ""];
    for status in statuses {
        assert!(kept(status, json!(611)), "{status}");
    }
    assert!(is_kept("lifecycle", "container-instance-agent-update-failed", &[]));
    assert!(is_kept("lifecycle", "container-instance-recovered", &[]));
    assert!(is_kept("lifecycle", "container-instance-recovered", &[("status", json!("ACTIVE"))]));
}

#[test]
fn problems_are_warnings_and_errors_of_every_kind() {
    for name in ["task-running", "service-steady-state", "hook-awaiting-action", "unknown-kind"] {
        for (event_type, expected) in
            [("INFO", false), ("WARN", true), ("WARNING", true), ("ERROR", true), ("NEW", true)]
        {
            let changes = [("eventType", json!(event_type))];
            assert_eq!(is_kept("problems", name, &changes), expected, "{name} {event_type}");
        }
    }
    for name in ["task-out-of-memory", "container-instance-impaired", "task-spot-interrupted"] {
        assert!(is_kept("problems", name, &[]), "{name}");
    }
    for name in ["task-stopped", "container-instance-recovered", "deployment-completed"] {
        assert!(!is_kept("problems", name, &[]), "{name}");
    }
}

#[test]
fn neither_lists_nor_rules_override_the_selection() {
    let steady = sample("service-steady-state").to_string();
    let rules = ("FORWARDER_RULES", r#"[{"clusters":["prod"]},{"eventTypes":["INFO"]}]"#);
    for beside in
        [rules, ("FORWARDER_CLUSTERS", "prod"), ("FORWARDER_EVENT_NAMES", "SERVICE_STEADY_STATE")]
    {
        assert_eq!(end(&[("FORWARDER_SELECT", "lifecycle"), beside], &steady), "dropped select");
        assert_eq!(end(&[("FORWARDER_SELECT", "problems"), beside], &steady), "dropped select");
        let everything = end(&[("FORWARDER_SELECT", "everything"), beside], &steady);
        assert_eq!(everything, end(&[beside], &steady));
        assert!(everything.starts_with("/aws/"), "{everything}");
    }
    // The selection does not override them either, and they are the first reason.
    let error = sample("task-out-of-memory").to_string();
    let elsewhere = ("FORWARDER_CLUSTERS", "staging");
    assert_eq!(end(&[("FORWARDER_SELECT", "problems"), elsewhere], &error), "dropped cluster");
    assert_eq!(end(&[("FORWARDER_SELECT", "problems"), elsewhere], &steady), "dropped cluster");
}

#[test]
fn the_selection_is_one_of_three_words() {
    insta::assert_snapshot!(check(&[("FORWARDER_SELECT", "errors")]), @r#"
    1 problem in the configuration
      FORWARDER_SELECT: "errors" is unknown; use one of everything, lifecycle, problems
    "#);
    assert_eq!(check(&[("FORWARDER_SELECT", "lifecycle"), ("FORWARDER_RULES", "[{}]")]), "fine");
}
