//! The command line through its real binary, and the documents that describe it.
//!
//! Windows leaves out each module that is marked so, for the reason beside it. There, the unit tests run, and
//! `.github/workflows/ci.yml` runs the binary over the samples.

// Starts the binary with an empty environment, in which Windows opens no socket, sends signals, makes links,
// and compares paths as Unix writes them.
#[cfg(unix)]
mod cli;
// Makes links, starts the binary with an empty environment, and compares paths with those that pages show.
#[cfg(unix)]
mod documents;
// Makes links, runs the commands of pages with `sh`, and compares paths with those that pages show.
#[cfg(unix)]
mod pages;
