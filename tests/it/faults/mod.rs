//! A test for each fault, or several if the fault has several forms.
//!
//! The fault tables in `docs/faults.md` and `docs/faults-events.md` name these tests. Each runs in a
//! `Harness`, which also checks that no answer and no log line shows the secret in its events.

mod creation;
mod duplicates;
mod payloads;
mod poison;
mod refusals;
mod sizes;
mod times;
mod transport;
mod warm;
