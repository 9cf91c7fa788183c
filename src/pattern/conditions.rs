//! What a rule says, field by field.

use super::classes::{CLASSES, Class, DetailTypes};
use super::operators::{absent, is_any, is_mixed, matchers, values, wants_some};
use super::{Condition, Omission};
use crate::event::EventType;
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
const REQUESTED_CLUSTER: &str = "detail.requestParameters.cluster";

impl Condition {
    fn of(self, rule: &Rule) -> &Patterns {
        match self {
            Self::Services => &rule.services,
            Self::EventNames => &rule.event_names,
            Self::TaskStatuses => &rule.task_statuses,
            Self::Clusters => &rule.clusters,
            Self::EventTypes => &rule.event_types,
            Self::DetailTypes => &rule.detail_types,
        }
    }
}

/// Whether the rule has such a condition at all.
pub(super) fn restricts(rule: &Rule, condition: Condition) -> bool {
    let patterns = condition.of(rule);
    if condition == Condition::EventTypes {
        return wanted_types(patterns).len() < EventType::ALL.len();
    }
    !is_any(patterns)
}

/// Events that the rule may keep, as far as is said without the `omissions`.
pub(super) fn said(
    rule: &Rule,
    omissions: &[Omission],
    approximate: &mut Approximate,
) -> Vec<Branch> {
    let leaves_out = |condition| omissions.contains(&Omission::All(condition));
    let says = |condition| restricts(rule, condition) && !leaves_out(condition);
    if leaves_out(Condition::DetailTypes) {
        return vec![Branch::default()];
    }
    let by_resources = !omissions.contains(&Omission::Resources);
    let mut bodies: Vec<(DetailTypes, Branch)> = Vec::new();
    let mut has_all_classes = true;
    let by_name =
        [Condition::Clusters, Condition::EventNames, Condition::Services, Condition::TaskStatuses];
    approximate.extend(by_name.into_iter().filter(|it| says(*it) && is_mixed(it.of(rule))));
    for class in CLASSES {
        let Some(detail_types) = class.detail_types(&rule.detail_types) else { continue };
        let mut of_class = vec![Branch::default()];
        if says(Condition::EventTypes) {
            of_class = of_event_types(class, rule, approximate);
        }
        if says(Condition::Services) {
            of_class.retain_mut(|body| body.services(class, rule, approximate));
        }
        has_all_classes &= !of_class.is_empty();
        for mut body in of_class {
            if says(Condition::Clusters) {
                body.clusters(class, rule, by_resources, approximate);
            }
            if says(Condition::EventNames) {
                body.field("detail.eventName", &rule.event_names, Lack::Passes, str::to_owned);
            }
            if says(Condition::TaskStatuses) && class == Class::Task {
                body.field(
                    "detail.lastStatus",
                    &rule.task_statuses,
                    Lack::AsPatterns,
                    str::to_owned,
                );
            }
            match bodies.iter_mut().find(|(_, known)| *known == body) {
                Some((known, _)) => known.extend(detail_types.clone()),
                None => bodies.push((detail_types.clone(), body)),
            }
        }
    }
    let is_one = bodies.len() == 1 && has_all_classes;
    if is_one && !restricts(rule, Condition::DetailTypes) {
        return bodies.into_iter().map(|(_, body)| body).collect();
    }
    let with_detail_types = |(detail_types, mut body): (DetailTypes, Branch)| {
        if is_one && !is_mixed(&rule.detail_types) {
            body.fields.insert(DETAIL_TYPE, values(&rule.detail_types));
            return body;
        }
        if !detail_types.are_exact(&rule.detail_types) {
            approximate.insert(Condition::DetailTypes);
        }
        body.fields.insert(DETAIL_TYPE, detail_types.values());
        body
    };
    bodies.into_iter().map(with_detail_types).collect()
}

