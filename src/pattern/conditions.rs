//! What a rule says, field by field.

use super::Condition;
use crate::event::{EventKind, EventType};
use crate::filter::Rule;
use crate::glob::Patterns;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The values of each field of which one must be there. A field is named by its dotted path.
pub(super) type Fields = BTreeMap<&'static str, Vec<Value>>;

/// Events of some kinds: all of `fields`, and one of `alternatives` if there are any.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Branch {
    pub(super) fields: Fields,
    pub(super) alternatives: Vec<Fields>,
}

/// What the pattern says less exactly than the rule does.
type Approximate = BTreeSet<Condition>;

pub(super) const DETAIL_TYPE: &str = "detail-type";
const CLUSTER_ARN: &str = "detail.clusterArn";
const RESOURCES: &str = "resources";
const EVENT_TYPE: &str = "detail.eventType";

/// Kinds about which a rule says different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Task,
    ContainerInstance,
    Health,
    CloudTrail,
    /// The other known kinds, and those that nobody knows.
    Rest,
}

const CLASSES: [Class; 5] =
    [Class::Task, Class::ContainerInstance, Class::Health, Class::CloudTrail, Class::Rest];

impl Class {
    fn kind(self) -> Option<EventKind<'static>> {
        match self {
            Self::Task => Some(EventKind::Task),
            Self::ContainerInstance => Some(EventKind::ContainerInstance),
            Self::Health => Some(EventKind::ContainerInstanceHealth),
            Self::CloudTrail => Some(EventKind::CloudTrail),
            Self::Rest => None,
        }
    }

    /// Whether the rule may want events of the class, and by which detail-types they are told.
    fn detail_types(self, wanted: &Patterns) -> Option<Vec<Value>> {
        if let Some(kind) = self.kind() {
            let detail_type = kind.detail_type();
            return wanted.hold(Some(detail_type)).then(|| vec![json!(detail_type)]);
        }
        // Everything but the kinds of other classes and the known ones that are not wanted.
        let is_other = |kind: &EventKind<'_>| {
            CLASSES.iter().any(|class| class.kind().as_ref() == Some(kind))
                || !wanted.hold(Some(kind.detail_type()))
        };
        let others: Vec<_> = EventKind::KNOWN.iter().filter(|kind| is_other(kind)).collect();
        let others: Vec<_> = others.iter().map(|kind| kind.detail_type()).collect();
        let names_all =
            !wanted.wanted().is_empty() && wanted.wanted().iter().all(|glob| !glob.contains('*'));
        if names_all {
            let ours: Vec<_> = wanted
                .wanted()
                .iter()
                .filter(|name| !others.contains(&name.as_str()) && wanted.hold(Some(name.as_str())))
                .map(|name| json!(name))
                .collect();
            return (!ours.is_empty()).then_some(ours);
        }
        Some(vec![json!({ "anything-but": others })])
    }
}

/// Whether the rule has such a condition at all.
pub(super) fn restricts(rule: &Rule, condition: Condition) -> bool {
    let patterns = match condition {
        Condition::Services => &rule.services,
        Condition::EventNames => &rule.event_names,
        Condition::TaskStatuses => &rule.task_statuses,
        Condition::Clusters => &rule.clusters,
        Condition::EventTypes => &rule.event_types,
        Condition::DetailTypes => &rule.detail_types,
    };
    if condition == Condition::EventTypes {
        return wanted_types(patterns).len() < EventType::ALL.len();
    }
    !is_any(patterns)
}

/// Events that the rule may keep; conditions in `given_up` are not looked at.
pub(super) fn said(
    rule: &Rule,
    given_up: &[Condition],
    approximate: &mut Approximate,
) -> Vec<Branch> {
    let says = |condition| restricts(rule, condition) && !given_up.contains(&condition);
    if given_up.contains(&Condition::DetailTypes) {
        return vec![Branch::default()];
    }
    let mut bodies: Vec<(Vec<Value>, Branch)> = Vec::new();
    let mut has_all_classes = true;
    for class in CLASSES {
        let Some(detail_types) = class.detail_types(&rule.detail_types) else { continue };
        let mut body = Branch::default();
        let is_possible = (!says(Condition::EventTypes)
            || body.event_types(class, rule, approximate))
            && (!says(Condition::Services) || body.services(class, rule, approximate));
        if !is_possible {
            has_all_classes = false;
            continue;
        }
        if says(Condition::Clusters) {
            body.clusters(class, rule, approximate);
        }
        if says(Condition::EventNames) {
            body.field("detail.eventName", &rule.event_names, Lack::Passes, str::to_owned);
        }
        if says(Condition::TaskStatuses) && class == Class::Task {
            body.field("detail.lastStatus", &rule.task_statuses, Lack::AsPatterns, str::to_owned);
        }
        match bodies.iter_mut().find(|(_, known)| *known == body) {
            Some((known, _)) => known.extend(detail_types),
            None => bodies.push((detail_types, body)),
        }
    }
    let is_one = bodies.len() == 1 && has_all_classes;
    let with_detail_types = |(detail_types, mut body): (Vec<Value>, Branch)| {
        if !is_one {
            body.fields.insert(DETAIL_TYPE, detail_types);
        } else if restricts(rule, Condition::DetailTypes) {
            body.field(DETAIL_TYPE, &rule.detail_types, Lack::AsPatterns, str::to_owned);
        }
        body
    };
    bodies.into_iter().map(with_detail_types).collect()
}

