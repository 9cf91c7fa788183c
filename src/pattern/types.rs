//! Branches for the event types that a policy wants.
//!
//! ECS sets `detail.eventType` in some kinds. For the others the function derives the type, and the
//! pattern matches every event that can have a wanted one.

use super::branch::{Branch, FieldValues};
use super::classes::Class;
use super::condition::Condition;
use super::operators::{absent, matchers};
use super::tasks;
use crate::event::EventType;
use crate::filter::{FIRST_VERSIONS, PASSING_STATUSES, STEADY_NAMES, STEADY_STATUS, Select};
use crate::glob::Patterns;
use serde_json::{Value, json};

const EVENT_TYPE: &str = "detail.eventType";

/// The wanted event types, and the conditions that want no others.
pub(super) struct Types {
    wanted: Vec<EventType>,
    conditions: Vec<Condition>,
}

impl Types {
    /// The event types that the list and the selection both want; one that is absent wants all.
    pub(super) fn new(event_types: Option<&Patterns>, select: Option<Select>) -> Self {
        let mut wanted = event_types.map_or(EventType::ALL.to_vec(), wanted_types);
        if select == Some(Select::Problems) {
            wanted.retain(|it| *it != EventType::Info);
        }
        let event_types = event_types.map(|_| Condition::EventTypes);
        let select = select.map(|_| Condition::Select);
        Self { wanted, conditions: event_types.into_iter().chain(select).collect() }
    }

    /// The same types without INFO.
    fn problems(&self) -> Self {
        let wanted = self.wanted.iter().copied().filter(|it| *it != EventType::Info).collect();
        Self { wanted, conditions: self.conditions.clone() }
    }

    /// True if the event type is wanted.
    fn have(&self, event_type: EventType) -> bool {
        self.wanted.contains(&event_type)
    }

    /// True if every event type is wanted.
    fn are_all(&self) -> bool {
        self.wanted.len() == EventType::ALL.len()
    }
}

/// The event types that match the patterns.
pub(super) fn wanted_types(patterns: &Patterns) -> Vec<EventType> {
    EventType::ALL.into_iter().filter(|it| patterns.hold(Some(it.as_str()))).collect()
}

/// A branch for events of wanted types.
pub(super) struct TypedBranch {
    pub(super) branch: Branch,
    /// Routine values that the branch must still leave out: task statuses or event names.
    pub(super) routine: &'static [&'static str],
    /// True if it is the branch for problems beside one for events that are not routine. Problems
    /// are few, and EventBridge limits the combinations of alternatives, so it is narrowed less.
    pub(super) are_problems: bool,
}

/// Returns the branches for the events of a class that have a wanted type and are selected, or none
/// if no event of the class can have a wanted type.
pub(super) fn typed_branches(
    class: Class,
    types: &Types,
    select: Option<Select>,
) -> Vec<TypedBranch> {
    let routine: &[&str] = match class {
        Class::Task => &PASSING_STATUSES,
        Class::ServiceAction => &STEADY_NAMES,
        Class::ContainerInstance | Class::Health | Class::CloudTrail | Class::Rest => &[],
    };
    let has_routine = !routine.is_empty() || class == Class::ContainerInstance;
    let all = wanted_branch(class, types);
    if select != Some(Select::Lifecycle) || !types.have(EventType::Info) || !has_routine {
        let selected = |branch| TypedBranch { branch, routine: &[], are_problems: false };
        return all.map(selected).into_iter().collect();
    }
    let not_routine = all.map(|mut branch| {
        if class == Class::ContainerInstance {
            branch.alternatives = not_steady();
        }
        TypedBranch { branch, routine, are_problems: false }
    });
    // An event that is not INFO is never routine.
    let problems = wanted_branch(class, &types.problems());
    let problems = problems.map(|branch| TypedBranch { branch, routine: &[], are_problems: true });
    not_routine.into_iter().chain(problems).collect()
}

/// Alternatives for container instances whose change is not routine.
fn not_steady() -> Vec<FieldValues> {
    let steady = Patterns::new([]).but(&[STEADY_STATUS]);
    let status = absent().into_iter().chain(matchers(&steady, str::to_owned)).collect();
    let version = FIRST_VERSIONS.map(Value::from).to_vec();
    vec![
        FieldValues::from([("detail.status", status)]),
        FieldValues::from([("detail.version", version)]),
    ]
}

/// Returns the branch for events of a class that have a wanted type, set by ECS or derived.
fn wanted_branch(class: Class, types: &Types) -> Option<Branch> {
    if types.are_all() {
        return Some(Branch::default());
    }
    if class == Class::CloudTrail {
        // The `eventType` of a record is not a severity, and no operator can ask whether the array
        // `failures` has elements.
        let is_possible = types.have(EventType::Info) || types.have(EventType::Warn);
        return is_possible
            .then(|| Branch::default().approximating(types.conditions.iter().copied()));
    }
    if types.wanted.is_empty() {
        return None;
    }
    let native = native_types(&types.wanted);
    if types.have(EventType::Info) {
        // An event without a type may be routine.
        let values = absent().into_iter().chain(native).collect();
        let branch =
            Branch { fields: FieldValues::from([(EVENT_TYPE, values)]), ..Branch::default() };
        return Some(branch.approximating(types.conditions.iter().copied()));
    }
    let native = FieldValues::from([(EVENT_TYPE, native)]);
    let derived = match class {
        Class::Task if !types.have(EventType::Warn) => tasks::errors(),
        Class::Task if !types.have(EventType::Error) => tasks::warnings(),
        Class::Task => tasks::problems(),
        Class::ContainerInstance | Class::Health => instances(types),
        Class::ServiceAction | Class::CloudTrail | Class::Rest => vec![],
    };
    if derived.is_empty() {
        return Some(Branch { fields: native, ..Branch::default() });
    }
    let branch = Branch::any_of(std::iter::once(native).chain(derived).collect());
    let approximate = types.conditions.iter().copied().filter(|_| class == Class::Task);
    Some(branch.approximating(approximate))
}

/// The values of `eventType` that count as a wanted type. An unknown value counts as ERROR.
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

/// Container instances and changes of their health of a wanted type that is not INFO: together,
/// because neither has the fields of the other, and one branch is shorter than two.
fn instances(types: &Types) -> Vec<FieldValues> {
    let wants = |event_type, value| types.have(event_type).then(|| json!(value)).into_iter();
    let status = wants(EventType::Error, "REGISTRATION_FAILED").collect();
    let agent = wants(EventType::Warn, "FAILED").collect();
    let health = wants(EventType::Error, "IMPAIRED");
    let health = health.chain(wants(EventType::Warn, "INSUFFICIENT_DATA")).collect();
    let places: [(_, Vec<Value>); 3] = [
        ("detail.status", status),
        ("detail.agentUpdateStatus", agent),
        ("detail.overallStatus", health),
    ];
    let places = places.into_iter().filter(|(_, values)| !values.is_empty());
    places.map(|place| FieldValues::from([place])).collect()
}
