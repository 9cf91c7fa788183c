//! Texts that many events share, each kept once.

use std::collections::HashSet;
use std::sync::Arc;

/// The texts of one reading: names, ARNs and reasons repeat from event to event.
#[derive(Default)]
pub(crate) struct Shared(HashSet<Arc<str>>);

impl Shared {
    /// The kept text that is equal to this one.
    pub(super) fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(kept) = self.0.get(text) {
            return Arc::clone(kept);
        }
        let kept: Arc<str> = text.into();
        self.0.insert(Arc::clone(&kept));
        kept
    }
}
