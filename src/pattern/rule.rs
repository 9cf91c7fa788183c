//! One rule of the filter as branches of a pattern.

use super::branch::{Branch, FieldValues, Lacking};
use super::classes::{Class, DetailTypes};
use super::condition::{Condition, Omission};
use super::operators::{absent, is_any, is_mixed, matchers, required, wants_some};
use super::types::{TypedBranch, Types, typed_branches, wanted_types};
use crate::event::EventType;
use crate::filter::{Rule, Select};
use crate::glob::Patterns;
use serde_json::json;

const DETAIL_TYPE: &str = "detail-type";
const CLUSTER_ARN: &str = "detail.clusterArn";
const RESOURCES: &str = "resources";
const REQUESTED_CLUSTER: &str = "detail.requestParameters.cluster";

impl Condition {
    /// The rule's list for the condition, if it is a list.
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

/// True if the condition leaves out any event of the rule.
pub(super) fn restricts(rule: &Rule, select: Select, condition: Condition) -> bool {
    let types = wanted_types(&rule.event_types);
    match condition.list(rule) {
        // A selection leaves out nothing but INFO events.
        None => select != Select::Everything && types.contains(&EventType::Info),
        Some(_) if condition == Condition::EventTypes => types.len() < EventType::ALL.len(),
        Some(patterns) => !is_any(patterns),
    }
}

/// A branch that matches no event: every event has a detail-type.
pub(super) fn nothing() -> Branch {
    let no_detail_type = vec![json!({ "exists": false })];
    Branch { fields: FieldValues::from([(DETAIL_TYPE, no_detail_type)]), ..Branch::default() }
}

/// Returns branches that match every event the rule keeps. They ignore what is in `omissions`.
pub(super) fn branches(rule: &Rule, select: Select, omissions: &[Omission]) -> Vec<Branch> {
    Stated { rule, select, omissions }.branches()
}

/// A rule and the selection, with what the pattern omits of them.
struct Stated<'a> {
    rule: &'a Rule,
    select: Select,
    omissions: &'a [Omission],
}

