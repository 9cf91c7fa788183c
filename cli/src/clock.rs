//! The current time, for events without a readable `time`.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970-01-01T00:00Z.
#[expect(
    clippy::disallowed_methods,
    reason = "the only clock of the command line; the line takes the time as an argument"
)]
pub(crate) fn now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}
