//! A stack of containers that takes one bit for each.

/// The containers around the current position: one bit for each, set for an object.
#[derive(Default)]
pub(super) struct Nesting {
    /// The number of containers.
    pub(super) depth: usize,
    /// The innermost 1 to 64 containers, the last one in the lowest bit.
    innermost: u64,
    /// The containers around these, 64 in each word.
    outer: Vec<u64>,
}

impl Nesting {
    /// Enters an object, or else an array.
    pub(super) fn enter(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.innermost);
        }
        self.innermost = self.innermost << 1 | u64::from(object);
        self.depth += 1;
    }

    /// Leaves the innermost container.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
        self.innermost >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.innermost = self.outer.pop().unwrap_or_default();
        }
    }

    /// True if the innermost container is an object.
    pub(super) fn in_object(&self) -> bool {
        self.depth > 0 && self.innermost & 1 == 1
    }
}
