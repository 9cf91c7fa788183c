//! The nodes that a scan records.

/// The depth down to which a scan records nodes; below it, it only checks.
///
/// No ECS event is nested as deeply. It is also the longest path that a policy can name.
pub const DEPTH: usize = 16;

/// The place where a text stops being JSON.
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
    /// `null`, which counts as absent everywhere.
    Null,
}

/// A member of an object, an element of an array, or the value of the whole text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The key without its quotes; empty for elements and for the whole.
    pub(super) key: (u32, u32),
    /// The value, quotes and brackets included.
    pub(super) value: (u32, u32),
    /// The first node that is not below this one. While the node is open: the node around it.
    pub(super) next: u32,
    pub(super) shape: Shape,
    /// True if the key has a backslash, and true if the value is a string with a backslash.
    pub(super) escaped: (bool, bool),
}

/// Stands for the node around the whole, which does not exist.
pub(super) const NONE: u32 = u32::MAX;
