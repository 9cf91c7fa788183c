//! One integration binary, one file a boundary.

mod laws;
mod line;
mod tree;
mod harness;
mod function;
mod faults;
mod trust;
mod metrics;
mod soak;
mod classification;
mod build;
mod discovery;
mod floors;
mod enums;
mod stored_bytes;
mod settings;
mod insights;
mod queries;
mod pattern;
mod decoding;
mod template;
