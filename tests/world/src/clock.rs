//! The clock of the world.

use std::time::{SystemTime, UNIX_EPOCH};

/// The clock that decides which events are too old or too new for CloudWatch Logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The real clock, which the function uses, too.
    Real,
    /// A clock that always shows this time, in milliseconds since 1970.
    StoppedAt(i64),
    /// No clock: no event is too old, too new or expired. For tests of other behaviour.
    Timeless,
}

impl Clock {
    /// Milliseconds since 1970, or none without a clock.
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
