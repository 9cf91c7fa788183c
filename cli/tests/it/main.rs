//! The command line through its real binary, and the documents that describe it.

mod cli;
mod documents;
mod pages;
