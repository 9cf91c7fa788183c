//! The plan for every sample event and every fixture, without a network.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "samples are files; a test that meets what it does not expect has failed"
)]

use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::event::{Arrival, Origin};
use ecs_event_forwarder::json::scan;
use ecs_event_forwarder::line::{Intent, Line};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The time of every plan here: later than the time of any sample.
const NOW_MS: i64 = 1_796_083_200_042;

/// The plan for a file: where each arrival ends, and its message.
fn check(settings: &[(&str, &str)], file: &Path) -> String {
    let settings = settings.iter().map(|(n, v)| ((*n).into(), (*v).into()));
    let policy = config(settings).expect("valid settings").policy;
    let text = std::fs::read_to_string(file).expect("a file of text");
    let arrivals = decode(Payload::from(text));
    let plan = Line::new(policy.clone()).plan(arrivals, NOW_MS);
    let mut out = String::new();
    for (position, entry) in plan.entries().iter().enumerate() {
        let origin = match &entry.origin {
            Origin::Direct => "direct",
            Origin::Sqs { message_id } => message_id,
        };
        let end = match &entry.intent {
            Intent::Deliver => "stored".to_owned(),
            Intent::Drop(reason) => format!("dropped {}", reason.as_str()),
            Intent::Skip(first) => format!("duplicate {first:?}"),
            Intent::Fail(failure) => format!("failed {}", failure.error_type()),
        };
        writeln!(out, "{position} {origin}: {end}").unwrap();
        let batches = plan.batches().iter();
        let events = batches.flat_map(|b| b.events().iter().map(|event| (b.destination(), event)));
        for (destination, event) in events.filter(|(_, event)| event.arrival == position) {
            let group = &destination.log_group;
            let stream = destination.log_stream;
            let time = Timestamp::from_millisecond(event.timestamp_ms).unwrap();
            writeln!(out, "  {group} {stream} {time}\n  {}", event.message).unwrap();
        }
    }
    out
}

const LEAN: &[(&str, &str)] = &[];
const MINIMAL: &[(&str, &str)] = &[("FORWARDER_TRIM", "minimal")];
const FULL: &[(&str, &str)] = &[("FORWARDER_TRIM", "full"), ("FORWARDER_DETAIL_TYPES", "*")];

fn files_in(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let is_payload = |file: &PathBuf| file.extension().is_some_and(|it| it != "md");
    let mut files: Vec<_> = files.filter(is_payload).collect();
    files.sort();
    files
}

fn stem(file: &Path) -> &str {
    file.file_stem().unwrap().to_str().unwrap()
}

fn file_of(name: &str) -> PathBuf {
    let mut files = files_in("events").into_iter().chain(files_in("tests/fixtures"));
    files.find(|file| stem(file) == name).expect(name)
}

/// The decoder never makes such an event, but the line takes arrivals from anyone.
#[test]
fn an_event_without_members_is_stored_as_json() {
    let settings = [("FORWARDER_SOURCES", "*"), ("FORWARDER_DETAIL_TYPES", "*")];
    let policy = config(settings.map(|(n, v)| (n.into(), v.into()))).unwrap().policy;
    for text in ["{}", r#"{"forwarder":{}}"#] {
        let event = scan(text.to_owned()).unwrap().into_compact().unwrap();
        let arrival = Arrival { origin: Origin::Direct, event: Ok(event), bytes: text.len() };
        let plan = Line::new(policy.clone()).plan([arrival], NOW_MS);
        assert_eq!(plan.batches()[0].events()[0].message, r#"{"forwarder":{"eventType":"INFO"}}"#);
    }
}

#[test]
fn every_file_is_planned_as_reviewed() {
    let mut names = BTreeSet::new();
    for (folder, of) in [("events", "event"), ("tests/fixtures", "fixture")] {
        for file in files_in(folder) {
            let name = format!("{of}-{}", stem(&file));
            let [lean, minimal, full] = [LEAN, MINIMAL, FULL].map(|it| check(it, &file));
            let all = format!("lean\n{lean}\nminimal\n{minimal}\nfull, every detail-type\n{full}");
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(name.as_str(), all);
            });
            names.insert(format!("{name}.snap"));
        }
    }
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots");
    let found: BTreeSet<_> = std::fs::read_dir(snapshots)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.split('.').next_back() == Some("snap"))
        .filter(|name| name.starts_with("event-") || name.starts_with("fixture-"))
        .collect();
    assert_eq!(found, names, "each snapshot has its file");
}

