//! Filters and trims Amazon ECS events and keeps them in CloudWatch Logs.
//!
//! One straight line, in this order: a module uses only what is declared above it.

// Words.
pub mod json;
pub mod glob;
pub mod event;
pub mod log;
// Steps; each knows the words, none knows another.
pub mod decode;
pub mod classify;
pub mod note;
pub mod filter;
pub mod trim;
pub mod stub;
pub mod redact;
pub mod enrich;
pub mod route;
pub mod batch;
// The line.
pub mod policy;
pub mod judge;
pub mod seen;
pub mod line;
pub mod pattern;
// Edges.
pub mod config;
#[cfg(feature = "deliver")]
pub mod deliver;
#[cfg(feature = "deliver")]
pub mod respond;
#[cfg(feature = "deliver")]
pub mod forward;
#[cfg(feature = "lambda")]
pub mod metrics;
