//! The price table, its date, and the AWS pages to check it against.

use ecs_event_forwarder::policy::LogClass;

/// The month in which these prices were valid. Check them against the pages below; a price file
/// overrides them.
pub(crate) const AS_OF: &str = "2026-06";

/// AWS's price pages.
pub(crate) const SOURCES: [&str; 2] =
    ["https://aws.amazon.com/cloudwatch/pricing/", "https://aws.amazon.com/lambda/pricing/"];

/// Prices of one region, in US dollars.
///
/// EventBridge costs nothing here: events from AWS services on the default bus, rules, and deliveries
/// to Lambda and CloudWatch Logs in the same account are free
/// (<https://aws.amazon.com/eventbridge/pricing/>).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Prices {
    /// The region, or another name for this set of prices.
    pub(crate) name: String,
    /// CloudWatch Logs: ingesting a gigabyte, class Standard.
    pub(crate) ingestion_per_gb: f64,
    /// CloudWatch Logs: ingesting a gigabyte, class Infrequent Access.
    pub(crate) ingestion_infrequent_access_per_gb: f64,
    /// CloudWatch Logs: storing a compressed gigabyte for a month.
    pub(crate) storage_per_gb_month: f64,
    /// Compressed size divided by original size; AWS uses 0.15 in its examples.
    pub(crate) compression_ratio: f64,
    /// Logs Insights: scanning a gigabyte.
    pub(crate) query_per_gb: f64,
    /// Lambda: a million requests.
    pub(crate) requests_per_million: f64,
    /// Lambda on arm64: a gigabyte of memory for a second.
    pub(crate) duration_per_gb_second: f64,
}

/// Region, ingestion Standard, Infrequent Access, storage, query. Lambda on arm64 costs the same in
/// each region.
const REGIONS: [(&str, f64, f64, f64, f64); 2] =
    [("us-east-1", 0.50, 0.25, 0.03, 0.005), ("ap-northeast-1", 0.76, 0.38, 0.033, 0.0076)];
const COMPRESSION_RATIO: f64 = 0.15;
const REQUESTS_PER_MILLION: f64 = 0.20;
const DURATION_PER_GB_SECOND: f64 = 0.000_013_333_4;

impl Prices {
    /// Lists the regions in the table.
    pub(crate) fn regions() -> impl Iterator<Item = &'static str> {
        REGIONS.iter().map(|(region, ..)| *region)
    }

    /// Returns the prices of a region that is in the table.
    pub(crate) fn of(region: &str) -> Option<Self> {
        let row = REGIONS.iter().find(|(known, ..)| *known == region)?;
        let (name, ingestion, infrequent_access, storage, query) = *row;
        Some(Self {
            name: name.to_owned(),
            ingestion_per_gb: ingestion,
            ingestion_infrequent_access_per_gb: infrequent_access,
            storage_per_gb_month: storage,
            compression_ratio: COMPRESSION_RATIO,
            query_per_gb: query,
            requests_per_million: REQUESTS_PER_MILLION,
            duration_per_gb_second: DURATION_PER_GB_SECOND,
        })
    }

    /// Lists every price by name, to show or change it.
    pub(crate) fn fields(&mut self) -> [(&'static str, &mut f64); 7] {
        [
            ("ingestion_per_gb", &mut self.ingestion_per_gb),
            ("ingestion_infrequent_access_per_gb", &mut self.ingestion_infrequent_access_per_gb),
            ("storage_per_gb_month", &mut self.storage_per_gb_month),
            ("compression_ratio", &mut self.compression_ratio),
            ("query_per_gb", &mut self.query_per_gb),
            ("requests_per_million", &mut self.requests_per_million),
            ("duration_per_gb_second", &mut self.duration_per_gb_second),
        ]
    }

    /// Changes a price.
    ///
    /// # Errors
    ///
    /// The name is unknown, or the price is negative or infinite. The message names what is accepted.
    pub(crate) fn set(&mut self, name: &str, price: f64) -> Result<(), String> {
        if !(price.is_finite() && price >= 0.0) {
            return Err(format!("{name} must be 0 or more"));
        }
        let names = self.fields().map(|(name, _)| name).join(", ");
        match self.fields().into_iter().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = price,
            None => return Err(format!("there is no price {name:?}; prices are {names}")),
        }
        Ok(())
    }

    /// Returns the price to ingest a gigabyte.
    pub(crate) fn ingestion(&self, log_class: LogClass) -> f64 {
        match log_class {
            LogClass::Standard => self.ingestion_per_gb,
            LogClass::InfrequentAccess => self.ingestion_infrequent_access_per_gb,
        }
    }
}
