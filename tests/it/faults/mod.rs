//! One test for each thing that can go wrong, and more where it goes wrong in more ways than one.
//!
//! The fault tables in `docs/faults.md` and `docs/faults-events.md` name them. Every test runs in a
//! `Harness`, which also checks that nobody hears of the secret that its events carry.

mod creation;
mod duplicates;
mod payloads;
mod poison;
mod refusals;
mod sizes;
mod times;
mod transport;
mod warm;