/// What becomes of events that lack the field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lack {
    /// They pass.
    Passes,
    /// They pass if the patterns say so.
    AsPatterns,
}

impl Branch {
    /// A condition on one field, whose values are names in some form.
    fn field(
        &mut self,
        field: &'static str,
        patterns: &Patterns,
        lack: Lack,
        form: impl Fn(&str) -> String,
    ) {
        let mut values = matchers(patterns, form);
        if lack == Lack::Passes || patterns.hold(None) {
            values.splice(0..0, absent());
        }
        self.fields.insert(field, values);
    }

    /// The cluster of an event is in its `clusterArn`, or, where there is none, in `resources`.
    fn clusters(&mut self, class: Class, rule: &Rule, approximate: &mut Approximate) {
        let clusters = &rule.clusters;
        let of_arn = |name: &str| format!("*:cluster/{name}");
        if class == Class::CloudTrail && wants_some(clusters) {
            // It is in the parameters of the call.
            approximate.insert(Condition::Clusters);
            return;
        }
        if !wants_some(clusters) || !self.alternatives.is_empty() {
            // Events without the field pass, and the function decides.
            approximate.insert(Condition::Clusters);
            return self.field(CLUSTER_ARN, clusters, Lack::Passes, of_arn);
        }
        let by_arn = Fields::from([(CLUSTER_ARN, matchers(clusters, of_arn))]);
        let mut resources = matchers(clusters, |name| format!("*/{name}/*"));
        resources.extend(matchers(clusters, of_arn));
        let by_resource = Fields::from([(CLUSTER_ARN, absent()), (RESOURCES, resources)]);
        self.alternatives = vec![by_arn, by_resource];
    }

    /// False if no event of the class is of a wanted type.
    fn event_types(&mut self, class: Class, rule: &Rule, approximate: &mut Approximate) -> bool {
        let wanted = wanted_types(&rule.event_types);
        let has = |event_type| wanted.contains(&event_type);
        if class == Class::CloudTrail {
            return has(EventType::Info);
        }
        let native = native_types(&wanted);
        if has(EventType::Info) {
            // Those that carry no type may be routine.
            approximate.insert(Condition::EventTypes);
            self.fields.insert(EVENT_TYPE, absent().into_iter().chain(native).collect());
            return true;
        }
        let derived = match class {
            // Without any of these a task is INFO; with them the function looks closer.
            Class::Task => {
                approximate.insert(Condition::EventTypes);
                let places =
                    ["detail.stopCode", "detail.stoppedReason", "detail.containers.reason"];
                places.map(|field| (field, vec![json!({ "exists": true })])).to_vec()
            }
            Class::ContainerInstance => {
                let error =
                    has(EventType::Error).then_some(("detail.status", "REGISTRATION_FAILED"));
                let warn = has(EventType::Warn).then_some(("detail.agentUpdateStatus", "FAILED"));
                error.into_iter().chain(warn).map(|(field, it)| (field, vec![json!(it)])).collect()
            }
            Class::Health => {
                let error = has(EventType::Error).then(|| json!("IMPAIRED"));
                let warn = has(EventType::Warn).then(|| json!("INSUFFICIENT_DATA"));
                vec![("detail.overallStatus", error.into_iter().chain(warn).collect())]
            }
            Class::Rest | Class::CloudTrail => vec![],
        };
        if derived.is_empty() {
            self.fields.insert(EVENT_TYPE, native);
        } else {
            let all = std::iter::once((EVENT_TYPE, native)).chain(derived);
            self.alternatives = all.map(|place| Fields::from([place])).collect();
        }
        true
    }

    /// False if no event of the class is of a wanted service.
    fn services(&mut self, class: Class, rule: &Rule, approximate: &mut Approximate) -> bool {
        let services = &rule.services;
        let of_group = |name: &str| format!("service:{name}");
        let of_arn = |name: &str| format!("*/{name}");
        match class {
            Class::Task => {
                self.field("detail.group", services, Lack::AsPatterns, of_group);
                return true;
            }
            Class::ContainerInstance | Class::Health => return services.hold(None),
            Class::Rest | Class::CloudTrail => {}
        }
        approximate.insert(Condition::Services);
        if wants_some(services) {
            let mut named = matchers(services, str::to_owned);
            named.extend(matchers(services, of_arn));
            let places = [
                ("detail.group", matchers(services, of_group)),
                (RESOURCES, matchers(services, of_arn)),
                ("detail.serviceName", named.clone()),
                ("detail.service", named.clone()),
                ("detail.serviceArn", named),
            ];
            self.alternatives = places.map(|place| Fields::from([place])).to_vec();
        }
        true
    }
}

