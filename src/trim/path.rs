//! Dotted paths, such as `detail.overrides.containerOverrides[].command`.

use crate::json::DEPTH;
use std::fmt;

/// A path to a field of `detail`. It stands for the field and everything in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    steps: Vec<Step>,
}

/// One step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Into the member with this name.
    Member(String),
    /// Into each element of an array.
    Elements,
}

/// The reason why a text is not a path that trimming can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathProblem {
    /// It does not lead into `detail`.
    NotInDetail,
    /// A name in it is empty.
    EmptyName,
    /// It names whole elements. Removing one would shift the elements behind it.
    EndsWithElements,
    /// It has brackets other than `[]` behind a name.
    Brackets,
    /// It is deeper than any ECS event.
    TooDeep,
}

impl fmt::Display for PathProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInDetail => {
                f.write_str("the path must begin with detail., such as detail.tags")
            }
            Self::EmptyName => f.write_str("a name before or after a dot is missing"),
            Self::EndsWithElements => f.write_str(
                "array elements always stay; name a field of theirs, such as detail.tags[].key",
            ),
            Self::Brackets => {
                f.write_str("write [] after the name of an array; it means each element")
            }
            Self::TooDeep => write!(f, "the path has more than {DEPTH} steps"),
        }
    }
}

impl Path {
    /// Reads `detail.name[].name`.
    ///
    /// # Errors
    ///
    /// The text is not such a path.
    pub fn parse(text: &str) -> Result<Self, PathProblem> {
        let mut steps = Vec::new();
        for name in text.split('.') {
            let bare = name.trim_end_matches("[]");
            if bare.contains(['[', ']']) {
                return Err(PathProblem::Brackets);
            }
            if bare.is_empty() {
                return Err(PathProblem::EmptyName);
            }
            steps.push(Step::Member(bare.to_owned()));
            let arrays = (name.len() - bare.len()) / 2;
            steps.extend(std::iter::repeat_n(Step::Elements, arrays));
        }
        if steps.len() > DEPTH {
            return Err(PathProblem::TooDeep);
        }
        if steps.last() == Some(&Step::Elements) {
            return Err(PathProblem::EndsWithElements);
        }
        match steps.split_first() {
            Some((Step::Member(first), below)) if first == "detail" && !below.is_empty() => {
                Ok(Self { steps: below.to_vec() })
            }
            _ => Err(PathProblem::NotInDetail),
        }
    }

    /// A path of our own tables. A test parses all of them.
    pub(super) fn of_table(text: &str) -> Self {
        Self::parse(&format!("detail.{text}")).expect("the tables hold paths")
    }

    /// The steps below `detail`.
    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// True if one of the two paths contains the other.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.steps.starts_with(&other.steps) || other.steps.starts_with(&self.steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("detail")?;
        for step in &self.steps {
            match step {
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Elements => f.write_str("[]")?,
            }
        }
        Ok(())
    }
}
