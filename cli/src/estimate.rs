//! What keeping events costs in a month: measured from events, at the prices that options give.

mod measure;
mod show;
mod terms;

pub(crate) use measure::Measure;
pub(crate) use show::{Way, json, table, ways};
pub(crate) use terms::Rates;
