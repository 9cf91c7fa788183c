//! The fields of a value that are kept, as a tree along the policy's paths.

use super::contract::{CONTRACT, LEAN, Removal, STATUS_REASON};
use super::path::{Path, Step};
use crate::json::Value;
use std::fmt;
use std::sync::LazyLock;

/// A named set of fields to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Removes nothing.
    Full,
    /// Removes fields that no published query reads.
    Lean,
    /// Removes everything but the contract.
    Minimal,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Full, Self::Lean, Self::Minimal];

    /// Its spelling in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Lean => "lean",
            Self::Minimal => "minimal",
        }
    }
}

/// The fields that are kept of tasks and container instances. Only events of these kinds are large.
#[derive(Clone, Debug)]
pub struct Trim {
    profile: Profile,
    /// For `ECS Task State Change`.
    pub(super) task: KeptFields,
    /// For `ECS Container Instance State Change`.
    pub(super) container_instance: KeptFields,
}

/// The fields that are kept of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeptFields {
    /// True if members without an entry are kept.
    keeps_others: bool,
    members: Vec<(String, Self)>,
    /// The fields that are kept of each element, if the paths name an array here.
    elements: Option<Box<Self>>,
    /// True if a value that holds a reason is kept whole, whatever the other fields say.
    spares_reason: bool,
}

/// The reason why the operator's choice of fields is impossible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Dropping the field would break the contract for events of this kind.
    Contract(Path, &'static str),
    /// The field is to be both kept and dropped.
    Both(Path),
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract(path, kind) => {
                write!(
                    f,
                    "{path} cannot be removed: it overlaps a field that {kind} events always keep"
                )
            }
            Self::Both(path) => write!(f, "{path} cannot be both kept and dropped"),
        }
    }
}

/// Keeps everything.
pub(super) static ALL: KeptFields =
    KeptFields { keeps_others: true, members: Vec::new(), elements: None, spares_reason: false };
/// Keeps nothing.
static NONE: KeptFields =
    KeptFields { keeps_others: false, members: Vec::new(), elements: None, spares_reason: false };
/// Keeps nothing, unless the value holds a reason.
static NONE_BUT_REASON: KeptFields =
    KeptFields { keeps_others: false, members: Vec::new(), elements: None, spares_reason: true };

impl KeptFields {
    /// True if nothing is removed.
    pub(super) fn is_all(&self) -> bool {
        self.keeps_others && self.members.is_empty() && self.elements.is_none()
    }

    fn is_none(&self) -> bool {
        !self.keeps_others && self.members.is_empty() && self.elements.is_none()
    }

    /// Returns the fields that are kept of a member, or none if the member is removed.
    pub(super) fn kept(&self, member: Value<'_>) -> Option<&Self> {
        let key = member.key();
        match self.members.iter().find(|(known, _)| *known == key) {
            Some((_, fields)) if fields.spares_reason && holds_reason(member) => Some(&ALL),
            Some((_, fields)) => (!fields.is_none()).then_some(fields),
            None => self.keeps_others.then_some(&ALL),
        }
    }

    /// The fields that are kept of each element, if the paths name an array here.
    pub(super) fn of_elements(&self) -> Option<&Self> {
        self.elements.as_deref()
    }

    /// The fields of `detail` that the profile alone keeps in events of this kind.
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

    /// Removes fields from those that are kept.
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

    /// Sets the fields that are kept at the end of a path.
    fn set(&mut self, steps: &[Step], fields: &Self) {
        let Some((step, below)) = steps.split_first() else {
            self.clone_from(fields);
            return;
        };
        if self.is_none() && fields.is_none() {
            // Nothing is kept here; an entry further down would keep the value around it.
            self.spares_reason = false;
            return;
        }
        let unnamed = if self.keeps_others { ALL.clone() } else { NONE.clone() };
        let next = match step {
            Step::Elements => self.elements.get_or_insert_with(|| Box::new(unnamed)).as_mut(),
            Step::Member(name) => {
                let at = self.members.iter().position(|(known, _)| known == name);
                let at = at.unwrap_or_else(|| {
                    self.members.push((name.clone(), unnamed));
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

/// The paths that no profile removes from events of this kind.
fn contract_of(kind: &str) -> impl Iterator<Item = Path> {
    let rows = CONTRACT.iter().filter(move |(of, _)| *of == kind);
    rows.flat_map(|(_, paths)| *paths).map(|path| Path::of_table(path))
}

impl Trim {
    /// The profile without the operator's changes.
    pub fn of(profile: Profile) -> Self {
        Self::along(profile, &[])
    }

    /// The profile that removes most, for events that are too large otherwise.
    pub fn smallest() -> &'static Self {
        static SMALLEST: LazyLock<Trim> = LazyLock::new(|| Trim::of(Profile::Minimal));
        &SMALLEST
    }

    /// The profile with the fields that the operator keeps and drops.
    ///
    /// If one path contains another, the longer one decides: with `detail.tags` dropped and
    /// `detail.tags[].key` kept, only the keys stay.
    ///
    /// # Errors
    ///
    /// Returns every path that would break the contract, and every path that is both kept and dropped.
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

    /// The profile, changed by the fields that are kept at each path.
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