/// What a field that is not there, or null, is matched by.
fn absent() -> Vec<Value> {
    vec![json!({ "exists": false }), Value::Null]
}

/// Whether any text and none at all will do.
fn is_any(patterns: &Patterns) -> bool {
    patterns.unwanted().is_empty() && !wants_some(patterns)
}

/// Whether only some texts are wanted, apart from exclusions.
fn wants_some(patterns: &Patterns) -> bool {
    !patterns.wanted().is_empty() && patterns.wanted().iter().all(|glob| glob != "*")
}

/// Values of a field that is always there and is matched as it is.
pub(super) fn values(patterns: &Patterns) -> Vec<Value> {
    if is_any(patterns) {
        return vec![json!({ "exists": true })];
    }
    matchers(patterns, str::to_owned)
}

/// The wanted texts in some form; where only exclusions narrow, anything but those.
fn matchers(patterns: &Patterns, form: impl Fn(&str) -> String) -> Vec<Value> {
    if wants_some(patterns) {
        let is_left = |glob: &&String| glob.contains('*') || patterns.hold(Some(glob));
        let left: Vec<_> = patterns.wanted().iter().filter(is_left).collect();
        // A rule that wants nothing at all is not worth a case of its own.
        let left = if left.is_empty() { patterns.wanted().iter().collect() } else { left };
        return left.into_iter().map(|glob| matcher(&form(glob))).collect();
    }
    let unwanted: Vec<_> = patterns.unwanted().iter().map(|glob| form(glob)).collect();
    vec![json!({ "anything-but": anything_but(&unwanted) })]
}

/// The cheapest operator for a glob: EventBridge counts rules with wildcards.
fn matcher(glob: &str) -> Value {
    if !glob.contains('*') {
        json!(glob)
    } else if let Some(end) = only_end(glob) {
        json!({ "suffix": end })
    } else if let Some(start) = only_start(glob) {
        json!({ "prefix": start })
    } else {
        json!({ "wildcard": escaped(glob) })
    }
}

/// One operator for all the globs.
fn anything_but(globs: &[String]) -> Value {
    let all = |part: fn(&str) -> Option<&str>| globs.iter().map(|glob| part(glob)).collect();
    let literals: Option<Vec<&str>> = all(|glob| (!glob.contains('*')).then_some(glob));
    let ends: Option<Vec<&str>> = all(only_end);
    let starts: Option<Vec<&str>> = all(only_start);
    match (literals, ends, starts) {
        (Some(literals), _, _) => json!(literals),
        (_, Some(ends), _) => json!({ "suffix": ends }),
        (_, _, Some(starts)) => json!({ "prefix": starts }),
        _ => json!({ "wildcard": globs.iter().map(|glob| escaped(glob)).collect::<Vec<_>>() }),
    }
}

/// `END` of `*END`.
fn only_end(glob: &str) -> Option<&str> {
    glob.strip_prefix('*').filter(|end| !end.is_empty() && !end.contains('*'))
}

/// `START` of `START*`.
fn only_start(glob: &str) -> Option<&str> {
    glob.strip_suffix('*').filter(|start| !start.is_empty() && !start.contains('*'))
}

/// Two stars in a row are no wildcard to EventBridge, and a backslash escapes.
fn escaped(glob: &str) -> String {
    let mut text = glob.replace('\\', "\\\\");
    while text.contains("**") {
        text = text.replace("**", "*");
    }
    text
}

fn wanted_types(patterns: &Patterns) -> Vec<EventType> {
    EventType::ALL.into_iter().filter(|it| patterns.hold(Some(it.as_str()))).collect()
}

/// Values of `eventType` that count as one of `wanted`. What nobody knows counts as ERROR.
fn native_types(wanted: &[EventType]) -> Vec<Value> {
    let spellings = |event_type: &EventType| match event_type {
        EventType::Info => vec!["INFO"],
        EventType::Warn => vec!["WARN", "WARNING"],
        EventType::Error => vec![],
    };
    if wanted.contains(&EventType::Error) {
        let others = EventType::ALL.iter().filter(|it| !wanted.contains(it)).flat_map(spellings);
        return vec![json!({ "anything-but": others.collect::<Vec<_>>() })];
    }
    wanted.iter().flat_map(spellings).map(|it| json!(it)).collect()
}
