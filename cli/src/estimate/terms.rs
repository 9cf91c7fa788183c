//! Prices and how often things happen, from options.

use crate::dollars::{Function, MONTH_MS, Prices, Terms, real};
use clap::Args;
use ecs_event_forwarder::policy::Delivery;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const HEADING: &str = "Prices";

/// A month for which less is known than this is a guess.
pub(super) const SHORT_MS: f64 = 24.0 * 3_600_000.0;

const PRICE_FILE: &str = "Prices that override those of the region, in TOML or (*.json) JSON";
const PRICE_FILE_LONG: &str = "\
Prices that override those of the region, in TOML or (*.json) JSON

US dollars under the names ingestion_per_gb, ingestion_infrequent_access_per_gb, \
storage_per_gb_month, compression_ratio, query_per_gb, requests_per_million and \
duration_per_gb_second. With all seven, the region can be any.";

/// The options about prices and rates.
#[derive(Args)]
#[command(next_help_heading = HEADING)]
pub(crate) struct Rates {
    /// Number of events in a month, if not in proportion to the time that they span
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    events_per_month: Option<u64>,
    /// Region whose prices are used: us-east-1 or ap-northeast-1
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    region: String,
    #[arg(long, value_name = "FILE", help = PRICE_FILE, long_help = PRICE_FILE_LONG)]
    price_file: Option<PathBuf>,
    /// Memory of the function
    #[arg(long, hide_short_help = true, value_name = "MB", default_value = "128", value_parser = clap::value_parser!(u32).range(128..=10240))]
    memory_mb: u32,
    /// Billed duration of an average invocation, as in the function's REPORT lines or the metric
    /// Duration
    #[arg(long, hide_short_help = true, value_name = "MS", default_value = "15", value_parser = positive)]
    duration_ms: f64,
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "it is a number greater than 0".to_owned())
}

impl Rates {
    /// The prices that hold.
    pub(crate) fn prices(&self) -> Result<Prices, String> {
        let given = self.price_file.as_deref().map_or_else(|| Ok(BTreeMap::new()), read)?;
        // Prices of a region that the table lacks must all be given.
        let of_region = Prices::of(&self.region);
        let is_known = of_region.is_some();
        let mut prices = of_region.or_else(|| Prices::of("us-east-1")).expect("it is in the table");
        let lacking = prices.fields().map(|(name, _)| name);
        let lacking: Vec<_> = lacking.into_iter().filter(|it| !given.contains_key(*it)).collect();
        if !is_known && !lacking.is_empty() {
            let regions: Vec<_> = Prices::regions().collect();
            return Err(format!(
                "no prices of {} are known, only of {}; --price-file must give {}",
                self.region,
                regions.join(", "),
                lacking.join(", ")
            ));
        }
        prices.name = match &self.price_file {
            Some(file) => format!("{} with {}", self.region, file.display()),
            None => self.region.clone(),
        };
        for (name, price) in given {
            let file = self.price_file.as_deref().unwrap_or(Path::new("")).display();
            prices.set(&name, price).map_err(|problem| format!("{file}: {problem}"))?;
        }
        Ok(prices)
    }

    /// Whether the time that the events span is what counts.
    pub(crate) fn is_span(&self) -> bool {
        self.events_per_month.is_none()
    }

    /// How many times what was measured happens in a month.
    pub(crate) fn times_a_month(&self, events: usize, span_ms: i64) -> Result<f64, String> {
        if events == 0 {
            return Err("there is no event to measure".to_owned());
        }
        if let Some(events_per_month) = self.events_per_month {
            let a_month = usize::try_from(events_per_month).unwrap_or(usize::MAX);
            return Ok(real(a_month) / real(events));
        }
        let span_ms = usize::try_from(span_ms).unwrap_or(0);
        if span_ms == 0 {
            return Err("the events span no time: say --events-per-month".to_owned());
        }
        Ok(MONTH_MS / real(span_ms))
    }

    pub(crate) fn terms(&self, prices: Prices, delivery: &Delivery, times_a_month: f64) -> Terms {
        Terms {
            prices,
            log_class: delivery.new_log_group.log_class,
            retention_days: delivery.new_log_group.retention_days,
            function: Function { memory_mb: self.memory_mb, duration_ms: self.duration_ms },
            times_a_month,
        }
    }
}

fn read(file: &Path) -> Result<BTreeMap<String, f64>, String> {
    #[expect(clippy::disallowed_methods, reason = "files are the command line's")]
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let is_json = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("json"));
    let prices = if is_json {
        serde_json::from_str(&text).map_err(|error| error.to_string())
    } else {
        toml::from_str(&text).map_err(|error| error.message().to_owned())
    };
    prices.map_err(|error| format!("{}: it is no list of prices: {error}", file.display()))
}