impl Stated<'_> {
    /// True if the rule has the condition and the pattern states it.
    fn states(&self, condition: Condition) -> bool {
        !self.omissions.contains(&Omission::All(condition))
            && restricts(self.rule, self.select, condition)
    }

    /// The list for a condition, if the pattern states it.
    fn list(&self, condition: Condition) -> Option<&Patterns> {
        condition.list(self.rule).filter(|_| self.states(condition))
    }

    /// The branches of the rule. Classes with the same branch share it.
    fn branches(&self) -> Vec<Branch> {
        if self.omissions.contains(&Omission::All(Condition::DetailTypes)) {
            return vec![Branch::default()];
        }
        let mut bodies: Vec<(DetailTypes, Branch)> = Vec::new();
        let mut has_all_classes = true;
        for class in Class::ALL {
            let Some(detail_types) = class.detail_types(&self.rule.detail_types) else { continue };
            let of_class = self.of_class(class);
            has_all_classes &= !of_class.is_empty();
            for body in of_class {
                match bodies.iter_mut().find(|(_, known)| known.is_same(&body)) {
                    Some((types, known)) => {
                        types.extend(detail_types.clone());
                        known.approximate.extend(body.approximate);
                    }
                    None => bodies.push((detail_types.clone(), body)),
                }
            }
        }
        let are_all_alike = bodies.len() == 1 && has_all_classes;
        let bodies = bodies.into_iter();
        bodies.map(|(types, body)| self.with_detail_types(types, body, are_all_alike)).collect()
    }

    /// Adds the detail-types of a branch. If one branch serves all classes, the rule's own list, which
    /// takes fewer bytes, replaces theirs.
    fn with_detail_types(
        &self,
        detail_types: DetailTypes,
        mut branch: Branch,
        are_all_alike: bool,
    ) -> Branch {
        if are_all_alike && !self.states(Condition::DetailTypes) {
            return branch;
        }
        let wanted = &self.rule.detail_types;
        if are_all_alike && !is_mixed(wanted) {
            branch.fields.insert(DETAIL_TYPE, required(wanted));
            return branch;
        }
        let inexact = (!detail_types.are_exact(wanted)).then_some(Condition::DetailTypes);
        branch.fields.insert(DETAIL_TYPE, detail_types.into_values());
        branch.approximating(inexact)
    }

    /// The branches for one class, still without its detail-types.
    fn of_class(&self, class: Class) -> Vec<Branch> {
        let select = self.states(Condition::Select).then_some(self.select);
        let types = Types::new(self.list(Condition::EventTypes), select);
        let branches = typed_branches(class, &types, select).into_iter();
        branches.filter_map(|branch| self.narrowed(class, branch)).collect()
    }

    /// Adds every condition except the event types. There is no branch if no event can match.
    fn narrowed(&self, class: Class, typed: TypedBranch) -> Option<Branch> {
        let TypedBranch { mut branch, routine, are_problems } = typed;
        // No operator states `a*,!ab`, so the branch matches more than the filter keeps.
        let by_name = [
            Condition::Clusters,
            Condition::EventNames,
            Condition::Services,
            Condition::TaskStatuses,
        ];
        let are_mixed = |it: &Condition| self.list(*it).is_some_and(is_mixed);
        branch = branch.approximating(by_name.into_iter().filter(are_mixed));
        if self.states(Condition::Services) && !(are_problems && class == Class::ServiceAction) {
            branch = self.with_services(class, branch)?;
        }
        if self.states(Condition::Clusters) {
            branch = self.with_clusters(class, branch);
        }
        let is_task = class == Class::Task;
        let names: &[&str] = if is_task { &[] } else { routine };
        branch = self.with_names(
            branch,
            "detail.eventName",
            Condition::EventNames,
            names,
            Lacking::Matches,
        );
        if is_task {
            branch = self.with_names(
                branch,
                "detail.lastStatus",
                Condition::TaskStatuses,
                routine,
                Lacking::AsPatterns,
            );
        }
        Some(branch)
    }

    /// Narrows a field to the rule's list, less the values that the selection calls routine.
    fn with_names(
        &self,
        branch: Branch,
        field: &'static str,
        condition: Condition,
        routine: &[&str],
        lacking: Lacking,
    ) -> Branch {
        let patterns = self.list(condition).cloned().unwrap_or_default().but(routine);
        if is_any(&patterns) {
            return branch;
        }
        let is_inexact = !routine.is_empty() && is_mixed(&patterns);
        let inexact = is_inexact.then_some(Condition::Select);
        branch.approximating(inexact).with_field(field, &patterns, lacking, str::to_owned)
    }

    /// Narrows the cluster, which is in `clusterArn`, else in `resources`, else in the parameters of a
    /// CloudTrail record.
    fn with_clusters(&self, class: Class, mut branch: Branch) -> Branch {
        let clusters = &self.rule.clusters;
        let of_arn = |name: &str| format!("*:cluster/{name}");
        let by_resources = !self.omissions.contains(&Omission::Resources);
        if !by_resources || !wants_some(clusters) || !branch.alternatives.is_empty() {
            // Events without the field match, and the function decides.
            return branch.approximating([Condition::Clusters]).with_field(
                CLUSTER_ARN,
                clusters,
                Lacking::Matches,
                of_arn,
            );
        }
        let by_arn = FieldValues::from([(CLUSTER_ARN, matchers(clusters, of_arn))]);
        let mut resources = matchers(clusters, |name| format!("*/{name}/*"));
        resources.extend(matchers(clusters, of_arn));
        let by_resource = FieldValues::from([(CLUSTER_ARN, absent()), (RESOURCES, resources)]);
        branch.alternatives = vec![by_arn, by_resource];
        if class != Class::CloudTrail {
            return branch;
        }
        // A call that names no cluster may have one in its response, or act on the default one.
        let mut requested = absent();
        requested.extend(matchers(clusters, str::to_owned));
        requested.extend(matchers(clusters, |name| format!("*/{name}")));
        branch.alternatives.push(FieldValues::from([(REQUESTED_CLUSTER, requested)]));
        branch.approximating([Condition::Clusters])
    }

    /// Narrows the service. There is no branch if no event of the class has a wanted one.
    fn with_services(&self, class: Class, mut branch: Branch) -> Option<Branch> {
        let services = &self.rule.services;
        let of_group = |name: &str| format!("service:{name}");
        let of_arn = |name: &str| format!("*/{name}");
        match class {
            Class::Task => {
                let lacking = Lacking::AsPatterns;
                return Some(branch.with_field("detail.group", services, lacking, of_group));
            }
            Class::ContainerInstance | Class::Health => {
                return services.hold(None).then_some(branch);
            }
            Class::ServiceAction | Class::CloudTrail | Class::Rest => {}
        }
        if wants_some(services) {
            let mut named = matchers(services, str::to_owned);
            named.extend(matchers(services, of_arn));
            let place = |field| FieldValues::from([(field, named.clone())]);
            branch.alternatives = vec![
                FieldValues::from([("detail.group", matchers(services, of_group))]),
                FieldValues::from([(RESOURCES, matchers(services, of_arn))]),
                place("detail.serviceName"),
                place("detail.service"),
                place("detail.serviceArn"),
            ];
            if class == Class::CloudTrail {
                branch.alternatives.extend([
                    place("detail.requestParameters.serviceName"),
                    place("detail.requestParameters.service"),
                    place("detail.requestParameters.serviceArn"),
                ]);
            }
        }
        Some(branch.approximating([Condition::Services]))
    }
}
