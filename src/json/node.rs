//! The notes that a scan takes, and what a walk over them finds.

/// Members nested deeper than this are checked but not noted.
///
/// No event of ECS is nested that deep. It is also the longest path that a policy can name.
pub const DEPTH: usize = 16;

/// Where a text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Offset in bytes from the start of the text.
    pub offset: usize,
}

/// The kind of a value, which its first byte decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A number, `true` or `false`.
    Scalar,
    /// `null`, which everywhere counts as absent.
    Null,
}

/// A place in the text: a member of an object, an element of an array, or the whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The key without its quotes; empty for elements and the whole.
    pub(super) key: (u32, u32),
    /// The value, quotes and brackets included.
    pub(super) value: (u32, u32),
    /// The first node that is not below this one; while it is open, the node around it.
    pub(super) next: u32,
    pub(super) shape: Shape,
    /// A backslash in the key, a backslash in the value if it is a string.
    pub(super) escaped: (bool, bool),
}

/// The node around the whole.
pub(super) const NONE: u32 = u32::MAX;
