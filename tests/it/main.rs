//! One integration binary, one file a boundary.

mod laws;
mod line;
mod tree;
mod scene;
mod function;
mod faults;
mod trust;
mod metrics;
mod soak;
mod facts;
mod build;
mod discovery;
mod floors;
mod limits;
mod ratio;
mod settings;
mod insights;
mod queries;
mod pattern;
mod shapes;
mod template;
