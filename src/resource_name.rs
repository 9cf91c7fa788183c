//! The name of a cluster or a service, checked once.

use std::borrow::Cow;
use std::ops::Deref;

/// A name that ECS allows for a cluster or a service: 1 to 255 ASCII letters, digits, `_` and `-`.
///
/// Such a name is safe as a part of a log group's name, as a tag and as a dimension of a metric. Any
/// other text in its place is event content, which the forwarder does not pass on.
///
/// See <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html> and
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceName<'a>(Cow<'a, str>);

impl<'a> ResourceName<'a> {
    /// The most characters that a name has; each is one byte.
    pub const MOST_BYTES: usize = 255;

    /// Returns the name, or none if ECS would not allow it.
    pub fn new(text: Cow<'a, str>) -> Option<Self> {
        let is_name =
            (1..=Self::MOST_BYTES).contains(&text.len()) && text.chars().all(Self::allows);
        is_name.then_some(Self(text))
    }

    /// True if a name can hold the character.
    pub fn allows(character: char) -> bool {
        character.is_ascii_alphanumeric() || character == '_' || character == '-'
    }

    /// Returns the same name, independent of the event that it was read from.
    pub fn owned(&self) -> ResourceName<'static> {
        ResourceName(Cow::Owned(self.0.clone().into_owned()))
    }
}

impl Deref for ResourceName<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}
