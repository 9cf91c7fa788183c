//! Turns measured bytes and prices into dollars a month. The caller chooses what is measured, and
//! over which time.
//!
//! A month has 730 hours, as on AWS's price pages, and a gigabyte has 2^30 bytes. A log event counts
//! as in `PutLogEvents`: its message plus 26 bytes. Free tiers are left out.

pub(crate) mod prices;

use ecs_event_forwarder::log::limit;
use ecs_event_forwarder::policy::LogClass;
pub(crate) use prices::Prices;

/// A month in milliseconds.
pub(crate) const MONTH_MS: f64 = 730.0 * 3_600_000.0;
const MONTH_DAYS: f64 = 730.0 / 24.0;
const GIGABYTE: f64 = 1_073_741_824.0;
const MILLION: f64 = 1_000_000.0;

/// The billed work that some events cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    /// Invocations of the function.
    pub(crate) invocations: usize,
    /// Log events that are stored.
    pub(crate) stored: usize,
    /// The billed bytes of those log events.
    pub(crate) stored_bytes: usize,
}

impl Load {
    /// Counts one stored message of `message_bytes`.
    pub(crate) fn store(&mut self, message_bytes: usize) {
        self.stored += 1;
        self.stored_bytes += message_bytes + limit::OVERHEAD_BYTES;
    }
}

/// The billed size and speed of the function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Function {
    /// Configured memory.
    pub(crate) memory_mb: u32,
    /// Average billed duration of an invocation.
    pub(crate) duration_ms: f64,
}

/// Everything besides the load that decides the cost.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Terms {
    /// The prices of a region.
    pub(crate) prices: Prices,
    /// The class of the log groups.
    pub(crate) log_class: LogClass,
    /// Retention of the log groups.
    pub(crate) retention_days: i32,
    /// The function.
    pub(crate) function: Function,
    /// How often the measured load occurs in a month.
    pub(crate) times_a_month: f64,
}

/// Dollars a month.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cost {
    /// Ingesting log events.
    pub(crate) ingestion: f64,
    /// Storing them, once the log groups are as full as their retention lets them become.
    pub(crate) storage: f64,
    /// Invoking the function.
    pub(crate) invocations: f64,
    /// Running it.
    pub(crate) duration: f64,
    /// One query over everything that is kept. Not in the total: nobody knows how often it runs.
    pub(crate) query: f64,
}

impl Cost {
    /// Adds up everything except queries.
    pub(crate) fn total(&self) -> f64 {
        self.ingestion + self.storage + self.invocations + self.duration
    }
}

/// Returns the monthly cost of a load.
pub(crate) fn cost(load: &Load, terms: &Terms) -> Cost {
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

/// Returns the number of stored bytes that cost as much as one invocation. The function pays for
/// itself if it saves more than that per event.
pub(crate) fn break_even_bytes(terms: &Terms) -> f64 {
    let one = Terms { times_a_month: 1.0, ..terms.clone() };
    let invocation = cost(&Load { invocations: 1, ..Load::default() }, &one).total();
    let byte = cost(&Load { stored_bytes: 1, ..Load::default() }, &one).total();
    invocation / byte
}

fn gigabyte_seconds(function: Function) -> f64 {
    f64::from(function.memory_mb) / 1024.0 * function.duration_ms / 1000.0
}

/// Converts a count for arithmetic with prices.
#[expect(clippy::cast_precision_loss, reason = "counts and bytes of a month are far below 2^52")]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}