/// The cluster, service, event type, stop category and end of each arrival of each file, written from
/// the documents and not from the output of the code.
#[rustfmt::skip]
const FACTS: &[(&str, [&str; 5])] = &[
    // The life of one task.
    ("task-provisioning",  ["prod", "web", "INFO", "-",       "stored"]),
    ("task-pending",       ["prod", "web", "INFO", "-",       "stored"]),
    ("task-activating",    ["prod", "web", "INFO", "-",       "stored"]),
    ("task-running",       ["prod", "web", "INFO", "-",       "stored"]),
    ("task-deactivating",  ["prod", "web", "INFO", "scaling", "stored"]),
    ("task-stopping",      ["prod", "web", "INFO", "scaling", "stored"]),
    ("task-deprovisioning",["prod", "web", "INFO", "scaling", "stored"]),
    ("task-stopped",       ["prod", "web", "INFO", "scaling", "stored"]),
    // Tasks.
    ("task-out-of-memory",                  ["prod", "web", "ERROR", "out_of_memory", "stored"]),
    ("task-exited-with-error",              ["staging", "checkout", "ERROR", "essential_container_exited", "stored"]),
    ("task-exited-with-zero",               ["staging", "worker", "WARN", "essential_container_exited", "stored"]),
    ("task-without-exit-code",              ["staging", "-", "ERROR", "essential_container_exited", "stored"]),
    // A lone task whose other container is killed after the migration has ended with 0.
    ("task-job-ended-sidecar-killed",       ["staging", "-", "INFO", "essential_container_exited", "stored"]),
    ("task-sidecar-exited-with-error",      ["prod", "web", "WARN", "-", "stored"]),
    ("task-image-pull-failed",              ["staging", "worker", "ERROR", "image_pull", "stored"]),
    ("task-secret-missing",                 ["staging", "checkout", "ERROR", "secrets_or_init", "stored"]),
    ("task-volume-not-attached",            ["staging", "worker", "ERROR", "failed_to_start", "stored"]),
    ("task-failed-elb-health-checks",       ["prod", "checkout", "ERROR", "elb_health_check", "stored"]),
    ("task-failed-container-health-checks", ["prod", "worker", "ERROR", "container_health_check", "stored"]),
    ("task-scaled-in-with-exit-code",       ["prod", "web", "INFO", "scaling", "stored"]),
    ("task-scaled-in-with-sidecar-not-pulled", ["prod", "web", "INFO", "scaling", "stored"]),
    ("task-rebalanced",                     ["prod", "web", "INFO", "rebalancing", "stored"]),
    ("task-on-draining-instance",           ["prod", "worker", "INFO", "infrastructure", "stored"]),
    ("task-spot-interrupted",               ["prod", "worker", "WARN", "spot_interruption", "stored"]),
    ("task-spot-notice-without-stop-code",  ["prod", "worker", "WARN", "spot_interruption", "stored"]),
    ("task-stopped-by-user",                ["staging", "web", "INFO", "user", "stored"]),
    ("task-run-with-overrides",             ["prod", "-", "INFO", "essential_container_exited", "stored"]),
    ("task-five-containers",                ["prod", "checkout", "INFO", "-", "stored"]),
    ("task-on-ec2",                         ["prod", "worker", "INFO", "-", "stored"]),
    // No stop code, and a reason without an error category.
    ("task-host-terminated",                ["prod", "worker", "WARN", "infrastructure", "stored"]),
    ("task-on-managed-instances",           ["staging", "web", "INFO", "-", "stored"]),
    // Its group is neither a service's nor a family's.
    ("task-old-arns",                       ["prod", "-", "INFO", "essential_container_exited", "stored"]),
    ("task-in-china",                       ["prod", "web", "INFO", "-", "stored"]),
    ("task-unicode-and-control-characters", ["prod", "checkout", "ERROR", "image_pull", "stored"]),
    ("task-numbers-as-spelled",             ["prod", "web", "INFO", "-", "stored"]),
    ("task-timestamps-of-every-precision",  ["prod", "worker", "INFO", "scaling", "stored"]),
    // Container instances.
    ("container-instance-registered",          ["prod", "-", "INFO", "-", "stored"]),
    ("container-instance-disconnected",        ["prod", "-", "INFO", "-", "stored"]),
    ("container-instance-draining",            ["prod", "-", "INFO", "-", "stored"]),
    ("container-instance-agent-update-failed", ["staging", "-", "WARN", "-", "stored"]),
    ("container-instance-registration-failed", ["staging", "-", "ERROR", "-", "stored"]),
    ("container-instance-impaired",            ["prod", "-", "ERROR", "-", "stored"]),
    ("container-instance-recovered",           ["prod", "-", "INFO", "-", "stored"]),
    ("container-instance-health-unknown",      ["prod", "-", "WARN", "-", "stored"]),
    // Services and deployments.
    ("service-steady-state",                       ["prod", "web", "INFO", "-", "stored"]),
    ("service-start-impaired",                     ["staging", "worker", "WARN", "-", "stored"]),
    ("service-placement-failure",                  ["prod", "worker", "ERROR", "-", "stored"]),
    ("service-placement-failure-on-fargate-spot",  ["prod", "worker", "ERROR", "-", "stored"]),
    ("service-steady-state-replayed",              ["prod", "web", "INFO", "-", "stored"]),
    ("service-empty-resources",                    ["staging", "-", "INFO", "-", "stored"]),
    ("service-old-arn",                            ["staging", "web", "INFO", "-", "stored"]),
    ("deployment-in-progress",                     ["prod", "web", "INFO", "-", "stored"]),
    ("deployment-completed",                       ["prod", "web", "INFO", "-", "stored"]),
    ("deployment-failed",                          ["staging", "checkout", "ERROR", "-", "stored"]),
    ("deployment-of-unknown-cluster",              ["-", "legacy", "INFO", "-", "stored"]),
    // A hook names its service only in `serviceArn`.
    ("hook-awaiting-action",                       ["prod", "checkout", "INFO", "-", "stored"]),
    // Daemons.
    ("daemon-task-start-impaired",        ["prod", "-", "WARN", "-", "stored"]),
    ("daemon-task-not-created",           ["prod", "-", "WARN", "-", "stored"]),
    ("daemon-deployment-pending",         ["prod", "-", "INFO", "-", "stored"]),
    ("daemon-deployment-rollback-failed", ["prod", "-", "ERROR", "-", "stored"]),
    // Other kinds. CloudTrail's own eventType, AwsApiCall, is not a severity.
    ("unknown-kind",                        ["prod", "-", "INFO", "-", "stored"]),
    ("cloudtrail-update-service",           ["prod", "web", "INFO", "-", "dropped detailType"]),
    ("cloudtrail-update-service-denied",    ["prod", "web", "WARN", "-", "dropped detailType"]),
    ("cloudtrail-run-task-failed",          ["prod", "-", "WARN", "-", "dropped detailType"]),
    ("cloudtrail-service-event",            ["prod", "-", "INFO", "-", "dropped detailType"]),
    ("cloudtrail-register-task-definition", ["-", "-", "INFO", "-", "dropped detailType"]),
    // Events inside other records.
    ("on-failure-record", ["prod", "checkout", "INFO", "-", "stored"]),
    ("sqs-batch",         ["prod", "web", "INFO", "-", "stored"]),
    ("sqs-batch",         ["staging", "checkout", "WARN", "-", "stored"]),
    ("sqs-batch",         ["prod", "checkout", "ERROR", "-", "stored"]),
    // Fixtures.
    ("array",                   ["-", "-", "-", "-", "failed Forwarder.UnknownPayload"]),
    ("broken",                  ["-", "-", "-", "-", "failed Forwarder.UnreadablePayload"]),
    ("detail-is-a-string",      ["prod", "web", "INFO", "-", "stored"]),
    ("empty-object",            ["-", "-", "-", "-", "failed Forwarder.UnknownPayload"]),
    ("empty-records",           ["-", "-", "-", "-", "failed Forwarder.UnknownPayload"]),
    ("foreign-source",          ["-", "-", "-", "-", "failed Forwarder.ForeignSource"]),
    // `x` follows the last `/`, but the ARN is not that of a cluster. The event pattern requires one, and
    // must match all events that the function keeps.
    ("hostile-cluster-dots",    ["-", "web", "INFO", "-", "stored"]),
    ("hostile-cluster-long",    ["-", "web", "INFO", "-", "stored"]),
    ("hostile-cluster-parent",  ["-", "web", "INFO", "-", "stored"]),
    ("hostile-cluster-unicode", ["-", "web", "INFO", "-", "stored"]),
    ("no-detail",               ["prod", "web", "INFO", "-", "stored"]),
    ("no-time",                 ["prod", "web", "INFO", "-", "stored"]),
    ("not-json",                ["-", "-", "-", "-", "failed Forwarder.UnreadablePayload"]),
    ("nulls",                   ["prod", "-", "INFO", "unknown", "stored"]),
    ("number",                  ["-", "-", "-", "-", "failed Forwarder.UnknownPayload"]),
    ("on-failure-of-broken",    ["-", "-", "-", "-", "failed Forwarder.UnknownPayload"]),
    ("own-source",              ["-", "-", "-", "-", "failed Forwarder.ForeignSource"]),
    ("s3",                      ["-", "-", "-", "-", "failed Forwarder.UnknownPayload"]),
    ("sns",                     ["-", "-", "-", "-", "failed Forwarder.UnknownPayload"]),
    ("sqs-mixed",               ["prod", "web", "INFO", "-", "stored"]),
    ("sqs-mixed",               ["prod", "checkout", "INFO", "-", "stored"]),
    ("sqs-mixed",               ["-", "-", "-", "-", "failed Forwarder.UnknownPayload"]),
    ("sqs-mixed",               ["prod", "web", "INFO", "-", "dropped detailType"]),
    ("sqs-one-foreign",         ["prod", "web", "INFO", "-", "stored"]),
    ("sqs-one-foreign",         ["-", "-", "-", "-", "failed Forwarder.ForeignSource"]),
    ("sqs-one-foreign",         ["prod", "worker", "INFO", "-", "stored"]),
    ("sqs-one-unreadable",      ["prod", "web", "INFO", "-", "stored"]),
    ("sqs-one-unreadable",      ["-", "-", "-", "-", "failed Forwarder.UnreadablePayload"]),
    ("sqs-one-unreadable",      ["prod", "checkout", "INFO", "-", "stored"]),
];

