//! The saved queries and those of the dashboard, on the messages that the function stores by default for
//! the sample events and for an incident. Each query must answer the question in its title.

mod answers;

use crate::insights::{EXTRACTED_FIELDS, Stored, Table, fields_of, leaves, run};
use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::Line;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

const NOW_MS: i64 = 1_796_083_200_042;

/// The values that users put into the saved queries, for the incident and for the samples.
const OF_INCIDENT: [(&str, &str); 4] = [
    ("TASK_ID", "ccb6d4a1dd8e990f26b2ec47c45528af"),
    ("TASK_ARN", "arn:aws:ecs:us-east-1:123456789012:task/prod/ccb6d4a1dd8e990f26b2ec47c45528af"),
    ("DEPLOYMENT_ID", "ecs-svc/8830174652901837465"),
    ("SERVICE_NAME", "web"),
];
const OF_EVENTS: [(&str, &str); 4] = [
    ("TASK_ID", "task/prod/ef23bb5ea280216ceec6a566d219cc0e"),
    ("TASK_ARN", "arn:aws:ecs:us-east-1:123456789012:task/prod/ef23bb5ea280216ceec6a566d219cc0e"),
    ("DEPLOYMENT_ID", "3014614313470278483"),
    ("SERVICE_NAME", "web"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &Path) -> String {
    std::io::read_to_string(File::open(file).expect("a file")).expect("text")
}

/// The files of a folder with this ending, in the order of their names.
fn files(folder: &str, end: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).expect(folder);
    let mut files: Vec<_> = entries.map(|entry| entry.expect(folder).path()).collect();
    files.retain(|file| file.extension().is_some_and(|it| it == end));
    files.sort();
    files
}

/// The messages stored for payloads, each in an execution environment of its own.
fn stored(
    settings: impl IntoIterator<Item = (String, String)>,
    payloads: impl IntoIterator<Item = String>,
) -> Vec<Stored> {
    let policy = config(settings).expect("valid settings").policy;
    let line = Line::new(policy);
    let planned = |payload| line.plan(decode(Payload::from(payload)), NOW_MS);
    let plans = payloads.into_iter().map(planned);
    let batches = plans.flat_map(|mut plan| plan.take_batches());
    let logs = batches.flat_map(|batch| {
        let (destination, events) = batch.into_parts();
        events.into_iter().map(move |event| Stored {
            log_group: destination.log_group.clone(),
            log_stream: destination.log_stream.to_owned(),
            timestamp_ms: event.timestamp_ms,
            message: event.message,
        })
    });
    logs.collect()
}

fn incident() -> Vec<Stored> {
    incident_under([])
}

fn incident_under(settings: impl IntoIterator<Item = (String, String)>) -> Vec<Stored> {
    let lines = read(&root().join("tests/fixtures/incident/events.jsonl"));
    stored(settings, lines.lines().map(str::to_owned))
}

fn samples() -> Vec<Stored> {
    stored([], files("events", "json").iter().map(|file| read(file)))
}

/// The saved queries: the names of their files, and their texts.
fn saved() -> Vec<(String, String)> {
    let name = |file: &Path| file.file_stem().expect("a name").to_string_lossy().into_owned();
    files("queries", "query").iter().map(|file| (name(file), read(file))).collect()
}

/// The queries of the dashboard: their titles, and their texts.
fn widgets() -> Vec<(String, String)> {
    let body: serde_json::Value =
        serde_json::from_str(&read(&root().join("dashboard/dashboard.json"))).expect("JSON");
    let widgets = body.get("widgets").and_then(|it| it.as_array()).expect("widgets");
    let query = |widget: &serde_json::Value| {
        let properties = widget.get("properties")?;
        let text = |name| Some(properties.get(name)?.as_str()?.to_owned());
        Some((text("title")?, text("query")?))
    };
    widgets.iter().filter_map(query).collect()
}

/// The log groups of the clusters, as the template puts them into the dashboard.
fn with_sources(query: &str) -> String {
    let source = |name| format!("SOURCE '/aws/events/ecs/containerinsights/{name}/performance'");
    query.replace("${LogGroups}", &["prod", "staging"].map(source).join(" | "))
}

fn with(placeholders: [(&str, &str); 4], query: &str) -> String {
    placeholders.iter().fold(query.to_owned(), |query, (name, value)| query.replace(name, value))
}

/// The answer of a saved query on the incident.
fn answer(name: &str) -> Table {
    let queries = saved();
    let (_, query) = queries.iter().find(|(other, _)| other == name).expect(name);
    run(&with(OF_INCIDENT, query), &incident()).expect(name)
}

