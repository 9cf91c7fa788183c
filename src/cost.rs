//! Measured bytes and prices → dollars a month. Pure: what is measured, and over which time, is
//! for the caller to say.
//!
//! A month has 730 hours, as AWS counts, and a gigabyte 2^30 bytes. A log event is counted as
//! `PutLogEvents` counts it: its message and 26 bytes. Free tiers are left out.

pub mod prices;

use crate::log::limit;
use crate::policy::LogClass;
pub use prices::Prices;

/// A month in milliseconds.
pub const MONTH_MS: f64 = 730.0 * 3_600_000.0;
const MONTH_DAYS: f64 = 730.0 / 24.0;
const GIGABYTE: f64 = 1_073_741_824.0;
const MILLION: f64 = 1_000_000.0;

/// What some events cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Invocations of the function.
    pub invocations: usize,
    /// Log events that are stored.
    pub stored: usize,
    /// Their bytes, as they are billed.
    pub stored_bytes: usize,
}

impl Load {
    /// Counts a stored message of so many bytes.
    pub fn store(&mut self, message_bytes: usize) {
        self.stored += 1;
        self.stored_bytes += message_bytes + limit::OVERHEAD_BYTES;
    }
}

/// The function, as it is billed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Function {
    /// Its memory.
    pub memory_mb: u32,
    /// How long an invocation is billed on average.
    pub duration_ms: f64,
}

/// What dollars depend on, beside the load.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// The prices of a region.
    pub prices: Prices,
    /// The class of the log groups.
    pub log_class: LogClass,
    /// How long log groups keep what they have.
    pub retention_days: i32,
    /// The function.
    pub function: Function,
    /// How many times what was measured happens in a month.
    pub times_a_month: f64,
}

/// Dollars a month.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Taking log events in.
    pub ingestion: f64,
    /// Keeping them, once there are as many as the retention makes.
    pub storage: f64,
    /// Invoking the function.
    pub invocations: f64,
    /// Running it.
    pub duration: f64,
    /// One query over all that is kept: beside the total, since nobody knows how often.
    pub query: f64,
}

impl Cost {
    /// All but queries.
    pub fn total(&self) -> f64 {
        self.ingestion + self.storage + self.invocations + self.duration
    }
}

/// What a load costs.
pub fn cost(load: &Load, terms: &Terms) -> Cost {
    let Terms { prices, log_class, function, times_a_month, .. } = terms;
    let gigabytes = real(load.stored_bytes) * times_a_month / GIGABYTE;
    let gigabytes_kept = gigabytes * f64::from(terms.retention_days) / MONTH_DAYS;
    let invocations = real(load.invocations) * times_a_month;
    Cost {
        ingestion: gigabytes * prices.ingestion(*log_class),
        storage: gigabytes_kept * prices.compression_ratio * prices.storage_per_gb_month,
        invocations: invocations / MILLION * prices.requests_per_million,
        duration: invocations * gigabyte_seconds(*function) * prices.duration_per_gb_second,
        query: gigabytes_kept * prices.query_per_gb,
    }
}

/// How many stored bytes cost as much as an invocation: the function pays for itself if it saves
/// more than these an event.
pub fn break_even_bytes(terms: &Terms) -> f64 {
    let one = Terms { times_a_month: 1.0, ..terms.clone() };
    let invocation = cost(&Load { invocations: 1, ..Load::default() }, &one).total();
    let byte = cost(&Load { stored_bytes: 1, ..Load::default() }, &one).total();
    invocation / byte
}

fn gigabyte_seconds(function: Function) -> f64 {
    f64::from(function.memory_mb) / 1024.0 * function.duration_ms / 1000.0
}

/// A count as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "counts and bytes of a month are far below 2^52")]
pub fn real(count: usize) -> f64 {
    count as f64
}
