//! What a pattern says of event types, and of what is selected by them.

use super::branch::{Approximate, Branch, Fields};
use super::classes::Class;
use super::condition::Condition;
use super::operators::{absent, matchers};
use crate::event::EventType;
use crate::filter::{FIRST_VERSIONS, PASSING_STATUSES, STEADY_NAMES, STEADY_STATUS, Select};
use crate::glob::Patterns;
use serde_json::{Value, json};

const EVENT_TYPE: &str = "detail.eventType";

/// The event types that are wanted, and the conditions that want no others.
pub(super) struct Types {
    wanted: Vec<EventType>,
    said_by: Vec<Condition>,
}

impl Types {
    /// The event types that the list and the selection both want; one that is absent wants all.
    pub(super) fn new(event_types: Option<&Patterns>, select: Option<Select>) -> Self {
        let mut wanted = event_types.map_or(EventType::ALL.to_vec(), wanted_types);
        if select == Some(Select::Problems) {
            wanted.retain(|it| *it != EventType::Info);
        }
        let said_by = event_types.map(|_| Condition::EventTypes).into_iter();
        let said_by = said_by.chain(select.map(|_| Condition::Select)).collect();
        Self { wanted, said_by }
    }

    fn problems(&self) -> Self {
        let wanted = self.wanted.iter().copied().filter(|it| *it != EventType::Info).collect();
        Self { wanted, said_by: self.said_by.clone() }
    }

    fn has(&self, event_type: EventType) -> bool {
        self.wanted.contains(&event_type)
    }

    fn are_approximate(&self, approximate: &mut Approximate) {
        approximate.extend(&self.said_by);
    }
}

/// Events of a class that are of wanted types.
pub(super) struct OfTypes {
    pub(super) branch: Branch,
    /// Statuses of tasks, names of other events: those that have one are not wanted.
    pub(super) routine: &'static [&'static str],
    /// Whether they stand beside a branch of what is not routine. They are few, and EventBridge
    /// counts combinations of alternatives.
    pub(super) are_problems: bool,
}

/// Events of wanted types: all branches of a class, none at all if there is no such event.
pub(super) fn of_types(
    class: Class,
    types: &Types,
    select: Option<Select>,
    approximate: &mut Approximate,
) -> Vec<OfTypes> {
    let all = |branches: Vec<Branch>, are_problems| -> Vec<OfTypes> {
        let of_types = |branch| OfTypes { branch, routine: &[], are_problems };
        branches.into_iter().map(of_types).collect()
    };
    let routine: &[&str] = match class {
        Class::Task => &PASSING_STATUSES,
        Class::ServiceAction => &STEADY_NAMES,
        Class::ContainerInstance | Class::Health | Class::CloudTrail | Class::Rest => &[],
    };
    let has_routine = !routine.is_empty() || class == Class::ContainerInstance;
    if select != Some(Select::Lifecycle) || !types.has(EventType::Info) || !has_routine {
        return all(of_event_types(class, types, approximate), false);
    }
    let mut branches = of_event_types(class, types, approximate);
    if class == Class::ContainerInstance {
        for branch in &mut branches {
            branch.alternatives = not_steady();
        }
    }
    let branches =
        branches.into_iter().map(|branch| OfTypes { branch, routine, are_problems: false });
    // What is no INFO is not routine.
    let problems = of_event_types(class, &types.problems(), approximate);
    branches.chain(all(problems, true)).collect()
}

/// Container instances that do not merely go on.
fn not_steady() -> Vec<Fields> {
    let steady = Patterns::new([]).but(&[STEADY_STATUS]);
    let status = absent().into_iter().chain(matchers(&steady, str::to_owned)).collect();
    let version = FIRST_VERSIONS.map(Value::from).to_vec();
    vec![Fields::from([("detail.status", status)]), Fields::from([("detail.version", version)])]
}

/// One branch for events that carry a type, one for those of which it is derived; none at all if
/// no event of the class is of a wanted type.
fn of_event_types(class: Class, types: &Types, approximate: &mut Approximate) -> Vec<Branch> {
    let wanted = &types.wanted;
    let has = |event_type| types.has(event_type);
    let branch = |fields| Branch { fields, alternatives: vec![] };
    if wanted.len() == EventType::ALL.len() {
        return vec![Branch::default()];
    }
    if wanted.is_empty() || class == Class::CloudTrail {
        return has(EventType::Info).then(Branch::default).into_iter().collect();
    }
    let native = native_types(wanted);
    if has(EventType::Info) {
        // Those that carry no type may be routine.
        types.are_approximate(approximate);
        let native = absent().into_iter().chain(native).collect();
        return vec![branch(Fields::from([(EVENT_TYPE, native)]))];
    }
    let native = branch(Fields::from([(EVENT_TYPE, native)]));
    let is = |event_type, word| has(event_type).then(|| json!(word)).into_iter();
    let derived = match class {
        Class::Task => {
            types.are_approximate(approximate);
            task_problems(wanted)
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
        Class::ServiceAction | Class::CloudTrail | Class::Rest => vec![],
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

/// The event types that the patterns hold for.
pub(super) fn wanted_types(patterns: &Patterns) -> Vec<EventType> {
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
