//! One value of an input.

/// A value, or text that looks like the start of one.
pub(super) struct Found {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    /// Its text, or the offset of its first byte that is not JSON.
    pub(super) text: Result<String, usize>,
}
