//! What may come next in JSON.

/// A value that is open around the position.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Object,
    Array,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    Comma,
    String { key_at: Option<usize>, is_escaped: bool },
    Scalar,
}
