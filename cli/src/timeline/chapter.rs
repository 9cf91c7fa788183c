//! One line of the timeline.

/// One event of the story.
pub(super) struct Chapter {
    pub(super) time_ms: i64,
    /// To tell what happened in the same millisecond apart.
    pub(super) position: usize,
    pub(super) event_type: &'static str,
    pub(super) headline: String,
    pub(super) details: String,
}