/// The answer of a widget on the incident.
fn shown(title: &str) -> Table {
    let widgets = widgets();
    let (_, query) = widgets.iter().find(|(other, _)| other == title).expect(title);
    run(&with_sources(query), &incident()).expect(title)
}

#[test]
fn every_query_answers_as_reviewed() {
    let corpora = [("incident", incident(), OF_INCIDENT), ("events", samples(), OF_EVENTS)];
    let queries = saved().into_iter().map(|(name, query)| (format!("saved-{name}"), query));
    let widget = |(title, query): (String, String)| {
        let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let words = words.map(str::to_lowercase).collect::<Vec<_>>();
        (format!("widget-{}", words.join("-")), with_sources(&query))
    };
    let queries: Vec<_> = queries.chain(widgets().into_iter().map(widget)).collect();
    let mut names = BTreeSet::new();
    for (corpus, logs, placeholders) in corpora {
        for (name, query) in &queries {
            let table = run(&with(placeholders, query), &logs);
            let table = table.unwrap_or_else(|why| panic!("{name} on {corpus}: {why}"));
            let name = format!("{name}-{corpus}");
            insta::with_settings!({
                omit_expression => true,
                prepend_module_to_snapshot => false,
                snapshot_path => "insights/snapshots/tables",
            }, {
                insta::assert_snapshot!(name.as_str(), table.write());
            });
            names.insert(name);
        }
    }
    let found = files("tests/it/insights/snapshots/tables", "snap");
    let found = found.iter().filter_map(|file| file.file_stem());
    let found: BTreeSet<_> = found.map(|it| it.to_string_lossy().into_owned()).collect();
    assert_eq!(found, names, "each snapshot has its query");
}

#[test]
fn every_query_begins_with_the_question_that_it_answers() {
    for (name, query) in saved() {
        let first = query.lines().next().unwrap_or_default();
        assert!(first.starts_with("# ") && first.ends_with('?'), "{name}: {first}");
    }
    for (title, _) in widgets() {
        assert!(title.ends_with('?'), "{title}");
    }
}

#[test]
fn the_dashboard_asks_what_the_saved_queries_ask() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut same = Vec::new();
    for (name, query) in saved() {
        let (comments, lines): (Vec<_>, Vec<_>) = query.lines().partition(|it| it.starts_with('#'));
        let title = comments.first().and_then(|it| it.strip_prefix("# ")).expect("a question");
        let Some((_, shown)) = widgets().into_iter().find(|(other, _)| other == title) else {
            continue;
        };
        assert_eq!(
            words(&shown),
            format!("${{LogGroups}} | {}", words(&lines.join("\n"))),
            "{name}"
        );
        same.push(name);
    }
    assert_eq!(same, ["deployments", "last-errors", "stopped-tasks"]);
}

#[test]
fn every_field_that_a_query_names_is_stored_somewhere() {
    // All containers have the same fields, and so have all capacity providers.
    let of_any = |name: &str| {
        let part = |part: &str| if part.parse::<u8>().is_ok() { "#" } else { part }.to_owned();
        name.split('.').map(part).collect::<Vec<_>>().join(".")
    };
    let logs = [samples(), incident()].concat();
    let known = logs.iter().flat_map(|it| leaves(&it.message)).map(|(name, _)| of_any(&name));
    let known: BTreeSet<_> = known.collect();
    for (name, query) in saved().into_iter().chain(widgets()) {
        let fields = fields_of(&with_sources(&query)).expect(&name);
        assert!(!fields.is_empty(), "{name}");
        for field in fields {
            assert!(known.contains(&of_any(&field)), "{name}: {field}");
        }
    }
}

/// The most containers of a task definition.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html>
const CONTAINERS: usize = 10;

#[test]
fn all_fields_of_the_largest_lean_task_are_discovered() {
    let mut most = 0;
    for event in [samples(), incident()].concat() {
        let leaves = leaves(&event.message);
        let is_of_containers = |name: &str| name.starts_with("detail.containers.");
        let of_first = leaves.iter().filter(|(name, _)| name.starts_with("detail.containers.0."));
        let others = leaves.iter().filter(|(name, _)| !is_of_containers(name));
        most = most.max(others.count() + of_first.count() * CONTAINERS);
    }
    assert!((50..=EXTRACTED_FIELDS).contains(&most), "{most}");
}

#[test]
fn the_page_of_queries_shows_the_answers_on_the_incident() {
    let page = read(&root().join("docs/queries.md"));
    for (name, query) in saved() {
        let title = query.lines().next().and_then(|it| it.strip_prefix("# ")).expect("a question");
        let table = answer(&name).write();
        let shown =
            format!("<summary>{title} (<code>{name}</code>)</summary>\n\n{table}\n</details>");
        assert!(page.contains(&shown), "{name}: docs/queries.md must have\n{shown}");
    }
}
