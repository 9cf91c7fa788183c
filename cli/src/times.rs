//! Times as people write them, and the window between `--since` and `--until`.

mod extent;
mod moment;
mod window;

pub(crate) use extent::Extent;
pub(crate) use window::{Window, duration as duration_ms};
