//! The command line through its real binary, and the documents that describe it.
//!
//! Not on Windows: these tests make links, send signals, start the binary with an empty environment (in which
//! Windows opens no socket), and compare paths as Unix writes them. There, the unit tests run, and
//! `.github/workflows/ci.yml` runs the binary over the samples.
#![cfg(unix)]

mod cli;
mod documents;
mod pages;
