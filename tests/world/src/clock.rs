//! What time it is in the world.

use std::time::{SystemTime, UNIX_EPOCH};

/// The clock by which CloudWatch Logs tells old events from new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The real one, which is also the function's.
    Real,
    /// It stands still at this time.
    StoppedAt(i64),
    /// No event is ever too old, too new or expired. For tests that are about something else.
    Timeless,
}

impl Clock {
    /// Milliseconds since 1970, or nothing where time does not count.
    pub fn now_ms(self) -> Option<i64> {
        match self {
            Self::Real => Some(real_now_ms()),
            Self::StoppedAt(now_ms) => Some(now_ms),
            Self::Timeless => None,
        }
    }
}

/// Milliseconds since 1970 on the real clock.
pub fn real_now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("we are after 1970");
    i64::try_from(since_1970.as_millis()).expect("milliseconds fit into 63 bits")
}