/// What no event is: each has a detail-type.
pub(super) fn nothing() -> Branch {
    let detail_type = vec![json!({ "exists": false })];
    Branch { fields: Fields::from([(DETAIL_TYPE, detail_type)]), alternatives: vec![] }
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

    /// The cluster of an event is in its `clusterArn`, or, where there is none, in `resources`, or
    /// in the parameters of the call that it tells of.
    fn clusters(
        &mut self,
        class: Class,
        rule: &Rule,
        by_resources: bool,
        approximate: &mut Approximate,
    ) {
        let clusters = &rule.clusters;
        let of_arn = |name: &str| format!("*:cluster/{name}");
        if !by_resources || !wants_some(clusters) || !self.alternatives.is_empty() {
            // Events without the field pass, and the function decides.
            approximate.insert(Condition::Clusters);
            return self.field(CLUSTER_ARN, clusters, Lack::Passes, of_arn);
        }
        let by_arn = Fields::from([(CLUSTER_ARN, matchers(clusters, of_arn))]);
        let mut resources = matchers(clusters, |name| format!("*/{name}/*"));
        resources.extend(matchers(clusters, of_arn));
        let by_resource = Fields::from([(CLUSTER_ARN, absent()), (RESOURCES, resources)]);
        self.alternatives = vec![by_arn, by_resource];
        if class == Class::CloudTrail {
            let mut requested = matchers(clusters, str::to_owned);
            requested.extend(matchers(clusters, |name| format!("*/{name}")));
            self.alternatives.push(Fields::from([(REQUESTED_CLUSTER, requested)]));
        }
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

/// One branch for events that carry a type, one for those of which it is derived; none at all if
/// no event of the class is of a wanted type.
fn of_event_types(class: Class, rule: &Rule, approximate: &mut Approximate) -> Vec<Branch> {
    let wanted = wanted_types(&rule.event_types);
    let has = |event_type| wanted.contains(&event_type);
    let branch = |fields| Branch { fields, alternatives: vec![] };
    if wanted.is_empty() || class == Class::CloudTrail {
        return has(EventType::Info).then(Branch::default).into_iter().collect();
    }
    let native = native_types(&wanted);
    if has(EventType::Info) {
        // Those that carry no type may be routine.
        approximate.insert(Condition::EventTypes);
        let native = absent().into_iter().chain(native).collect();
        return vec![branch(Fields::from([(EVENT_TYPE, native)]))];
    }
    let native = branch(Fields::from([(EVENT_TYPE, native)]));
    let is = |event_type, word| has(event_type).then(|| json!(word)).into_iter();
    let derived = match class {
        Class::Task => {
            approximate.insert(Condition::EventTypes);
            task_problems(&wanted)
        }
        Class::ContainerInstance => vec![
            ("detail.status", is(EventType::Error, "REGISTRATION_FAILED").collect()),
            ("detail.agentUpdateStatus", is(EventType::Warn, "FAILED").collect()),
        ],
        Class::Health => {
            let error = is(EventType::Error, "IMPAIRED");
            let warn = is(EventType::Warn, "INSUFFICIENT_DATA");
            vec![("detail.overallStatus", error.chain(warn).collect())]
        }
        Class::Rest | Class::CloudTrail => vec![],
    };
    let derived = derived.into_iter().filter(|(_, values): &(_, Vec<_>)| !values.is_empty());
    let mut derived: Vec<_> = derived.map(|place| Fields::from([place])).collect();
    let derived = match derived.len() {
        0 => None,
        1 => derived.pop().map(branch),
        _ => Some(Branch { fields: Fields::new(), alternatives: derived }),
    };
    std::iter::once(native).chain(derived).collect()
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

/// Where a task that carries no type may say that it is WARN or ERROR: its stop code, or a reason
/// that begins with an error category. The function looks closer.
fn task_problems(wanted: &[EventType]) -> Vec<(&'static str, Vec<Value>)> {
    let interruptions = ["SpotInterruption", "TerminationNotice"];
    if !wanted.contains(&EventType::Error) {
        let codes = ["EssentialContainerExited"].into_iter().chain(interruptions);
        return vec![("detail.stopCode", codes.map(Value::from).collect())];
    }
    let routine = ["ServiceSchedulerInitiated", "UserInitiated"].into_iter();
    let unwanted = interruptions.into_iter().filter(|_| !wanted.contains(&EventType::Warn));
    let routine: Vec<_> = routine.chain(unwanted).collect();
    let mut reasons = vec![
        json!({ "prefix": "CannotPullContainer" }),
        json!({ "wildcard": "*Error:*" }),
        json!({ "wildcard": "*Exception:*" }),
    ];
    let of_containers = ("detail.containers.reason", reasons.clone());
    reasons.push(json!({ "wildcard": "*health checks*" }));
    let code = ("detail.stopCode", vec![json!({ "anything-but": routine })]);
    vec![code, ("detail.stoppedReason", reasons), of_containers]
}
