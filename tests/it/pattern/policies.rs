//! Generated policies, as the variables that make them.

use super::events::{CLUSTERS, EVENT_NAMES, SERVICES, STATUSES, UNKNOWN_KINDS};
use ecs_event_forwarder::config::config;
use ecs_event_forwarder::event::EventKind;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// Names and values of variables.
pub(super) type Settings = Vec<(&'static str, String)>;

/// The lists of a rule: variable, key in `FORWARDER_RULES`, and globs.
type List = (&'static str, &'static str, fn() -> Vec<String>);

const LISTS: [List; 6] = [
    ("FORWARDER_CLUSTERS", "clusters", || {
        globs(CLUSTERS, &["prod*", "*d*", "s*g", "p**d", "*-eu"])
    }),
    ("FORWARDER_EVENT_TYPES", "eventTypes", || globs(&["INFO", "WARN", "ERROR"], &["W*", "*R*"])),
    ("FORWARDER_DETAIL_TYPES", "detailTypes", detail_types),
    ("FORWARDER_EVENT_NAMES", "eventNames", || {
        globs(&named(EVENT_NAMES), &["SERVICE_*", "*STEADY_STATE", "*_DEPLOYMENT_*"])
    }),
    ("FORWARDER_SERVICES", "services", || globs(SERVICES, &["web*", "*-api", "*o*", "c*t"])),
    ("FORWARDER_TASK_STATUSES", "taskStatuses", || {
        globs(&named(STATUSES), &["*ING", "STOP*", "*P*"])
    }),
];

fn named<'a>(texts: &[&'a str]) -> Vec<&'a str> {
    texts.iter().copied().filter(|text| !text.is_empty()).collect()
}

fn globs(literals: &[&str], with_stars: &[&str]) -> Vec<String> {
    literals.iter().chain(with_stars).map(|glob| (*glob).to_owned()).collect()
}

fn detail_types() -> Vec<String> {
    let known = EventKind::KNOWN;
    let literals: Vec<_> =
        known.iter().map(EventKind::detail_type).chain(named(UNKNOWN_KINDS)).collect();
    globs(
        &literals,
        &["*", "ECS *", "*CloudTrail", "*State Change", "ECS Service*", "*Daemon*", "*\\*"],
    )
}

/// The items of a list: wanted, unwanted or both, sometimes with `*` among them.
fn items(globs: &[String]) -> BoxedStrategy<Vec<String>> {
    let wanted = select(globs.to_vec());
    let unwanted = select(globs.to_vec()).prop_map(|glob| format!("!{glob}"));
    let star = select(&["*", "!*"][..]).prop_map(str::to_owned);
    let mixed = prop_oneof![6 => wanted.clone(), 3 => unwanted.clone(), 2 => star.clone()];
    let some = |item: BoxedStrategy<String>| prop::collection::vec(item, 1..5);
    prop_oneof![
        6 => some(wanted.boxed()),
        4 => some(unwanted.boxed()),
        4 => some(mixed.boxed()),
        1 => some(star.boxed()),
    ]
    .boxed()
}

/// More names than a pattern has room for. Events have only a few of them.
fn many(globs: &[String]) -> BoxedStrategy<Vec<String>> {
    let first = globs.first().cloned().unwrap_or_default();
    let names = (20..70_usize, items(globs)).prop_map(move |(count, mut items)| {
        items.extend((0..count).map(|at| format!("{first}{}", "X".repeat(1 + at % 23))));
        items
    });
    names.boxed()
}

/// The six lists, most of them left out. The list `long` has many items.
fn lists(long: Option<&str>) -> BoxedStrategy<Settings> {
    let lists = LISTS.map(|(variable, _, globs)| {
        let is_long = long == Some(variable);
        let items = if is_long { many(&globs()) } else { items(&globs()) };
        let setting = items.prop_map(move |items| (variable, items.join(",")));
        option::weighted(if is_long { 0.99 } else { 0.35 }, setting)
    });
    lists.to_vec().prop_map(|lists| lists.into_iter().flatten().collect()).boxed()
}

fn rules() -> BoxedStrategy<Settings> {
    let lists = LISTS.map(|(_, key, globs)| {
        let items = items(&globs()).prop_map(move |items| (key.to_owned(), json!(items)));
        option::weighted(0.35, items)
    });
    let rule = lists.to_vec().prop_map(|lists| {
        Value::Object(lists.into_iter().flatten().collect::<Map<String, Value>>())
    });
    let rules = prop::collection::vec(rule, 1..5);
    rules.prop_map(|rules| vec![("FORWARDER_RULES", json!(rules).to_string())]).boxed()
}

/// The settings beside the lists or rules.
fn beside() -> BoxedStrategy<Settings> {
    let sources = ["aws.ecs,my.ecs", "*", "*.ecs", "!aws.ec2", "aws.ecs,!my.ecs"];
    let sources = select(sources.to_vec()).prop_map(str::to_owned);
    let selects = select(&["lifecycle", "problems", "everything"][..]).prop_map(str::to_owned);
    let sidecars = select(&["log_router", "!*", "*", "!app"][..]).prop_map(str::to_owned);
    let variables = vec![
        ("FORWARDER_SOURCES", 0.2, sources.boxed()),
        ("FORWARDER_SELECT", 0.5, selects.boxed()),
        ("FORWARDER_SIDECARS", 0.2, sidecars.boxed()),
    ];
    let settings = variables.into_iter().map(|(name, often, values)| {
        option::weighted(often, values.prop_map(move |value| (name, value)))
    });
    let settings: Vec<_> = settings.collect();
    settings.prop_map(|settings| settings.into_iter().flatten().collect()).boxed()
}

/// Settings that are valid together.
pub(super) fn settings() -> impl Strategy<Value = Settings> {
    let long = ["FORWARDER_CLUSTERS", "FORWARDER_EVENT_NAMES", "FORWARDER_SERVICES"];
    let long = prop::strategy::Union::new(long.map(|variable| lists(Some(variable))));
    let wanted = prop_oneof![6 => lists(None), 1 => long, 3 => rules()];
    let settings = (beside(), wanted).prop_map(|(beside, wanted)| [beside, wanted].concat());
    settings.prop_filter("the configuration refuses lists that keep nothing", |settings| {
        let pairs = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        config(pairs).is_ok()
    })
}
