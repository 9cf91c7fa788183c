//! The prices: one table, with its date and the pages to compare it with.

use crate::policy::LogClass;

/// The month whose prices these are, as published elsewhere: compare them with the pages below, and
/// give others by a price file.
pub const AS_OF: &str = "2026-06";

/// Where AWS publishes them.
pub const SOURCES: [&str; 2] =
    ["https://aws.amazon.com/cloudwatch/pricing/", "https://aws.amazon.com/lambda/pricing/"];

/// What things cost in a region, in US dollars.
///
/// EventBridge takes no part: events of AWS services on the default bus, rules and their
/// deliveries to Lambda and CloudWatch Logs in the same account are free
/// (<https://aws.amazon.com/eventbridge/pricing/>).
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    /// The region, or what else the prices are called.
    pub name: String,
    /// CloudWatch Logs, collecting a gigabyte into the class Standard.
    pub ingestion_per_gb: f64,
    /// The same, Infrequent Access.
    pub ingestion_infrequent_access_per_gb: f64,
    /// Keeping a gigabyte, compressed, for a month.
    pub storage_per_gb_month: f64,
    /// What compression leaves of a byte; AWS reckons with 0.15 in its examples.
    pub compression_ratio: f64,
    /// Logs Insights, scanning a gigabyte.
    pub query_per_gb: f64,
    /// Lambda, a million requests.
    pub requests_per_million: f64,
    /// Lambda on arm64, running a gigabyte of memory for a second.
    pub duration_per_gb_second: f64,
}

/// Region, ingestion Standard, Infrequent Access, storage, query. Lambda on arm64 costs the same in
/// all of them.
const REGIONS: [(&str, f64, f64, f64, f64); 2] =
    [("us-east-1", 0.50, 0.25, 0.03, 0.005), ("ap-northeast-1", 0.76, 0.38, 0.033, 0.0076)];
const COMPRESSION_RATIO: f64 = 0.15;
const REQUESTS_PER_MILLION: f64 = 0.20;
const DURATION_PER_GB_SECOND: f64 = 0.000_013_333_4;

impl Prices {
    /// The regions of the table.
    pub fn regions() -> impl Iterator<Item = &'static str> {
        REGIONS.iter().map(|(region, ..)| *region)
    }

    /// The prices of a region, if the table has it.
    pub fn of(region: &str) -> Option<Self> {
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

    /// All prices by their names, to be shown and changed.
    pub fn fields(&mut self) -> [(&'static str, &mut f64); 7] {
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
    /// There is no such price, or it is no amount of money; the sentence says what would be right.
    pub fn set(&mut self, name: &str, price: f64) -> Result<(), String> {
        if !(price.is_finite() && price >= 0.0) {
            return Err(format!("{name} is a number from 0 on"));
        }
        let names = self.fields().map(|(name, _)| name).join(", ");
        match self.fields().into_iter().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = price,
            None => return Err(format!("there is no price {name:?}; prices are {names}")),
        }
        Ok(())
    }

    /// Taking a gigabyte in.
    pub fn ingestion(&self, log_class: LogClass) -> f64 {
        match log_class {
            LogClass::Standard => self.ingestion_per_gb,
            LogClass::InfrequentAccess => self.ingestion_infrequent_access_per_gb,
        }
    }
}
