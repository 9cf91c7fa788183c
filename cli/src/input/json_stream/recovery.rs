//! The remains of a broken value: complete values inside it, and skipped lines.

/// The maximum number of enclosed values to remember; the lines of others are skipped.
const ENCLOSED_VALUES: usize = 100_000;
/// The maximum number of ranges of skipped lines to name; the rest is counted.
const NAMED: usize = 5;

/// Values inside another one that begin a line, so that they could stand alone.
///
/// ```text
/// {"detail":          broken: it never ends
/// {"detail-type":…}   enclosed, and complete
/// ```
#[derive(Default)]
pub(super) struct Enclosed {
    open: Vec<Open>,
    /// Start, end and line of each, in order; none is inside another.
    complete: Vec<(usize, usize, usize)>,
}

struct Open {
    /// Number of levels around it.
    depth: usize,
    start: usize,
    line: usize,
}

impl Enclosed {
    pub(super) fn clear(&mut self) {
        self.open.clear();
        self.complete.clear();
    }

    pub(super) fn begin(&mut self, depth: usize, start: usize, line: usize) {
        if self.open.len() + self.complete.len() < ENCLOSED_VALUES {
            self.open.push(Open { depth, start, line });
        }
    }

    /// Notes that the value with so many levels around it ends.
    pub(super) fn end(&mut self, depth: usize, end: usize) {
        let Some(Open { start, line, .. }) = self.open.pop_if(|open| open.depth == depth) else {
            return;
        };
        while self.complete.pop_if(|(inner, ..)| *inner > start).is_some() {}
        self.complete.push((start, end, line));
    }

    /// Takes the complete ones, and forgets the others.
    pub(super) fn take(&mut self) -> Vec<(usize, usize, usize)> {
        self.open.clear();
        std::mem::take(&mut self.complete)
    }
}

/// True for a line with more than space and closing brackets.
pub(super) fn holds_something(line: &[u8]) -> bool {
    line.iter().any(|byte| !b" \t\r]},".contains(byte))
}

/// Lines that belong to no value.
#[derive(Default)]
pub(super) struct Skipped {
    lines: usize,
    /// First and last line of the first stretches.
    stretches: Vec<(usize, usize)>,
    /// Lines of those stretches.
    named: usize,
}

impl Skipped {
    /// Adds a line; lines come in order.
    pub(super) fn add(&mut self, line: usize) {
        let is_next = self.stretches.last().is_some_and(|(_, last)| *last + 1 == line);
        let all_are_named = self.named == self.lines;
        self.lines += 1;
        if all_are_named && is_next {
            if let Some((_, last)) = self.stretches.last_mut() {
                *last = line;
            }
        } else if all_are_named && self.stretches.len() < NAMED {
            self.stretches.push((line, line));
        } else {
            return;
        }
        self.named += 1;
    }

    /// Returns a sentence such as `skipped 4 lines without a readable value: 2, 7 to 9`.
    pub(super) fn sentence(&self) -> Option<String> {
        let name = |(first, last): &(usize, usize)| match last - first {
            0 => first.to_string(),
            _ => format!("{first} to {last}"),
        };
        let named = self.stretches.iter().map(name).collect::<Vec<_>>().join(", ");
        let rest = match self.lines - self.named {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let lines = if self.lines == 1 { "line" } else { "lines" };
        (self.lines > 0).then(|| {
            format!("skipped {} {lines} without a readable value: {named}{rest}", self.lines)
        })
    }
}
