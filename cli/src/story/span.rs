//! Durations in words.

use serde::Serialize;

/// The shortest and the longest of some durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Span {
    pub(crate) min_ms: i64,
    pub(crate) max_ms: i64,
}

impl Span {
    /// The span of these durations; none if there are none.
    pub(crate) fn of(durations: impl IntoIterator<Item = i64>) -> Option<Self> {
        let one = |ms| Self { min_ms: ms, max_ms: ms };
        durations
            .into_iter()
            .map(one)
            .reduce(|a, b| Self { min_ms: a.min_ms.min(b.min_ms), max_ms: a.max_ms.max(b.max_ms) })
    }

    /// `36–40 s`, or `1m43s–2m05s`.
    pub(crate) fn words(self) -> String {
        let (min, max) = (seconds(self.min_ms), seconds(self.max_ms));
        if min == max {
            duration(self.max_ms)
        } else if max < 60 {
            format!("{min}–{max} s")
        } else {
            let (min, max) = (duration(self.min_ms), duration(self.max_ms));
            if min == max { max } else { format!("{min}–{max}") }
        }
    }
}

/// Whole seconds, rounded.
fn seconds(ms: i64) -> i64 {
    (ms.max(0) + 500) / 1000
}

/// A duration in its two largest units: `45 s`, `1m43s`, `2h05m`, `3d4h`.
pub(crate) fn duration(ms: i64) -> String {
    let seconds = seconds(ms);
    match seconds {
        ..1 => format!("0.{} s", ms.max(0) / 100),
        1..60 => format!("{seconds} s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d{}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}
