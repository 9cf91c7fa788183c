//! What a rule says, field by field.

use super::branch::{Approximate, Branch, Fields};
use super::classes::{CLASSES, Class, DetailTypes};
use super::condition::{Condition, Omission};
use super::operators::{absent, is_any, is_mixed, matchers, values, wants_some};
use super::types::{OfTypes, Types, of_types, wanted_types};
use crate::event::EventType;
use crate::filter::{Rule, Select};
use crate::glob::Patterns;
use serde_json::json;

pub(super) const DETAIL_TYPE: &str = "detail-type";
const CLUSTER_ARN: &str = "detail.clusterArn";
const RESOURCES: &str = "resources";
const REQUESTED_CLUSTER: &str = "detail.requestParameters.cluster";

impl Condition {
    /// The rule's own list, if it is one.
    fn list(self, rule: &Rule) -> Option<&Patterns> {
        match self {
            Self::Services => Some(&rule.services),
            Self::EventNames => Some(&rule.event_names),
            Self::TaskStatuses => Some(&rule.task_statuses),
            Self::Clusters => Some(&rule.clusters),
            Self::EventTypes => Some(&rule.event_types),
            Self::DetailTypes => Some(&rule.detail_types),
            Self::Select => None,
        }
    }
}

/// Whether the rule has such a condition at all.
pub(super) fn restricts(rule: &Rule, select: Select, condition: Condition) -> bool {
    let types = wanted_types(&rule.event_types);
    match condition.list(rule) {
        // Whatever is selected, only INFO is left out.
        None => select != Select::Everything && types.contains(&EventType::Info),
        Some(_) if condition == Condition::EventTypes => types.len() < EventType::ALL.len(),
        Some(patterns) => !is_any(patterns),
    }
}

/// Events that the rule may keep, as far as is said without the `omissions`.
pub(super) fn said(
    rule: &Rule,
    select: Select,
    omissions: &[Omission],
    approximate: &mut Approximate,
) -> Vec<Branch> {
    let leaves_out = |condition| omissions.contains(&Omission::All(condition));
    let says = |condition| restricts(rule, select, condition) && !leaves_out(condition);
    if leaves_out(Condition::DetailTypes) {
        return vec![Branch::default()];
    }
    let by_resources = !omissions.contains(&Omission::Resources);
    let mut bodies: Vec<(DetailTypes, Branch)> = Vec::new();
    let mut has_all_classes = true;
    let by_name =
        [Condition::Clusters, Condition::EventNames, Condition::Services, Condition::TaskStatuses];
    let are_mixed = |it: &Condition| says(*it) && it.list(rule).is_some_and(is_mixed);
    approximate.extend(by_name.into_iter().filter(are_mixed));
    let list = |condition: Condition| condition.list(rule).filter(|_| says(condition));
    let selected = says(Condition::Select).then_some(select);
    let types = Types::new(list(Condition::EventTypes), selected);
    for class in CLASSES {
        let Some(detail_types) = class.detail_types(&rule.detail_types) else { continue };
        let mut of_class = of_types(class, &types, selected, approximate);
        if says(Condition::Services) {
            of_class.retain_mut(|it| {
                let is_narrowed = !it.are_problems || class != Class::ServiceAction;
                !is_narrowed || it.branch.services(class, rule, approximate)
            });
        }
        has_all_classes &= !of_class.is_empty();
        for OfTypes { branch: mut body, routine, .. } in of_class {
            if says(Condition::Clusters) {
                body.clusters(class, rule, by_resources, approximate);
            }
            let is_task = class == Class::Task;
            let mut narrow = |field, condition, routine: &[&str], lack| {
                let patterns = list(condition).cloned().unwrap_or_default().but(routine);
                if !routine.is_empty() && is_mixed(&patterns) {
                    approximate.insert(Condition::Select);
                }
                if !is_any(&patterns) {
                    body.field(field, &patterns, lack, str::to_owned);
                }
            };
            let names = if is_task { &[] } else { routine };
            narrow("detail.eventName", Condition::EventNames, names, Lack::Passes);
            if is_task {
                narrow("detail.lastStatus", Condition::TaskStatuses, routine, Lack::AsPatterns);
            }
            match bodies.iter_mut().find(|(_, known)| *known == body) {
                Some((known, _)) => known.extend(detail_types.clone()),
                None => bodies.push((detail_types.clone(), body)),
            }
        }
    }
    let is_one = bodies.len() == 1 && has_all_classes;
    if is_one && !says(Condition::DetailTypes) {
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
            Class::ServiceAction | Class::CloudTrail | Class::Rest => {}
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
