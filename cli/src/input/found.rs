//! One value of an input.

/// A value, or what looked like one.
pub(super) struct Found {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    /// Its text, or the offset at which it stops being JSON, in bytes from its start.
    pub(super) text: Result<String, usize>,
}