/// The default end of each arrival of a file, and its `forwarder` object if every detail-type is kept.
fn facts(file: &Path) -> Vec<[String; 5]> {
    let lines = |settings| {
        let text = check(settings, file);
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let is_end = |line: &&String| !line.starts_with("  ");
    let of_default = lines(LEAN);
    let ends = of_default.iter().filter(is_end);
    let mut rows: Vec<_> = ends
        .map(|line| ["-", "-", "-", "-", line.split_once(": ").unwrap().1].map(str::to_owned))
        .collect();
    let of_all = lines(FULL);
    let mut row = 0;
    for line in &of_all {
        if is_end(&line) {
            row = line.split(' ').next().unwrap().parse().unwrap();
        } else if line.starts_with("  {") {
            let message: serde_json::Value = serde_json::from_str(line).unwrap();
            let names = ["cluster", "service", "eventType", "stopCategory"];
            for (name, fact) in names.iter().zip(&mut rows[row]) {
                if let Some(text) = message["forwarder"][name].as_str() {
                    text.clone_into(fact);
                }
            }
        }
    }
    rows
}

#[test]
fn every_file_ends_as_the_table_states() {
    let known: BTreeSet<_> = FACTS.iter().map(|(name, _)| *name).collect();
    let files: Vec<_> = ["events", "tests/fixtures"].map(files_in).concat();
    let found: BTreeSet<_> = files.iter().map(|file| stem(file)).collect();
    assert_eq!(found, known);
    for name in known {
        let expected = FACTS.iter().filter(|(of, _)| *of == name);
        let expected: Vec<_> = expected.map(|(_, facts)| facts.map(str::to_owned)).collect();
        assert_eq!(facts(&file_of(name)), expected, "{name}");
    }
}

#[test]
fn only_the_cluster_chooses_the_group() {
    for (name, [cluster, ..]) in FACTS {
        let text = check(LEAN, &file_of(name));
        let names = FACTS.iter().filter(|(of, _)| of == name);
        let clusters: Vec<_> = names.map(|(_, facts)| facts[0]).collect();
        for line in text.lines().filter(|line| line.starts_with("  /")) {
            let group = line.trim().split(' ').next().unwrap();
            let middle = group
                .strip_prefix("/aws/events/ecs/containerinsights/")
                .and_then(|rest| rest.strip_suffix("/performance"))
                .expect(group);
            let expected = if *cluster == "-" { "_unresolved" } else { cluster };
            assert!(middle == expected || clusters.contains(&middle), "{name}: {group}");
        }
    }
}

#[test]
fn an_own_source_is_stored_when_it_is_accepted() {
    let own = &[("FORWARDER_SOURCES", "aws.ecs,my.ecs")];
    let text = check(own, &file_of("own-source"));
    assert!(text.starts_with("0 direct: stored\n"), "{text}");
}

#[test]
fn no_secret_of_a_sample_is_planned() {
    let mut planted = 0;
    for file in files_in("events") {
        let text = std::fs::read_to_string(&file).unwrap();
        planted += text.matches("not-a-real-secret").count();
        for profile in [LEAN, MINIMAL, FULL] {
            let shown = check(profile, &file);
            assert!(!shown.contains("not-a-real-secret"), "{}", file.display());
        }
    }
    assert!(planted >= 5, "{planted} secrets");
    let open = &[("FORWARDER_REDACT", "off"), ("FORWARDER_TRIM", "full")];
    let shown = check(open, &file_of("task-run-with-overrides"));
    assert!(shown.contains("not-a-real-secret"), "redaction is what hides them");
}
