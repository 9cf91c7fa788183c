//! The cluster and the account of something.

/// A cluster and its account, as far as they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Home<'a> {
    /// The beginning of its ARNs: `arn:aws:ecs:us-east-1:123456789012`.
    pub(super) account: Option<&'a str>,
    pub(super) cluster: Option<&'a str>,
}

impl Home<'_> {
    /// True if both can be the same: what only one of them knows decides nothing.
    pub(crate) fn can_be(self, other: Home<'_>) -> bool {
        let agree = |a: Option<&str>, b: Option<&str>| a.is_none() || b.is_none() || a == b;
        agree(self.account, other.account) && agree(self.cluster, other.cluster)
    }
}
