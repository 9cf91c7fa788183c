//! Which fields of a value are kept, as a tree along the policy's paths.

use super::contract::{CONTRACT, LEAN, Removal, STATUS_REASON};
use super::path::{Path, Step};
use crate::json::Value;
use std::fmt;
use std::sync::LazyLock;

/// How much is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Nothing.
    Full,
    /// What no published query reads.
    Lean,
    /// All but the contract.
    Minimal,
}

impl Profile {
    /// As it is configured.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Lean => "lean",
            Self::Minimal => "minimal",
        }
    }
}

/// What is removed of tasks and of container instances, the kinds that are large.
#[derive(Clone, Debug)]
pub struct Trim {
    profile: Profile,
    /// For `ECS Task State Change`.
    pub(super) task: KeptFields,
    /// For `ECS Container Instance State Change`.
    pub(super) container_instance: KeptFields,
}

/// What is kept of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeptFields {
    /// Whether members without an entry are kept.
    others: bool,
    members: Vec<(String, Self)>,
    /// Set if the paths speak of an array here.
    elements: Option<Box<Self>>,
    /// True if the value is kept whole where it holds a reason, whatever the rest says.
    spares_reason: bool,
}

/// Why a field cannot be kept or dropped as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Dropping it would break the contract for events of that kind.
    Contract(Path, &'static str),
    /// It is to be kept and dropped.
    Both(Path),
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract(path, kind) => {
                write!(f, "{path} is or holds a field that is never removed from {kind} events")
            }
            Self::Both(path) => write!(f, "{path} is to be kept and dropped"),
        }
    }
}

/// Everything.
pub(super) static ALL: KeptFields =
    KeptFields { others: true, members: Vec::new(), elements: None, spares_reason: false };
static NONE: KeptFields =
    KeptFields { others: false, members: Vec::new(), elements: None, spares_reason: false };
static NONE_BUT_REASON: KeptFields =
    KeptFields { others: false, members: Vec::new(), elements: None, spares_reason: true };

impl KeptFields {
    /// Whether nothing is removed.
    pub(super) fn is_all(&self) -> bool {
        self.others && self.members.is_empty() && self.elements.is_none()
    }

    fn is_none(&self) -> bool {
        !self.others && self.members.is_empty() && self.elements.is_none()
    }

    /// What is kept of a member, if it is.
    pub(super) fn kept(&self, member: Value<'_>) -> Option<&Self> {
        match self.members.iter().find(|(known, _)| *known == member.key()) {
            Some((_, fields)) if fields.spares_reason && holds_reason(member) => Some(&ALL),
            Some((_, fields)) => (!fields.is_none()).then_some(fields),
            None => self.others.then_some(&ALL),
        }
    }

    /// What is kept of each element, if this is about an array.
    pub(super) fn of_elements(&self) -> Option<&Self> {
        self.elements.as_deref()
    }

    /// What the profile alone keeps of `detail` of events of that kind.
    fn of_profile(profile: Profile, kind: &str) -> Self {
        match profile {
            Profile::Full => ALL.clone(),
            Profile::Lean => {
                let mut fields = ALL.clone();
                for removal in LEAN.iter().filter(|(of, _)| *of == kind).flat_map(|(_, all)| *all) {
                    fields.remove(*removal);
                }
                fields
            }
            Profile::Minimal => {
                let mut fields = NONE.clone();
                for path in contract_of(kind) {
                    fields.set(path.steps(), &ALL);
                }
                fields
            }
        }
    }

    fn remove(&mut self, removal: Removal) {
        match removal {
            Removal::These(paths) => {
                for path in paths {
                    self.set(Path::of_table(path).steps(), &NONE);
                }
            }
            Removal::UnlessReason(path) => {
                self.set(Path::of_table(path).steps(), &NONE_BUT_REASON);
            }
            Removal::AllBut(array, kept) => {
                self.set(&[Step::Member(array.to_owned()), Step::Elements], &NONE);
                for path in kept {
                    let path = Path::of_table(&format!("{array}[].{path}"));
                    self.set(path.steps(), &ALL);
                }
            }
        }
    }

    fn set(&mut self, steps: &[Step], fields: &Self) {
        let Some((step, below)) = steps.split_first() else {
            self.clone_from(fields);
            return;
        };
        if self.is_none() && fields.is_none() {
            // Nothing is kept here: an entry below would keep what is around it.
            self.spares_reason = false;
            return;
        }
        let unsaid = if self.others { ALL.clone() } else { NONE.clone() };
        let next = match step {
            Step::Elements => self.elements.get_or_insert_with(|| Box::new(unsaid)).as_mut(),
            Step::Member(name) => {
                let at = self.members.iter().position(|(known, _)| known == name);
                let at = at.unwrap_or_else(|| {
                    self.members.push((name.clone(), unsaid));
                    self.members.len() - 1
                });
                let Some((_, next)) = self.members.get_mut(at) else {
                    return;
                };
                next
            }
        };
        next.set(below, fields);
    }
}

/// True for an array in which an object has the name [`STATUS_REASON`].
fn holds_reason(details: Value<'_>) -> bool {
    details.elements().any(|it| it.get_string("name").is_some_and(|name| name == STATUS_REASON))
}

/// The paths that no profile removes from events of that kind.
fn contract_of(kind: &str) -> impl Iterator<Item = Path> {
    let rows = CONTRACT.iter().filter(move |(of, _)| *of == kind);
    rows.flat_map(|(_, paths)| *paths).map(|path| Path::of_table(path))
}

impl Trim {
    /// A profile as it is.
    pub fn of(profile: Profile) -> Self {
        Self::along(profile, &[])
    }

    /// The profile that removes most, for events that are too large otherwise.
    pub fn smallest() -> &'static Self {
        static SMALLEST: LazyLock<Trim> = LazyLock::new(|| Trim::of(Profile::Minimal));
        &SMALLEST
    }

    /// A profile, and the fields that the operator keeps and drops beside it.
    ///
    /// Of two paths of which one holds the other, the longer one decides.
    ///
    /// # Errors
    ///
    /// Every path that would break the contract, or that is to be kept and dropped.
    pub fn new(profile: Profile, keep: &[Path], drop: &[Path]) -> Result<Self, Vec<Conflict>> {
        let mut conflicts = Vec::new();
        for path in drop {
            for (kind, _) in CONTRACT {
                if contract_of(kind).any(|kept| kept.overlaps(path)) {
                    conflicts.push(Conflict::Contract(path.clone(), kind));
                }
            }
            if keep.contains(path) {
                conflicts.push(Conflict::Both(path.clone()));
            }
        }
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
        let kept = keep.iter().map(|path| (path, &ALL));
        let dropped = drop.iter().map(|path| (path, &NONE));
        let mut wishes: Vec<_> = kept.chain(dropped).collect();
        wishes.sort_by_key(|(path, _)| path.steps().len());
        Ok(Self::along(profile, &wishes))
    }

    /// The profile that the operator's fields change.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    fn along(profile: Profile, wishes: &[(&Path, &KeptFields)]) -> Self {
        let of_kind = |kind| {
            let mut fields = KeptFields::of_profile(profile, kind);
            for (path, wish) in wishes {
                fields.set(path.steps(), wish);
            }
            fields
        };
        let [(task, _), (container_instance, _)] = CONTRACT;
        Self { profile, task: of_kind(task), container_instance: of_kind(container_instance) }
    }
}
