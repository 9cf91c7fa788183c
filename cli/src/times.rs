//! Times as people write them, and the window of times that `--since` and `--until` choose.

mod moment;
mod window;

pub(crate) use window::{Window, duration as duration_ms};
